"""Robust rules are what their papers define, and a few bad sites cannot move them far."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from flwr.app import RecordDict
from flwr.serverapp.strategy.bulyan import aggregate_n_closest_weights
from flwr.serverapp.strategy.multikrum import select_multikrum
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import optimize, stats

from cloister.strategies.catalogue import STRATEGIES, strategy_of
from cloister.strategies.geometric_median import geometric_median
from cloister.strategies.krum import krum_index
from cloister.strategies.rounds import RoundStrategy
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import Arrays, to_record
from cloister.study.schema import Study

Floats = NDArray[np.float64]
MODEL: Arrays = {"bias": np.zeros(2, np.float32), "weight": np.zeros((2, 3), np.float32)}
PARAMETERS = 8
SEVEN = arrays(np.float64, (7, PARAMETERS), elements=st.floats(-9, 9, width=32))
"""Any updates of seven sites, equal ones and zeros included."""


def study(name: str, sites: int, **strategy: Any) -> Study:
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": 3,
            "federation": {"sites": [f"site-{number:02d}" for number in range(sites)], "secure_aggregation": False},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "none"},
            "strategy": {"name": name, **strategy},
        }
    )


def rule(name: str, sites: int, **strategy: Any) -> RoundStrategy:
    return strategy_of(study(name, sites, **strategy), ServerState("", "", 0, MODEL), lambda _: None)


def arrays_of(row: Floats) -> Arrays:
    values = row.astype(np.float32)
    return {"bias": values[:2], "weight": values[2:].reshape(2, 3)}


def centre(chosen: RoundStrategy, updates: Floats) -> Floats:
    """The rule's answer for the rows, through the names and shapes of a model."""
    found = chosen.combine({f"site-{number:02d}": arrays_of(row) for number, row in enumerate(updates)})
    assert {name: value.shape for name, value in found.items()} == {"bias": (2,), "weight": (2, 3)}
    return np.concatenate([found["bias"], found["weight"].reshape(-1)]).astype(np.float64)


@settings(max_examples=40)
@given(SEVEN)
def test_the_median_is_the_median_of_each_coordinate(updates: Floats) -> None:
    np.testing.assert_allclose(centre(rule("median", 7), updates), np.sort(updates, axis=0)[3], rtol=1e-6)


@settings(max_examples=40)
@given(SEVEN)
def test_the_trimmed_mean_is_scipys(updates: Floats) -> None:
    expected = stats.trim_mean(updates, 2 / 7, axis=0)
    np.testing.assert_allclose(centre(rule("trimmed-mean", 7, adversaries=2), updates), expected, rtol=1e-5, atol=1e-6)


@settings(max_examples=40)
@given(SEVEN)
def test_krums_choice_has_the_least_sum_to_its_nearest_others(updates: Floats) -> None:
    """Against the definition: the least sum over all sets of n - f - 2 = 3 others."""
    scores = []
    for number in range(7):
        others = [float(((updates[number] - updates[other]) ** 2).sum()) for other in range(7) if other != number]
        scores.append(min(sum(some) for some in combinations(others, 3)))
    assert scores[krum_index(updates, 2)] <= min(scores) * (1 + 1e-9)
    chosen = centre(rule("krum", 7, adversaries=2), updates)
    np.testing.assert_array_equal(chosen, updates[krum_index(updates, 2)].astype(np.float32))


@pytest.mark.parametrize("seed", range(20))
def test_krum_agrees_with_flowers(seed: int) -> None:
    updates = np.random.default_rng(seed).normal(size=(9, PARAMETERS))
    contents = [RecordDict({"arrays": to_record(arrays_of(row))}) for row in updates]
    (flowers,) = select_multikrum(contents, 3, 1)
    assert contents.index(flowers) == krum_index(updates.astype(np.float32).astype(np.float64), 3)


def bulyan_by_definition(updates: list[list[float]], adversaries: int) -> list[float]:
    """Algorithm of El Mhamdi et al., section 4, in plain Python."""
    sites, left = len(updates), list(updates)
    chosen: list[list[float]] = []
    while len(chosen) < sites - 2 * adversaries:
        scores = []
        for row in left:
            squares = sorted(sum((x - y) ** 2 for x, y in zip(row, other, strict=True)) for other in left)
            scores.append(sum(squares[1 : 1 + max(1, len(left) - adversaries - 2)]))
        chosen.append(left.pop(scores.index(min(scores))))
    answer = []
    for values in zip(*chosen, strict=True):
        middle = float(np.median(values))
        nearest = sorted(values, key=lambda value: abs(value - middle))[: sites - 4 * adversaries]
        answer.append(sum(nearest) / len(nearest))
    return answer


@pytest.mark.parametrize("seed", range(20))
def test_bulyan_is_its_definition(seed: int) -> None:
    updates = np.random.default_rng(seed).normal(size=(11, PARAMETERS)).astype(np.float32).astype(np.float64)
    expected = bulyan_by_definition(updates.tolist(), 2)
    np.testing.assert_allclose(centre(rule("bulyan", 11, adversaries=2), updates), expected, rtol=1e-5, atol=1e-6)


def test_bulyan_agrees_with_flowers_average_once_the_candidates_are_the_same() -> None:
    """Where no site is bad and f = 0 all are candidates, and both are the mean."""
    updates = np.random.default_rng(0).normal(size=(11, PARAMETERS))
    rows = [[row] for row in updates]
    (expected,) = aggregate_n_closest_weights([np.median(updates, axis=0)], rows, 11)
    np.testing.assert_allclose(expected, updates.mean(axis=0))


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(3, 8))
def test_the_geometric_median_minimises_the_sum_of_distances(seed: int, points: int) -> None:
    generator = np.random.default_rng(seed)
    rows, weights = generator.normal(size=(points, 3)), generator.uniform(0.5, 2, points)

    def cost(centre: Floats) -> float:
        return float(weights @ np.linalg.norm(rows - centre, axis=1))

    best = optimize.minimize(cost, rows.mean(axis=0), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    assert cost(geometric_median(rows, weights)) <= best.fun * (1 + 1e-9)


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.floats(-12, -1))
def test_the_geometric_median_is_found_near_an_update_and_at_it(seed: int, nearness: float) -> None:
    """Where Weiszfeld's steps stall: the others' pull is a little more, or less, than the heavy update holds."""
    generator = np.random.default_rng(seed)
    rows = generator.normal(size=(5, 3))
    directions = (rows[1:] - rows[0]) / np.linalg.norm(rows[1:] - rows[0], axis=1)[:, None]
    pull = float(np.linalg.norm(directions.sum(axis=0)))

    def found(weight: float) -> Floats:
        return geometric_median(rows, np.array([weight, 1, 1, 1, 1]))

    np.testing.assert_array_equal(found(pull * (1 + 10**nearness)), rows[0])
    lighter = pull * (1 - 10**nearness)
    median = found(lighter)
    slope = (median - rows) / np.linalg.norm(median - rows, axis=1)[:, None]
    assert np.linalg.norm(np.array([lighter, 1, 1, 1, 1]) @ slope) < 1e-3 * pull


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e6])
def test_the_geometric_median_does_not_depend_on_the_unit(scale: float) -> None:
    points = np.random.default_rng(3).normal(size=(5, 4))
    found = geometric_median(points * scale, np.ones(5))
    np.testing.assert_allclose(found / scale, geometric_median(points, np.ones(5)), rtol=1e-6)


def test_the_geometric_median_of_equal_updates_is_that_update() -> None:
    np.testing.assert_allclose(geometric_median(np.full((4, 3), 2.5), np.ones(4)), [2.5, 2.5, 2.5])


RULES: dict[str, dict[str, Any]] = {
    "median": {},
    "geometric-median": {},
    "trimmed-mean": {"adversaries": 2},
    "krum": {"adversaries": 2},
    "bulyan": {"adversaries": 2},
}


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("attack", ["far", "opposite", "one-coordinate"])
@pytest.mark.parametrize("seed", range(5))
def test_two_bad_sites_of_eleven_move_the_mean_far_and_the_rule_little(name: str, attack: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    truth = generator.normal(size=PARAMETERS)
    updates = truth + 0.1 * generator.normal(size=(11, PARAMETERS))
    bad = {"far": np.full(PARAMETERS, 1e6), "opposite": -1e3 * truth, "one-coordinate": truth + 1e6 * np.eye(8)[3]}
    updates[[4, 9]] = bad[attack]
    assert np.linalg.norm(updates.mean(axis=0) - truth) > 50
    assert np.linalg.norm(centre(rule(name, 11, **RULES[name]), updates) - truth) < 0.6


def test_the_table_of_rules_is_complete() -> None:
    centres = {name for name, kind in STRATEGIES.items() if hasattr(kind, "centre")}
    assert centres == RULES.keys()

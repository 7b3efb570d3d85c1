"""Strategies on quadratics, where everything can be computed by hand.

Site i has f_i(w) = 1/2 (w - b_i)' A_i (w - b_i). Its gradient goes through the site's rule and trainer, its update
through the coordinator's strategy; the oracles are the papers' recursions in NumPy, float64, every quantity explicit.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from flwr.app import ArrayRecord, ConfigRecord, Context, Error, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from numpy.typing import NDArray
from torch import Tensor, nn

from cloister.client.local_rules.catalogue import local_rule
from cloister.client.local_rules.mask_range import within_mask_range
from cloister.client.local_rules.rule import Work
from cloister.client.local_state import LocalState
from cloister.client.trainer import train
from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint
from cloister.simulation.process_engine import ProcessGrid
from cloister.strategies.catalogue import strategy_of
from cloister.strategies.rounds import RoundStrategy
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import Arrays, from_record, to_record
from cloister.study.errors import TooFewSitesError
from cloister.study.schema import Study
from cloister.tasks.parameters import trainable_arrays

Floats = NDArray[np.float64]
SITES = ("east", "north", "south")
DIMENSIONS, STEPS, RATE = 4, 6, 0.1
Away = Callable[[str, int], bool]


def study(rounds: int = 8, steps: int = STEPS, minimum: int = 3, **strategy: Any) -> Study:
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": rounds,
            "federation": {"sites": SITES, "minimum_sites": minimum, "secure_aggregation": False},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": steps, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": RATE},
            "privacy": {"mechanism": "none"},
            "strategy": strategy,
            "evaluation": {"tolerance": 0.5},
        }
    )


@dataclass(frozen=True)
class Quadratic:
    """One site's objective."""

    curvature: Floats
    centre: Floats

    def gradient(self, weights: Floats) -> Floats:
        return self.curvature @ (weights - self.centre)

    def __call__(self, model: nn.Module) -> dict[str, Tensor]:
        weights = trainable_arrays(model)["weight"].astype(np.float64)
        return {"weight": torch.from_numpy(self.gradient(weights).astype(np.float32))}


class Point(nn.Module):
    """A model that is one vector."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(DIMENSIONS))


def heterogeneous() -> dict[str, Quadratic]:
    """Sites that disagree on the optimum and on the curvature around it, so that plain averaging drifts."""
    generator = np.random.default_rng(5)
    curvatures = [np.diag(generator.uniform(0.2, 4.0, DIMENSIONS)) for _ in SITES]
    return {
        site: Quadratic(a, generator.normal(size=DIMENSIONS) * 3) for site, a in zip(SITES, curvatures, strict=True)
    }


def optimum(objectives: dict[str, Quadratic]) -> Floats:
    """Of the sum of all objectives."""
    curvature = sum((each.curvature for each in objectives.values()), np.zeros((DIMENSIONS, DIMENSIONS)))
    pull = sum((each.curvature @ each.centre for each in objectives.values()), np.zeros(DIMENSIONS))
    return np.linalg.solve(curvature, pull).astype(np.float64)


def masked(settings: Study, update_bound: float) -> Study:
    federation = {"secure_aggregation": True, "update_bound": update_bound}
    return settings.model_copy(update={"federation": settings.federation.model_copy(update=federation)})


def through_masks(update: Arrays, settings: Study, site: str) -> Arrays:
    """What of a site's update is in the sum that is unmasked, by the encoding that masks are added to."""
    weights = settings.strategy.weights
    weight = 1.0 if weights is None else weights[site] / max(weights.values())
    encoding, random = FixedPoint(settings.federation.update_bound, len(SITES)), RandomStream.from_system()
    arrived = {
        name: encoding.decode(encoding.encode(value * weight, random)) / weight for name, value in update.items()
    }
    return {name: value.astype(np.float32) for name, value in arrived.items()}


@dataclass
class Run:
    """A finished run."""

    strategy: RoundStrategy
    models: list[Floats] = field(default_factory=list)
    """After each round, the base first."""

    @property
    def final(self) -> Floats:
        return self.models[-1]


def run(
    folder: Path,
    settings: Study,
    objectives: dict[str, Quadratic],
    away: Away = lambda *_: False,
    rejected: tuple[int, ...] = (),
    checkpoint: Callable[[ServerState], None] = lambda _: None,
    update_bound: float | None = None,
) -> Run:
    """The rounds of a study over Flower messages, in process.

    A site that is `away` trains, but its reply is lost; the coordinator judges the models of `rejected` rounds as bad.
    With an `update_bound` the study is a masked one to the sites, and their updates arrive as masks leave them.
    """
    at_sites = settings if update_bound is None else masked(settings, update_bound)

    def judge(number: int, _: ArrayRecord) -> MetricRecord:
        return MetricRecord({"auroc": 0.0 if number in rejected else 1.0})

    app = ClientApp()

    @app.query("identify")
    def identify(message: Message, context: Context) -> Message:
        return Message(
            RecordDict({"config": ConfigRecord({"site": str(context.node_config["name"])})}), reply_to=message
        )

    @app.train()
    def learn(message: Message, context: Context) -> Message:
        name = str(context.node_config["name"])
        config = message.content.config_records["config"]
        contributed, number = config["rounds-contributed"], config["server-round"]
        assert isinstance(contributed, int)
        assert isinstance(number, int)
        model, rule = Point(), local_rule(at_sites, name)
        trainable = trainable_arrays(model)
        received = from_record(message.content.array_records["arrays"], rule.receives(trainable))
        state = LocalState(folder / name, "run")
        steps = functools.partial(train, model, steps=settings.local_steps(name), optimizer="sgd", learning_rate=RATE)
        kept = state.after(contributed, number) if rule.keeps_state else {}
        learnt = rule.learn(Work(model, objectives[name], steps), received, kept)
        if rule.keeps_state:
            state.keep(contributed + 1, learnt.kept, number)
        if away(name, number):
            return Message(Error(code=9499, reason=""), reply_to=message)
        sent = learnt.update if update_bound is None else through_masks(learnt.update, at_sites, name)
        return Message(RecordDict({"arrays": to_record(sent)}), reply_to=message)

    found = Run(strategy_of(settings, ServerState(settings.sha256, "run", 0, trainable_arrays(Point())), checkpoint))
    grid = ProcessGrid(app, [{"name": name} for name in SITES])
    found.models.append(found.strategy.state.model["weight"].astype(np.float64))
    for number in range(1, settings.rounds + 1):
        found.strategy.start(grid, to_record(found.strategy.state.model), num_rounds=number, evaluate_fn=judge)
        found.models.append(found.strategy.state.model["weight"].astype(np.float64))
    return found


def descend(
    objective: Quadratic, start: Floats, steps: int = STEPS, extra: Callable[[Floats], Floats] | None = None
) -> Floats:
    """Gradient descent on an objective, plus a gradient of something else."""
    weights = start.copy()
    for _ in range(steps):
        weights = weights - RATE * (objective.gradient(weights) + (0 if extra is None else extra(weights)))
    return weights


def constant(value: Floats) -> Callable[[Floats], Floats]:
    return lambda _: value


def pull(alpha: float, towards: Floats, less: Floats) -> Callable[[Floats], Floats]:
    return lambda weights: alpha * (weights - towards) - less


def test_fedavg_stops_away_from_the_optimum_and_scaffold_and_feddyn_reach_it(tmp_path: Path) -> None:
    """Theorem III of Karimireddy et al.: FedAvg's fixed point moves with the drift, SCAFFOLD's does not."""
    objectives = heterogeneous()
    goal = optimum(objectives)
    averaged = run(tmp_path / "fedavg", study(rounds=25), objectives).final
    scaffold = run(tmp_path / "scaffold", study(rounds=25, name="scaffold"), objectives).final
    feddyn = run(tmp_path / "feddyn", study(rounds=35, name="feddyn", dynamic_alpha=1.0), objectives).final
    assert np.linalg.norm(averaged - goal) > 0.1
    assert np.linalg.norm(scaffold - goal) < 1e-4
    assert np.linalg.norm(feddyn - goal) < 1e-4


def dropouts(name: str, number: int) -> bool:
    """In every round but the first one site's update is lost, each in its turn."""
    return number > 1 and SITES[number % 3] == name


@pytest.mark.parametrize("away", [lambda *_: False, dropouts])
def test_scaffold_is_the_papers_algorithm_with_every_variate_explicit(tmp_path: Path, away: Away) -> None:
    """Algorithm 1, option II, with both vectors sent: lines 6 to 17. A lost update changes neither c nor c_i."""
    objectives = heterogeneous()
    x, c = np.zeros(DIMENSIONS), np.zeros(DIMENSIONS)
    own = {site: np.zeros(DIMENSIONS) for site in SITES}
    models = [x]
    for number in range(1, 9):
        moves, changes = [], []
        for site in (name for name in SITES if not away(name, number)):
            y = descend(objectives[site], x, extra=constant(c - own[site]))
            fresh = own[site] - c + (x - y) / (STEPS * RATE)
            moves.append(y - x)
            changes.append(fresh - own[site])
            own[site] = fresh
        x = x + 0.7 * np.mean(moves, axis=0)
        c = c + len(changes) / len(SITES) * np.mean(changes, axis=0)
        models.append(x)
    settings = study(name="scaffold", minimum=2, server_learning_rate=0.7)
    found = run(tmp_path, settings, objectives, away)
    np.testing.assert_allclose(found.models, models, atol=2e-5)
    np.testing.assert_allclose(found.strategy.state.optimizer["control/weight"], c, atol=2e-5)


@pytest.mark.parametrize("away", [lambda *_: False, dropouts])
def test_feddyn_is_the_papers_algorithm(tmp_path: Path, away: Away) -> None:
    """Algorithm 1 of Acar et al., with m = 3 sites."""
    objectives, alpha = heterogeneous(), 0.5
    x, h = np.zeros(DIMENSIONS), np.zeros(DIMENSIONS)
    own = {site: np.zeros(DIMENSIONS) for site in SITES}
    models = [x]
    for number in range(1, 9):
        reached = {}
        for site in (name for name in SITES if not away(name, number)):
            reached[site] = descend(objectives[site], x, extra=pull(alpha, x, own[site]))
            own[site] = own[site] - alpha * (reached[site] - x)
        h = h - alpha / len(SITES) * sum(y - x for y in reached.values())
        x = np.mean(list(reached.values()), axis=0) - h / alpha
        models.append(x)
    found = run(tmp_path, study(name="feddyn", dynamic_alpha=alpha, minimum=2), objectives, away)
    np.testing.assert_allclose(found.models, models, rtol=1e-4, atol=2e-5)


BOUND = 0.6
WEIGHTS = {"east": 1.0, "north": 2.0, "south": 4.0}
EVEN = dict.fromkeys(SITES, 1.0)


def clipped(move: Floats, share: float) -> Floats:
    """A move whose values, weighted by a share of the largest weight, stay within the masks' bound."""
    return np.clip(move, -BOUND / share, BOUND / share)


@pytest.mark.parametrize("weights", [EVEN, WEIGHTS])
def test_under_masks_scaffolds_variates_are_those_of_the_clipped_updates_at_both_ends(
    tmp_path: Path, weights: dict[str, float]
) -> None:
    """Else c is not the mean of the c_i any more, and the difference steers every later round."""
    objectives, clips = heterogeneous(), 0
    x, c = np.zeros(DIMENSIONS), np.zeros(DIMENSIONS)
    own = {site: np.zeros(DIMENSIONS) for site in SITES}
    models = [x]
    for _ in range(8):
        moves = {}
        for site in SITES:
            move = descend(objectives[site], x, extra=constant(c - own[site])) - x
            moves[site] = clipped(move, weights[site] / max(weights.values()))
            clips += int((moves[site] != move).any())
            own[site] = own[site] - c - moves[site] / (STEPS * RATE)
        x = x + sum(weights[site] * moves[site] for site in SITES) / sum(weights.values())
        c = sum((weights[site] * own[site] for site in SITES), np.zeros(DIMENSIONS)) / sum(weights.values())
        models.append(x)
    assert clips > 3
    found = run(tmp_path, study(name="scaffold", weights=weights), objectives, update_bound=BOUND)
    np.testing.assert_allclose(found.models, models, atol=2e-5)
    np.testing.assert_allclose(found.strategy.state.optimizer["control/weight"], c, atol=2e-5)
    for site in SITES:
        np.testing.assert_allclose(LocalState(tmp_path / site, "run").after(8, 9)["weight"], own[site], atol=2e-5)


def test_under_masks_feddyns_regularisers_are_those_of_the_clipped_updates_at_both_ends(tmp_path: Path) -> None:
    objectives, alpha, clips = heterogeneous(), 0.5, 0
    x, own = np.zeros(DIMENSIONS), {site: np.zeros(DIMENSIONS) for site in SITES}
    models = [x]
    for _ in range(8):
        moves = []
        for site in SITES:
            move = descend(objectives[site], x, extra=pull(alpha, x, own[site])) - x
            moves.append(clipped(move, 1.0))
            clips += int((moves[-1] != move).any())
            own[site] = own[site] - alpha * moves[-1]
        x = x + np.mean(moves, axis=0) - np.mean(list(own.values()), axis=0) / alpha
        models.append(x)
    assert clips > 3
    found = run(tmp_path, study(name="feddyn", dynamic_alpha=alpha), objectives, update_bound=BOUND)
    np.testing.assert_allclose(found.models, models, rtol=1e-4, atol=2e-5)
    for site in SITES:
        np.testing.assert_allclose(LocalState(tmp_path / site, "run").after(8, 9)["weight"], own[site], atol=1e-4)


def test_an_update_that_is_not_finite_is_not_clipped_into_one_that_is() -> None:
    update = {"weight": np.array([np.inf, np.nan, 5.0, 0.1], np.float32)}
    found = within_mask_range(update, masked(study(name="scaffold"), BOUND), "east")["weight"]
    np.testing.assert_array_equal(found, np.array([np.inf, np.nan, BOUND, 0.1], np.float32))


@pytest.mark.parametrize("strategy", [{"name": "scaffold"}, {"name": "feddyn", "dynamic_alpha": 1.0}])
def test_a_rejected_round_does_not_part_the_coordinator_from_what_the_sites_keep(
    tmp_path: Path, strategy: dict[str, Any]
) -> None:
    """The model goes back, the variates do not: else they would be out of step for good, and so would the optimum."""
    objectives = heterogeneous()
    found = run(tmp_path, study(rounds=45, **strategy), objectives, rejected=(2, 3, 7))
    np.testing.assert_array_equal(found.models[2], found.models[1])
    assert np.linalg.norm(found.final - optimum(objectives)) < 1e-4


def test_fednova_corrects_different_numbers_of_steps_exactly(tmp_path: Path) -> None:
    """With constant gradients g_i, any number of steps must move the model along the weighted mean of the g_i.

    FedAvg moves along the mean of t_i g_i instead: the site with most steps takes the model with it.
    """
    slopes = {site: np.random.default_rng(number).normal(size=DIMENSIONS) for number, site in enumerate(SITES)}

    class Slope(Quadratic):
        def gradient(self, weights: Floats) -> Floats:
            del weights
            return self.centre

    objectives: dict[str, Quadratic] = {site: Slope(np.eye(DIMENSIONS), slopes[site]) for site in SITES}
    weights = {"east": 1.0, "north": 2.0, "south": 3.0}
    steps = {"east": 2, "north": 7, "south": 16}
    share = {site: weights[site] / 6 for site in SITES}
    settings = study(rounds=1, steps=16, name="fednova", local_steps=steps, weights=weights)
    moved = run(tmp_path, settings, objectives).final
    mean = sum((share[site] * slopes[site] for site in SITES), np.zeros(DIMENSIONS))
    average_steps = sum(share[site] * steps[site] for site in SITES)
    np.testing.assert_allclose(moved, -RATE * average_steps * mean, rtol=1e-5)


@pytest.mark.parametrize("away", [lambda *_: False, dropouts])
def test_fednova_is_the_papers_equation_on_curved_objectives(tmp_path: Path, away: Away) -> None:
    """Equation 7 with a_i = (1, ..., 1): x <- x - tau_eff sum p_i rate d_i, over those whose update arrived."""
    objectives, steps = heterogeneous(), {"east": 2, "north": 6, "south": 5}
    x = np.zeros(DIMENSIONS)
    models = [x]
    for number in range(1, 9):
        present = [name for name in SITES if not away(name, number)]
        p = 1 / len(present)
        tau = sum(p * steps[site] for site in present)
        directions = [(descend(objectives[site], x, steps[site]) - x) / steps[site] for site in present]
        x = x + tau * sum((p * d for d in directions), np.zeros(DIMENSIONS))
        models.append(x)
    found = run(tmp_path, study(name="fednova", local_steps=steps, minimum=2), objectives, away)
    np.testing.assert_allclose(found.models, models, atol=2e-5)


def test_dittos_global_model_is_fedavgs_and_the_personal_ones_stay_between_it_and_the_sites_own(tmp_path: Path) -> None:
    """Algorithm 1 of Li et al. 2021; at its limit a personal model solves (A + mu) v = A b + mu x."""
    objectives, mu = heterogeneous(), 0.5
    settings = study(rounds=30, name="ditto", proximal_mu=mu)
    found = run(tmp_path, settings, objectives)
    np.testing.assert_array_equal(found.final, run(tmp_path / "plain", study(rounds=30), objectives).final)
    for site, objective in objectives.items():
        personal = LocalState(tmp_path / site, "run").after(30, 31)["weight"]
        pulled = objective.curvature + mu * np.eye(DIMENSIONS)
        expected = np.linalg.solve(pulled, objective.curvature @ objective.centre + mu * found.final)
        np.testing.assert_allclose(personal, expected, atol=1e-4)


def test_norm_bounding_moves_by_the_shortened_updates(tmp_path: Path) -> None:
    objectives, bound = heterogeneous(), 0.3
    moves = [descend(objective, np.zeros(DIMENSIONS)) for objective in objectives.values()]
    assert all(np.linalg.norm(move) > bound for move in moves)
    found = run(tmp_path, study(rounds=1, name="norm-bounding", max_update_norm=bound), objectives)
    expected = np.mean([move * bound / np.linalg.norm(move) for move in moves], axis=0)
    np.testing.assert_allclose(found.final, expected, atol=1e-6)


def test_cyclic_hands_the_model_from_site_to_site_and_each_has_one_turn_a_cycle(tmp_path: Path) -> None:
    objectives = heterogeneous()
    found = run(tmp_path, study(rounds=12, name="cyclic"), objectives)
    turns = [record.replied for record in found.strategy.state.history[1:]]
    cycles = [turns[start : start + 3] for start in range(0, 12, 3)]
    assert all(sorted(cycle) == [("east",), ("north",), ("south",)] for cycle in cycles)
    assert len({tuple(cycle) for cycle in cycles}) > 1
    x = np.zeros(DIMENSIONS)
    for (site,) in turns:
        x = descend(objectives[site], x)
    np.testing.assert_allclose(found.final, x, atol=1e-5)


def test_a_cyclic_round_without_its_site_leaves_the_model_and_the_next_goes_on(tmp_path: Path) -> None:
    found = run(tmp_path, study(rounds=3, name="cyclic"), heterogeneous(), lambda _, number: number == 2)
    np.testing.assert_array_equal(found.models[2], found.models[1])
    assert (found.models[3] != found.models[2]).any()
    assert [len(record.replied) for record in found.strategy.state.history] == [0, 1, 0, 1]


@pytest.mark.parametrize("before", [0, 2])
def test_a_cycle_in_which_nobody_answers_stops_the_run_with_the_last_model(tmp_path: Path, before: int) -> None:
    saved: list[ServerState] = []
    with pytest.raises(TooFewSitesError, match=f"Round {before + 3}: 0 of the 1 updates"):
        run(tmp_path, study(name="cyclic"), heterogeneous(), lambda _, number: number > before, checkpoint=saved.append)
    assert saved[-1].round == before + 2

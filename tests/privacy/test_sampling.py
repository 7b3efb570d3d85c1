"""Poisson sampling of patients: what the accountant assumes is what happens."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cloister.privacy.randomness import RandomStream
from cloister.privacy.sampling import Draw, PoissonPatientSampler
from cloister.study.errors import DataError, InputError


def sampler(patients: list[str], rate: float, most: int = 16, seed: int = 5) -> PoissonPatientSampler:
    random = RandomStream.seeded_for_simulation(seed, "sampling")
    return PoissonPatientSampler(patients, sample_rate=rate, max_examples_per_patient=most, random=random)


@given(st.lists(st.sampled_from("abcdef"), max_size=40), st.floats(0.05, 1.0), st.integers(1, 5), st.integers(0, 99))
def test_a_draw_holds_whole_patients_up_to_the_bound(owners: list[str], rate: float, most: int, seed: int) -> None:
    draw = sampler(owners, rate, most, seed).draw()
    rows = draw.examples.tolist()
    assert len(set(rows)) == len(rows)
    drawn = [{owners[row] for row in np.asarray(rows)[draw.patient_index.numpy() == p]} for p in range(draw.patients)]
    assert all(len(patient) == 1 for patient in drawn)
    names = [next(iter(patient)) for patient in drawn]
    assert len(set(names)) == draw.patients
    for number, name in enumerate(names):
        assert int((draw.patient_index == number).sum()) == min(most, owners.count(name))


def test_everybody_joins_at_rate_one() -> None:
    draw = sampler(["b", "a", "b", "c"], 1.0).draw()
    assert sorted(draw.examples.tolist()) == [0, 1, 2, 3]
    assert draw.patients == 3


def test_coins_are_fair_independent_and_one_a_patient_not_one_an_example() -> None:
    # Fixed seed; each of the three tests below fails for 0.1 % of seeds.
    owners = ["many"] * 30 + [f"p{number}" for number in range(19)]
    draws = _repeat(sampler(owners, 0.3), 4000)
    sizes = np.asarray([draw.patients for draw in draws])
    expected = stats.binom(20, 0.3).pmf(np.arange(21)) * len(sizes)
    kept = expected > 5
    observed = np.bincount(sizes, minlength=21)
    statistic = ((observed - expected)[kept] ** 2 / expected[kept]).sum()
    assert stats.chi2(kept.sum() - 1).sf(statistic) > 1e-3
    joined = np.asarray([[int((draw.examples < 30).any()), int((draw.examples == 30).any())] for draw in draws])
    assert stats.binomtest(int(joined[:, 0].sum()), len(draws), 0.3).pvalue > 1e-3
    assert stats.binomtest(int(joined.all(axis=1).sum()), len(draws), 0.09).pvalue > 1e-3


def test_the_examples_of_a_large_patient_are_drawn_anew_and_uniformly() -> None:
    # Fixed seed; 0.1 % of seeds would fail. Chi-square over 20 rows with 5 drawn without replacement is conservative.
    found = np.concatenate([draw.examples.numpy() for draw in _repeat(sampler(["one"] * 20, 1.0, most=5), 2000)])
    assert stats.chisquare(np.bincount(found, minlength=20)).pvalue > 1e-3


def test_a_patient_with_ten_thousand_notes_costs_no_more_than_the_bound() -> None:
    assert len(sampler(["one"] * 10_000, 1.0, most=16).draw().examples) == 16


def test_an_empty_draw_is_a_draw() -> None:
    draw = sampler(["a", "b"], 1e-9).draw()
    assert (draw.patients, draw.examples.tolist(), draw.patient_index.tolist()) == (0, [], [])
    assert sampler([], 0.5).draw().patients == 0


def test_without_a_stream_two_samplers_never_agree() -> None:
    owners = [str(number) for number in range(200)]  # they agree by chance with probability 2^-200
    first, second = (
        PoissonPatientSampler(owners, sample_rate=0.5, max_examples_per_patient=1).draw().examples.tolist()
        for _ in range(2)
    )
    assert first != second


@pytest.mark.parametrize("missing", ["", None])
def test_an_example_without_patient_is_refused(missing: str) -> None:
    with pytest.raises(DataError, match="row 1"):
        sampler(["a", missing], 0.5)


@pytest.mark.parametrize(("rate", "most"), [(0.0, 1), (1.5, 1), (0.5, 0)])
def test_impossible_settings_are_refused(rate: float, most: int) -> None:
    with pytest.raises(InputError):
        sampler(["a"], rate, most)


def _repeat(source: PoissonPatientSampler, times: int) -> list[Draw]:
    return [source.draw() for _ in range(times)]

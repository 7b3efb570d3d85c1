"""A share of noise on the grid: sums have the distribution that is accounted for, keep to the modulus, are exact."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from cloister.privacy.distributed_noise import DistributedNoise
from cloister.privacy.plan import PrivatePlan
from cloister.privacy.randomness import RandomStream
from cloister.study.errors import StudyError, UpdateRefusedError

NORM = 0.5
PLAN = PrivatePlan(sample_rate=0.2, noise_multiplier=1.5, max_grad_norm=NORM, steps=10, delta=1e-5)


def noise_of(parameters: int = 4, sites: int = 5, honest: int = 3, bound: float = 64.0) -> DistributedNoise:
    return DistributedNoise(PLAN, parameters, sites, honest, bound)


def stream(*purpose: str) -> RandomStream:
    return RandomStream.seeded_for_simulation(5, *purpose)


def encoded(noise: DistributedNoise, values: NDArray[np.float64], site: str = "a") -> NDArray[np.uint32]:
    return noise.encode(values, stream("rounding", site), stream("noise", site))


def integers(noise: DistributedNoise, values: NDArray[np.float64], *rounding: str) -> NDArray[np.int64]:
    """A site's vector before it gets noise."""
    return noise.encoding.encode(values, stream(*rounding)).view(np.int32).astype(np.int64)


def chi_square(drawn: NDArray[np.int64], parameter: float, bins: int = 40) -> float:
    """p-value against a discrete Gaussian, in bins of equal probability (its mass function, added up)."""
    reach = math.ceil(12 * parameter)
    mass = np.exp(-(np.arange(-reach, reach + 1.0) ** 2) / (2 * parameter**2))
    cumulative = np.cumsum(mass / mass.sum())
    edges = np.searchsorted(cumulative, np.arange(1, bins) / bins) - reach
    expected = np.diff([0.0, *cumulative[edges + reach], 1.0]) * len(drawn)
    observed = np.bincount(np.searchsorted(edges, drawn), minlength=bins)
    return float(stats.chi2(bins - 1).sf(((observed - expected) ** 2 / expected).sum()))


def noise_sum(noise: DistributedNoise, sites: int) -> NDArray[np.int64]:
    """The coordinator's decoded integers of sites whose sums are zero: noise alone."""
    zeros = np.zeros(noise.parameters)
    total = sum((encoded(noise, zeros, str(site)) for site in range(sites)), np.zeros(len(zeros), np.uint32))
    return total.view(np.int32).astype(np.int64)


def test_the_sum_of_the_honest_shares_has_the_distribution_that_is_accounted_for() -> None:
    # Chi-square with 40 bins, fixed seed; fails for 0.1 % of seeds.
    noise = noise_of(parameters=4000, bound=1e7)
    assert chi_square(noise_sum(noise, 3), noise.shares.share * math.sqrt(3)) > 1e-3


def test_a_planted_missing_share_would_be_seen() -> None:
    # The same test for two shares of three: it must fail for nearly every seed.
    noise = noise_of(parameters=4000, bound=1e7)
    assert chi_square(noise_sum(noise, 2), noise.shares.share * math.sqrt(3)) < 1e-6


@pytest.mark.parametrize("weight", [1.0, 0.3])
@settings(max_examples=60)
@given(data=st.data())
def test_one_patient_moves_the_integers_by_at_most_the_sensitivity(weight: float, data: st.DataObject) -> None:
    """Whatever the others sum up to, the way of rounding, and the patient's gradient; also at the bound."""
    parameters = data.draw(st.integers(1, 40))
    noise = noise_of(parameters=parameters, bound=data.draw(st.sampled_from([1.0, 50.0, 1e4])))
    scale = data.draw(st.sampled_from([0.01, 1.0, 2 * noise.bound]))
    generator = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    others, gradient = generator.normal(size=parameters) * scale, generator.normal(size=parameters)
    gradient *= data.draw(st.floats(0, 1)) * NORM / np.linalg.norm(gradient)
    rounding = str(data.draw(st.integers(0, 2**32)))
    moved = integers(noise, weight * (others + gradient), rounding) - integers(noise, weight * others, rounding)
    assert np.linalg.norm(moved) <= noise.shares.sensitivity


def test_a_planted_sensitivity_without_rounding_is_exceeded() -> None:
    """On a coarse grid with many parameters, by far."""
    noise = noise_of(parameters=10_000, bound=1e6)
    grid = noise.bound / noise.encoding.levels
    gradient = np.full(10_000, NORM / 100)
    others = np.random.default_rng(1).uniform(0, 100 * grid, size=10_000)
    moved = integers(noise, others + gradient, "r") - integers(noise, others, "r")
    assert NORM / grid < np.linalg.norm(moved) <= noise.shares.sensitivity


@given(
    st.floats(0.05, 50),
    st.integers(1, 10**8),
    st.integers(2, 50),
    st.floats(1e-3, 1e4),
    st.floats(1e-3, 1e6),
    st.data(),
)
def test_every_sum_of_all_sites_with_all_their_noise_keeps_to_the_modulus(
    multiplier: float, parameters: int, sites: int, norm: float, bound: float, data: st.DataObject
) -> None:
    """Values to the last integer; noise up to a tail that is left once in 2^40 sums (Canonne et al. 2020)."""
    plan = PrivatePlan(0.2, multiplier, norm, 10, 1e-5)
    try:
        noise = DistributedNoise(plan, parameters, sites, data.draw(st.integers(1, sites)), bound)
    except StudyError:
        return
    tail = noise.shares.share * math.sqrt(2 * sites * math.log(2 * parameters * 2**40))
    assert sites * noise.encoding.levels + tail <= 2**31 - 1
    assert noise.shares.noise_multiplier >= multiplier * (1 - 1e-12)


def test_values_at_the_bound_at_every_site_are_summed_exactly() -> None:
    """What is decoded is the sum of the sites' integers and noise, computed here without a modulus."""
    noise = noise_of(parameters=200, sites=5)
    values = [np.full(200, sign * noise.bound * 1.5) for sign in (1, 1, 1, 1, 1)]
    words = [encoded(noise, value, str(site)) for site, value in enumerate(values)]
    plain = np.sum([word.view(np.int32).astype(object) for word in words], axis=0)
    total = sum(words, np.zeros(200, np.uint32))
    assert [int(word) for word in total.view(np.int32)] == list(plain)
    spread = noise.shares.share * math.sqrt(5) * noise.bound / noise.encoding.levels
    np.testing.assert_allclose(noise.encoding.decode(total), 5 * noise.bound, atol=7 * spread)


def test_the_shares_come_to_the_plans_noise_and_to_no_more_than_is_needed() -> None:
    noise = noise_of(parameters=50_000, honest=4)
    assert noise.shares.noise_multiplier == pytest.approx(PLAN.noise_multiplier, rel=1e-9)
    in_norms = noise.shares.share * noise.bound / noise.encoding.levels / NORM
    assert in_norms == pytest.approx(PLAN.noise_multiplier / 2, rel=0.01)
    assert noise.shares.epsilon(PLAN.sample_rate, PLAN.steps, PLAN.delta) == pytest.approx(PLAN.epsilon(), rel=1e-9)


def test_no_two_sites_or_rounds_add_the_same_noise() -> None:
    noise, zeros = noise_of(parameters=50), np.zeros(50)
    drawn = [noise.encode(zeros, RandomStream.from_system(), RandomStream.from_system()) for _ in range(2)]
    assert (drawn[0] != drawn[1]).any()


def test_values_that_are_not_finite_are_refused() -> None:
    with pytest.raises(UpdateRefusedError, match="finite"):
        encoded(noise_of(), np.array([1.0, math.nan, 0.0, 0.0]))


@pytest.mark.parametrize(
    ("noise", "bound", "parameters", "told"),
    [(1e9, 1.0, 4, "no room"), (0.1, 1e9, 4, "grid"), (1.5, 1e-300, 4, "no room")],
)
def test_noise_that_does_not_fit_the_grid_is_refused(noise: float, bound: float, parameters: int, told: str) -> None:
    plan = PrivatePlan(0.2, noise, NORM, 10, 1e-5)
    with pytest.raises(StudyError, match=f"distributed.*{told}"):
        DistributedNoise(plan, parameters, 3, 2, bound)

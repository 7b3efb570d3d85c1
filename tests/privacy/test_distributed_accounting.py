"""The accountant of distributed noise against brute force: sums of discrete Gaussians, convolved number by number.

What it reports is never below the truth, is close to it on a fine grid, and the three mistakes that would make it so
(shares too small, drop-outs or colluders counted as present, rounding forgotten) are each seen by the same comparison.
"""

import itertools
import math
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cloister.privacy.accounting import Mechanism, epsilon_of
from cloister.privacy.distributed_accounting import NoiseShares
from cloister.study.errors import InputError

Probabilities = NDArray[np.float64]
REACH = 100
DELTAS = (1e-2, 1e-4, 1e-6)
DUST = 1e-12
"""What float64 loses in sums of a few hundred probabilities."""


def discrete_gaussian(parameter: float, reach: int = REACH) -> Probabilities:
    """Of the integers -reach .. reach."""
    weights = np.exp(-(np.arange(-reach, reach + 1.0) ** 2) / (2 * parameter**2))
    return weights / weights.sum()


def sum_of_shares(share: float, sites: int, reach: int = REACH) -> Probabilities:
    """Of -reach .. reach, by convolving one share after another; what falls outside is below 1e-17."""
    total = np.ones(1)
    for _ in range(sites):
        total = np.convolve(total, discrete_gaussian(share, reach))
    middle = len(total) // 2
    return total[middle - reach : middle + reach + 1]


def modulo(noise: Probabilities, shift: int, modulus: int) -> Probabilities:
    """What the coordinator sees of a site's integer plus noise: residues."""
    reach = len(noise) // 2
    seen = np.zeros(modulus)
    np.add.at(seen, (np.arange(-reach, reach + 1) + shift) % modulus, noise)
    return seen


def delta_at(epsilon: float, one: Probabilities, other: Probabilities) -> float:
    """The smallest delta, exactly, whichever of the two worlds has the patient."""
    factor = math.exp(epsilon)
    return float(max(np.maximum(one - factor * other, 0).sum(), np.maximum(other - factor * one, 0).sum()))


def composed(worlds: Iterable[Probabilities]) -> Probabilities:
    """Independent steps seen together."""
    together = np.ones(1)
    for world in worlds:
        together = np.outer(together, world).reshape(-1)
    return together


def worlds_of(shares: NoiseShares, sites: int, rate: float, steps: int, modulus: int) -> list[Probabilities]:
    """Without and with a patient who shifts one coordinate by the whole sensitivity, in every step with the rate."""
    noise = sum_of_shares(shares.share, sites)
    absent = modulo(noise, 0, modulus)
    present = (1 - rate) * absent + rate * modulo(noise, round(shares.sensitivity), modulus)
    return [composed([world] * steps) for world in (absent, present)]


CASES = [
    # share, sites, sensitivity, rate, steps
    (2.0, 3, 2, 1.0, 1),
    (1.5, 4, 1, 1.0, 2),
    (4.0, 2, 3, 0.3, 1),
    (3.0, 5, 4, 0.5, 2),
    (6.0, 3, 10, 0.1, 2),
    (2.5, 1, 1, 0.5, 2),
]


@pytest.mark.parametrize(("share", "sites", "sensitivity", "rate", "steps"), CASES)
def test_no_less_is_reported_than_is_spent(share: float, sites: int, sensitivity: int, rate: float, steps: int) -> None:
    shares = NoiseShares(share, sites, 1, sensitivity)
    for modulus in (2 * REACH + 1, 64):
        absent, present = worlds_of(shares, sites, rate, steps, modulus)
        for delta in DELTAS:
            assert delta_at(shares.epsilon(rate, steps, delta), absent, present) <= delta * (1 + 1e-9) + DUST


def test_on_a_finer_grid_hardly_more_is_reported_than_is_spent() -> None:
    shares = NoiseShares(12.0, 3, 1, 20)
    absent, present = worlds_of(shares, 3, 0.5, 1, 2 * REACH + 1)
    for delta in (1e-2, 1e-4):
        reported = shares.epsilon(0.5, 1, delta)
        assert delta_at(0.97 * reported, absent, present) > delta


@pytest.mark.parametrize("share", [0.5, 0.6, 0.8, 1.1, 1.4])
@pytest.mark.parametrize("sites", [2, 3, 8])
def test_the_sum_is_as_close_to_one_discrete_gaussian_as_the_theorem_says(share: float, sites: int) -> None:
    """Kairouz, Liu and Steinke 2021, where the bound is far from zero; its tails hold the largest ratio."""
    found, ideal = sum_of_shares(share, sites), discrete_gaussian(share * math.sqrt(sites))
    inside = slice(REACH - 12, REACH + 13)
    largest = float(np.abs(np.log(found[inside] / ideal[inside])).max())
    bound = 5 * sum(math.exp(-2 * math.pi**2 * share**2 * k / (k + 1)) for k in range(1, sites))
    assert largest <= bound + 1e-9
    if sites * share**2 > 4:
        assert NoiseShares(share, sites, 1, 1.0).closeness >= bound


def test_a_discrete_gaussian_is_a_rounded_continuous_one_as_the_docstring_says() -> None:
    """The second factor, by integrating the rounding over the Gaussian, with an r small enough for it to be seen."""
    rounding, parameter = 0.5, 2.0
    continuous = math.sqrt(parameter**2 - rounding**2)
    y, step = np.linspace(-30, 30, 60_001, retstep=True)
    density = np.exp(-(y**2) / (2 * continuous**2)) / (continuous * math.sqrt(2 * math.pi)) * step
    integers = np.arange(-40, 41)
    weights = np.exp(-((integers[:, None] - y[None, :]) ** 2) / (2 * rounding**2))
    rounded = (weights / weights.sum(axis=0) * density).sum(axis=1)
    inside = slice(30, 51)
    off = 2 * sum(math.exp(-2 * math.pi**2 * rounding**2 * j * j) for j in range(1, 6))
    ratio = np.abs(np.log(rounded[inside] / discrete_gaussian(parameter, 40)[inside])).max()
    assert 0 < ratio <= math.log1p(off) - math.log1p(-off)


def rounded_worlds(
    shares: NoiseShares, sum_before: tuple[float, ...], gradient: tuple[float, ...]
) -> list[Probabilities]:
    """Without and with a patient, in several coordinates, at the uniform numbers that tell the two furthest apart."""
    noise, worlds = sum_of_shares(shares.share, shares.honest, 30), []
    for values in (sum_before, tuple(map(sum, zip(sum_before, gradient, strict=True)))):
        worlds.append(composed([modulo(noise, math.ceil(value - 0.4), 61) for value in values]))
    return worlds


SUM_BEFORE, GRADIENT = (0.35, 0.35, 0.35), (0.1, 0.1, 0.1)
"""Ten units to the whole: rounding turns a gradient a sixth of a unit long into one of sqrt(3) units."""


def test_rounding_is_part_of_the_sensitivity() -> None:
    norm = math.dist(GRADIENT, (0, 0, 0))
    with_rounding = NoiseShares.for_noise_multiplier(1.0, 3, 3, norm + math.sqrt(3))
    assert worst_excess(with_rounding, *rounded_worlds(with_rounding, SUM_BEFORE, GRADIENT)) <= 1


def worst_excess(shares: NoiseShares, absent: Probabilities, present: Probabilities) -> float:
    """The true delta over the one reported, at its worst: above 1 is a broken promise."""
    return max((delta_at(shares.epsilon(1.0, 1, d), absent, present) - DUST) / d for d in DELTAS)


def test_a_planted_sensitivity_without_rounding_is_seen() -> None:
    planted = NoiseShares.for_noise_multiplier(6.0, 3, 3, math.dist(GRADIENT, (0, 0, 0)))
    assert worst_excess(planted, *rounded_worlds(planted, SUM_BEFORE, GRADIENT)) > 2


@pytest.mark.parametrize("present", [1, 2])
def test_a_planted_count_of_sites_that_dropped_out_is_seen(present: int) -> None:
    """Shares for 4 sites, of which one or two are in the sum: the threshold ignored."""
    shares = NoiseShares.for_noise_multiplier(1.5, 4, 1, 6.0)
    assert worst_excess(shares, *worlds_of(shares, 4, 1.0, 1, 2 * REACH + 1)) <= 1
    assert worst_excess(shares, *worlds_of(shares, present, 1.0, 1, 2 * REACH + 1)) > 2


def test_a_planted_share_that_divides_by_the_sites_instead_of_their_root_is_seen() -> None:
    right = NoiseShares.for_noise_multiplier(1.5, 4, 1, 6.0)
    absent, present = worlds_of(NoiseShares(right.share / 2, 4, 1, 6.0), 4, 1.0, 1, 2 * REACH + 1)
    assert worst_excess(right, absent, present) > 2


def test_colluding_sites_take_their_shares_off_again() -> None:
    """Five sites, two of them colluding: what they know leaves the noise of three."""
    shares = NoiseShares.for_noise_multiplier(1.2, 3, 1, 5.0)
    noise, theirs = sum_of_shares(shares.share, 3), (-7, 4)
    absent, present = (modulo(noise, shift + sum(theirs), 2 * REACH + 1) for shift in (0, 5))
    assert worst_excess(shares, absent, present) <= 1


@given(st.floats(0.05, 40), st.integers(1, 50), st.integers(1, 10**7), st.floats(1, 2**25))
def test_the_share_is_the_smallest_that_comes_to_the_noise_multiplier(
    noise: float, honest: int, parameters: int, sensitivity: float
) -> None:
    try:
        shares = NoiseShares.for_noise_multiplier(noise, honest, parameters, sensitivity)
    except InputError:
        assert (noise * sensitivity) ** 2 + 4 <= 0.26 * honest
        return
    assert shares.noise_multiplier >= noise * (1 - 1e-12)
    assert shares.honest * (shares.share - 2**-20) ** 2 <= (noise * sensitivity) ** 2 + 4 + 1e-9 * shares.share**2


def test_on_a_fine_grid_epsilon_is_that_of_the_gaussian_mechanism() -> None:
    shares = NoiseShares.for_noise_multiplier(1.3, 3, 1_000_000, 250_000.0)
    gaussian = epsilon_of([Mechanism(0.2, shares.noise_multiplier, 40)], 1e-5)
    assert shares.epsilon(0.2, 40, 1e-5) == pytest.approx(gaussian, rel=1e-9)
    assert shares.closeness < 1e-25


def test_on_a_coarse_grid_epsilon_says_that_nothing_is_left() -> None:
    coarse = NoiseShares(0.8, 8, 100_000, 1.0)
    assert coarse.epsilon(1.0, 1, 1e-5) == math.inf
    finer = [NoiseShares(share, 8, 1000, share).epsilon(1.0, 1, 1e-5) for share in (1.2, 1.6, 2.4, 20.0)]
    assert finer == sorted(finer, reverse=True)


@pytest.mark.parametrize(
    "values", [(0.0, 2, 1, 1.0), (0.4, 99, 1, 1.0), (1.0, 4, 1, 1.0), (9.0, 0, 1, 1.0), (9.0, 2, 0, 1.0)]
)
def test_noise_that_is_none_is_refused(values: tuple[float, int, int, float]) -> None:
    with pytest.raises(InputError):
        NoiseShares(*values)
    for sensitivity, noise in itertools.product((0.0, math.inf, math.nan), (0.0, math.nan, 1.0)):
        with pytest.raises(InputError):
            NoiseShares.for_noise_multiplier(noise, 2, 1, sensitivity)

"""Epsilon against numerical integration that shares nothing with the accountants, from above and from below."""

from __future__ import annotations

import math
import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import integrate, optimize, stats

from cloister.privacy import accounting
from cloister.privacy.accounting import Mechanism, epsilon_of, merge, privacy_loss
from cloister.privacy.privacy_loss import PrivacyLoss
from cloister.privacy.renyi import ORDERS, renyi_divergences

FEW = settings(max_examples=3)


def bracket(mechanisms: list[Mechanism], delta: float, grid: float) -> tuple[float, float]:
    """Epsilon from below and from above: losses on a grid, all rounded down and all rounded up, convolved by FFT.

    The distribution of one step's loss is cut from a fine grid of outcomes; both directions of the relation are taken.
    """
    lowest: list[float] = []
    highest: list[float] = []
    for remove in (True, False):
        for rounding, found in ((np.floor, lowest), (np.ceil, highest)):
            found.append(_epsilon(_composed(mechanisms, remove, grid, rounding), grid, delta))
    return max(lowest), max(highest)


def _composed(mechanisms: list[Mechanism], remove: bool, grid: float, rounding: np.ufunc) -> NDArray[np.float64]:
    """Probabilities of the losses 0, grid, 2 grid, ..., then the negative ones, as an FFT orders them."""
    size = 2**20
    spectrum = np.ones(size // 2 + 1, dtype=complex)
    for mechanism in mechanisms:
        rate, noise = mechanism.sample_rate, mechanism.noise_multiplier
        edges = np.linspace(-13 * noise, 1 + 13 * noise, 100_001)
        middle = (edges[1:] + edges[:-1]) / 2
        without = np.diff(stats.norm.cdf(edges, 0, noise))
        mixed = (1 - rate) * without + rate * np.diff(stats.norm.cdf(edges, 1, noise))
        loss = np.logaddexp(math.log1p(-rate), math.log(rate) + (2 * middle - 1) / (2 * noise**2))
        weights, losses = (mixed, loss) if remove else (without, -loss)
        places = rounding(losses / grid).astype(np.int64)
        probabilities = np.bincount(places % size, weights, minlength=size)
        spectrum *= np.fft.rfft(probabilities) ** mechanism.steps
    return np.fft.irfft(spectrum, size)


def _epsilon(probabilities: NDArray[np.float64], grid: float, delta: float) -> float:
    size = len(probabilities)
    losses = np.fft.fftshift(np.fft.fftfreq(size, 1 / size)) * grid
    weights = np.maximum(np.fft.fftshift(probabilities), 0)

    def excess(epsilon: float) -> float:
        above = losses > epsilon
        return float((weights[above] * -np.expm1(epsilon - losses[above])).sum()) - delta

    return float(optimize.brentq(excess, 0.0, losses[-1]))


SETTINGS = [
    pytest.param([Mechanism(0.032, 1.0, 500)], 1e-5, id="one study"),
    pytest.param([Mechanism(0.032, 1.0, 300), Mechanism(0.05, 1.4, 40), Mechanism(0.1, 3.0, 100)], 1e-6, id="three"),
    pytest.param([Mechanism(1 / 8, 4.140625, 1500)], 1e-3, id="FLamby, Switzerland"),
]


@pytest.mark.parametrize(("mechanisms", "delta"), SETTINGS)
def test_pld_agrees_with_numerical_integration_to_a_thousandth(mechanisms: list[Mechanism], delta: float) -> None:
    low, high = bracket(mechanisms, delta, 2e-5)
    ours = epsilon_of(mechanisms, delta)
    assert low <= ours, "under-reported"
    # Rounding every step's loss up and down by at most one cell shifts the middle by next to nothing.
    assert ours == pytest.approx((low + high) / 2, rel=1e-3)


@pytest.mark.parametrize(("mechanisms", "delta"), SETTINGS[:2])
def test_pld_agrees_with_opacus_prv_to_a_thousandth(mechanisms: list[Mechanism], delta: float) -> None:
    from opacus.accountants import PRVAccountant

    accountant = PRVAccountant()
    accountant.history = [(m.noise_multiplier, m.sample_rate, m.steps) for m in mechanisms]
    loss = accountant._get_dprv(eps_error=5e-3, delta_error=delta / 1000)
    low, estimate, high = loss.compute_epsilon(delta, delta / 1000, 5e-3)
    ours = epsilon_of(mechanisms, delta)
    assert low <= ours <= high
    assert ours == pytest.approx(estimate, rel=1e-3)


@FEW
@given(st.floats(0.2, 1.0), st.floats(2.0, 20.0), st.integers(1, 50), st.sampled_from([1e-3, 1e-5, 1e-7]))
def test_nothing_is_reported_below_what_an_adversary_certainly_gets(
    rate: float, noise: float, steps: int, delta: float
) -> None:
    """A threshold on the sum of all outputs is one test of many: what it tells is a floor, without any accountant."""
    epsilon = epsilon_of([Mechanism(rate, noise, steps)], delta)
    chance = stats.binom.pmf(np.arange(steps + 1), steps, rate)
    deviation = noise * math.sqrt(steps)
    for threshold in np.linspace(0, steps, 9):
        present = float((chance * stats.norm.sf(threshold, np.arange(steps + 1), deviation)).sum())
        absent = float(stats.norm.sf(threshold, 0, deviation))
        assert present <= math.exp(epsilon) * absent + delta * (1 + 1e-9)
        assert 1 - absent <= math.exp(epsilon) * (1 - present) + delta * (1 + 1e-9)


@pytest.mark.parametrize(("rate", "noise"), [(0.01, 0.6), (0.1, 2.0), (0.5, 8.0)])
def test_divergences_agree_with_adaptive_quadrature(rate: float, noise: float) -> None:
    for place in (0, 9, 57, len(ORDERS) - 1):
        order = float(ORDERS[place])

        def exponent(z: float, order: float = order) -> float:
            ratio = np.logaddexp(math.log1p(-rate), math.log(rate) + (2 * z - 1) / (2 * noise**2))
            return float(order * ratio - z**2 / (2 * noise**2) - math.log(noise * math.sqrt(2 * math.pi)))

        peaks = [0.0, order]
        top = max(exponent(peak) for peak in peaks)
        value, _ = integrate.quad(
            lambda z, top=top, exponent=exponent: math.exp(exponent(z) - top),
            -12 * noise,
            order + 12 * noise,
            points=peaks,
            epsabs=0,
            epsrel=1e-10,
            limit=500,
        )
        assert renyi_divergences(rate, noise)[place] == pytest.approx(
            (top + math.log(value)) / (order - 1), rel=1e-6, abs=1e-12
        )


# Many different settings.


def studies(count: int, seed: int = 1) -> list[Mechanism]:
    draw = random.Random(seed)
    return [Mechanism(draw.uniform(0.005, 0.2), draw.uniform(0.8, 6), draw.randint(40, 60)) for _ in range(count)]


@FEW
@given(st.permutations(studies(6)))
def test_the_order_of_composition_does_not_matter(mechanisms: list[Mechanism]) -> None:
    assert epsilon_of(mechanisms, 1e-5) == epsilon_of(studies(6), 1e-5)
    first, *others = mechanisms
    loss = PrivacyLoss.of(first, 1e-3)
    for other in others:
        loss = loss.then(other)
    # In this order, and not in the sorted one: only what was cut off at the tails may differ.
    whole = privacy_loss(merge(mechanisms), 1e-5)
    assert whole is not None
    assert loss.epsilon(1e-5) == pytest.approx(whole.epsilon(1e-5), rel=1e-3)


@pytest.mark.parametrize("most", [1, 3, 9])
def test_merging_many_settings_never_reports_less(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    mechanisms = studies(12)
    exact, bound = epsilon_of(mechanisms, 1e-5), epsilon_of(mechanisms, 1e-5, "rdp")
    monkeypatch.setattr(accounting, "MOST_SETTINGS", most)
    assert epsilon_of(mechanisms, 1e-5) >= exact
    assert epsilon_of(mechanisms, 1e-5, "rdp") >= bound
    merged = accounting._few(merge(mechanisms))
    assert len(merged) <= most
    assert sum(segment.steps for segment in merged) == sum(mechanism.steps for mechanism in mechanisms)


def test_few_settings_are_left_as_they_are() -> None:
    mechanisms = merge(studies(100))
    assert accounting._few(mechanisms) is mechanisms


@FEW
@given(st.lists(st.sampled_from(studies(6)), min_size=1, max_size=4))
def test_a_loss_survives_being_written(mechanisms: list[Mechanism]) -> None:
    loss = privacy_loss(merge([*mechanisms, Mechanism(1.0, 9.0, 9)]), 1e-5)
    assert loss is not None
    again = PrivacyLoss.from_bytes(loss.to_bytes())
    more = Mechanism(0.1, 2.0, 7)
    assert again.epsilon(1e-5) == loss.epsilon(1e-5)
    assert again.then(more).epsilon(1e-5) == loss.then(more).epsilon(1e-5)


@pytest.mark.heavy
def test_two_hundred_settings_compose_in_under_30_seconds_of_one_core() -> None:
    draw = random.Random(1)
    mechanisms = [Mechanism(draw.uniform(0.005, 0.2), draw.uniform(0.8, 6), draw.randint(20, 60)) for _ in range(200)]
    started = time.process_time()
    epsilon = epsilon_of(mechanisms, 1e-5)
    assert time.process_time() - started < 30
    assert epsilon <= epsilon_of(mechanisms, 1e-5, "rdp")

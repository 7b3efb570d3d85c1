"""Epsilon against independent accountants, published figures, and the order that epsilon must have."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf, nan
from time import process_time

import numpy as np
import pytest
from dp_accounting import dp_event
from dp_accounting.pld.privacy_loss_distribution import from_gaussian_mechanism
from dp_accounting.rdp import RdpAccountant, compute_epsilon
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cloister.privacy.accounting import (
    NOISE_MULTIPLIER_LIMIT,
    NOISE_MULTIPLIER_MINIMUM,
    Mechanism,
    calibrate_noise,
    epsilon_of,
)
from cloister.privacy.privacy_loss import PrivacyLoss
from cloister.privacy.renyi import ORDERS, epsilon_from_divergences, renyi_divergences
from cloister.study.errors import InputError, StudyError

SEGMENTS = [Mechanism(0.032, 1.0, 300), Mechanism(0.05, 1.4, 40), Mechanism(0.032, 1.0, 200), Mechanism(1.0, 9.0, 2)]

rates = st.floats(0.005, 0.3)
noises = st.floats(0.9, 20.0)
counts = st.integers(1, 200)
deltas = st.floats(1e-8, 1e-3)
ordinary = settings(max_examples=4)


def google_divergences(rate: float, noise: float, orders: list[float]) -> NDArray[np.float64]:
    accountant = RdpAccountant(orders)
    with without_log_lines():
        accountant.compose(dp_event.PoissonSampledDpEvent(rate, dp_event.GaussianDpEvent(noise)))
    return np.asarray(accountant._rdp)


@contextmanager
def without_log_lines() -> Iterator[None]:
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def opacus_rdp(mechanisms: list[Mechanism], delta: float) -> float:
    from opacus.accountants import RDPAccountant

    accountant = RDPAccountant()
    accountant.history = [(m.noise_multiplier, m.sample_rate, m.steps) for m in mechanisms]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(accountant.get_epsilon(delta))


@pytest.mark.parametrize("mechanisms", [SEGMENTS[:1], SEGMENTS[1:2], SEGMENTS], ids=["one", "another", "composed"])
@pytest.mark.parametrize("delta", [1e-3, 1e-5, 1e-8])
def test_rdp_equals_opacus(mechanisms: list[Mechanism], delta: float) -> None:
    assert epsilon_of(mechanisms, delta, "rdp") == pytest.approx(opacus_rdp(mechanisms, delta), rel=1e-6)


@ordinary
@given(st.floats(0.001, 1.0), st.floats(0.4, 30.0))
def test_divergences_equal_dp_accountings_at_whole_orders_and_bound_nothing_less_between(
    rate: float, noise: float
) -> None:
    ours = renyi_divergences(rate, noise)
    theirs = google_divergences(rate, noise, ORDERS.tolist())
    whole = np.round(ORDERS) == ORDERS
    np.testing.assert_allclose(ours[whole], theirs[whole], rtol=1e-6)
    assert (ours <= theirs * (1 + 1e-6)).all()


def test_epsilon_from_divergences_equals_dp_accountings() -> None:
    for steps in (1, 100, 5000):
        spent = steps * renyi_divergences(0.05, 1.4)
        assert epsilon_from_divergences(spent, 1e-6) == pytest.approx(compute_epsilon(ORDERS, spent, 1e-6)[0])


@pytest.mark.parametrize(
    ("hospital", "noise", "rate", "true"),
    [
        ("Cleveland", 1.787109375, 1 / 50, 1.48),
        ("Hungary", 1.904296875, 1 / 43, 1.61),
        ("Switzerland", 4.140625, 1 / 8, 4.39),
        ("VA", 2.578125, 1 / 22, 2.38),
    ],
)
def test_flamby_runs_labelled_epsilon_1_cost_what_their_real_steps_cost(
    hospital: str, noise: float, rate: float, true: float
) -> None:
    assert round(epsilon_of([Mechanism(rate, noise, 1500)], 1e-3, "rdp"), 2) == true, hospital


def test_a_round_accounted_alone_hides_what_three_rounds_cost() -> None:
    one_round = Mechanism(0.02, 1.0, 100)
    assert round(epsilon_of([one_round], 1e-5, "rdp"), 2) == 1.84
    assert round(epsilon_of([one_round] * 3, 1e-5, "rdp"), 2) == 2.56


@ordinary
@given(rates, noises, counts, deltas)
def test_pld_never_exceeds_rdp_and_nothing_is_free(rate: float, noise: float, steps: int, delta: float) -> None:
    mechanism = Mechanism(rate, noise, steps)
    assert 0 < epsilon_of([mechanism], delta) <= epsilon_of([mechanism], delta, "rdp")


def test_many_steps_cost_what_dp_accounting_says_and_no_minutes() -> None:
    """dp-accounting computes a whole number of as many digits as there are steps, before it composes them."""
    of_many = PrivacyLoss.of(Mechanism(0.001, 2.0, 2000), 1e-3)
    theirs = from_gaussian_mechanism(2.0, value_discretization_interval=1e-3, sampling_prob=0.001).self_compose(2000)
    assert of_many.epsilon(1e-5) == theirs.get_epsilon_for_delta(1e-5)
    began = process_time()
    assert epsilon_of([Mechanism(1e-4, 100.0, 10**8)], 1e-5) < 0.2
    assert process_time() - began < 15


@ordinary
@given(rates, noises, counts, deltas, st.floats(1.1, 3.0))
def test_epsilon_falls_with_noise_and_delta_and_rises_with_rate_and_steps(
    rate: float, noise: float, steps: int, delta: float, factor: float
) -> None:
    here = epsilon_of([Mechanism(rate, noise, steps)], delta)
    slack = 1e-3 * here + 1e-4  # what discretisation can do
    assert epsilon_of([Mechanism(rate, noise * factor, steps)], delta) <= here + slack
    assert epsilon_of([Mechanism(rate, noise, steps)], min(0.1, delta * factor)) <= here + slack
    assert epsilon_of([Mechanism(min(1.0, rate * factor), noise, steps)], delta) >= here - slack
    assert epsilon_of([Mechanism(rate, noise, int(steps * factor) + 1)], delta) >= here - slack
    assert epsilon_of([Mechanism(rate, noise, steps), Mechanism(0.5, 3.0, 1)], delta) >= here - slack


@ordinary
@given(rates, noises, st.integers(2, 400), deltas, st.data())
def test_how_a_run_is_cut_into_rounds_does_not_matter(
    rate: float, noise: float, steps: int, delta: float, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, steps - 1))
    parts = [Mechanism(rate, noise, cut), Mechanism(rate, noise, steps - cut)]
    assert epsilon_of(parts, delta) == epsilon_of([Mechanism(rate, noise, steps)], delta)


def test_nothing_costs_nothing() -> None:
    assert epsilon_of([], 1e-5) == 0.0


def test_an_absurdly_small_noise_is_reported_as_what_it_is() -> None:
    assert epsilon_of([Mechanism(1.0, 0.01, 100)], 1e-5) > 1e5


@settings(max_examples=2)
@given(st.floats(0.01, 0.3), st.integers(5, 200), st.sampled_from([0.5, 1.0, 3.0, 8.0]))
def test_calibrated_noise_meets_its_target_and_no_smaller_one_does(rate: float, steps: int, target: float) -> None:
    noise = calibrate_noise(rate, steps, 1e-5, target)
    assert epsilon_of([Mechanism(rate, noise, steps)], 1e-5) <= target
    if noise > NOISE_MULTIPLIER_MINIMUM:
        assert epsilon_of([Mechanism(rate, round(noise - 0.001, 3), steps)], 1e-5) > target


def test_a_target_that_no_noise_meets_is_refused_with_the_remedy() -> None:
    with pytest.raises(StudyError, match=f"noise multiplier of {NOISE_MULTIPLIER_LIMIT:g} spends .*\n.*Raise"):
        calibrate_noise(0.2, 5000, 1e-5, 0.05)


@pytest.mark.parametrize(
    ("rate", "noise", "steps"),
    [
        *((0, 1, 1), (1.1, 1, 1), (0.1, 0, 1), (0.1, -1, 1), (0.1, 1, 0)),
        *((1e-320, 1, 1), (0.1, 1e-320, 1), (0.1, 1e300, 1), (nan, 1, 1), (0.1, nan, 1), (0.1, inf, 1)),
    ],
)
def test_impossible_mechanisms_do_not_exist(rate: float, noise: float, steps: int) -> None:
    with pytest.raises(InputError):
        Mechanism(rate, noise, steps)


@pytest.mark.parametrize("delta", [0.0, 1.0, -1e-5])
def test_impossible_deltas_are_refused(delta: float) -> None:
    with pytest.raises(InputError, match="delta"):
        epsilon_of([Mechanism(0.1, 1.0, 1)], delta)

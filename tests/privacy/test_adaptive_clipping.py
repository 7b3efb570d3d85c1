"""Adaptive clipping: the count that the norm follows is paid for, and the norm ends where it should."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cloister.privacy.accounting import Mechanism, epsilon_of
from cloister.privacy.adaptive_clipping import centred_count, gradient_noise_multiplier, next_norm
from cloister.privacy.clipping import ClippedTotal, InstantiatedGradients
from cloister.privacy.plan import PrivatePlan
from cloister.study.errors import InputError
from cloister.study.schema import AdaptiveClipping, Clipping

PLAN = PrivatePlan(sample_rate=0.2, noise_multiplier=1.1, max_grad_norm=4.0, steps=10, delta=1e-5)


def adaptive(**changes: Any) -> AdaptiveClipping:
    return AdaptiveClipping.model_validate({"initial_norm": 0.5, "clipped_count_stddev": 1.6, **changes})


# What it costs.


def delta_of_sum_and_count(sample_rate: float, gradient_noise: float, count_noise: float, epsilon: float) -> float:
    """The hockey-stick divergence of one step's pair, by integration over both: no accountant has a part in it.

    In units of the norm, one patient more moves the sum by 1 and the count by 1/2, both on the same coin.
    """
    reach, points = 9.0, 1600
    sums = np.linspace(-reach * gradient_noise, 1 + reach * gradient_noise, points)
    counts = np.linspace(-reach * count_noise, 0.5 + reach * count_noise, points)
    without = np.outer(stats.norm.pdf(sums, 0, gradient_noise), stats.norm.pdf(counts, 0, count_noise))
    joined = np.outer(stats.norm.pdf(sums, 1, gradient_noise), stats.norm.pdf(counts, 0.5, count_noise))
    with_one = (1 - sample_rate) * without + sample_rate * joined
    cell = (sums[1] - sums[0]) * (counts[1] - counts[0])
    removed = np.maximum(with_one - math.exp(epsilon) * without, 0).sum() * cell
    added = np.maximum(without - math.exp(epsilon) * with_one, 0).sum() * cell
    return float(max(removed, added))


@pytest.mark.parametrize(("sample_rate", "noise", "count_noise"), [(1.0, 1.0, 0.7), (0.2, 0.8, 0.5), (0.05, 1.3, 2.0)])
def test_sum_and_count_together_cost_what_the_plan_says(sample_rate: float, noise: float, count_noise: float) -> None:
    delta = 1e-4
    epsilon = epsilon_of([Mechanism(sample_rate, noise, 1)], delta)
    gradient_noise = gradient_noise_multiplier(noise, count_noise)
    assert delta_of_sum_and_count(sample_rate, gradient_noise, count_noise, epsilon) == pytest.approx(delta, rel=0.02)
    # The count is not free: with the plan's own noise on the sum the pair would cost more.
    assert delta_of_sum_and_count(sample_rate, noise, count_noise, epsilon) > 1.1 * delta


def test_the_plans_epsilon_includes_the_count_and_its_gradients_pay_for_it() -> None:
    plan = dataclasses.replace(PLAN, adaptive=adaptive())
    assert plan.epsilon() == PLAN.epsilon()
    assert plan.gradient_noise_multiplier**-2 + 3.2**-2 == pytest.approx(1.1**-2)
    assert plan.at_norm(0.3).noise_standard_deviation == pytest.approx(0.3 * plan.gradient_noise_multiplier)
    assert plan.signal_to_noise(100) < PLAN.signal_to_noise(100)


@pytest.mark.parametrize("count_noise", [0.1, 0.55])
def test_a_count_that_costs_as_much_as_everything_is_refused(count_noise: float) -> None:
    with pytest.raises(InputError, match="use up all of the privacy"):
        dataclasses.replace(PLAN, adaptive=adaptive(clipped_count_stddev=count_noise))


def count_of(norms: list[float], limit: float, clipping: Clipping) -> float:
    """The count of a step whose patients have gradients of these norms."""
    import torch

    parameters = {"a.weight": torch.zeros(2), "b.weight": torch.zeros(2)}
    total = ClippedTotal(parameters, limit, clipping)
    rows = torch.tensor(norms, dtype=torch.float32)[:, None] * torch.tensor([0.6, 0.0])
    total.add(InstantiatedGradients({"a.weight": rows, "b.weight": rows / 0.6 * 0.8}))
    return centred_count(len(norms) - total.clipped - total.non_finite, len(norms))


@given(
    st.lists(st.floats(0, 10), min_size=1, max_size=8),
    st.one_of(st.floats(0, 1e3), st.just(math.nan), st.just(math.inf)),
    st.floats(0.1, 5),
    st.sampled_from(["flat", "per-layer"]),
)
def test_one_patient_more_changes_the_count_by_a_half_whatever_the_gradient(
    norms: list[float], other: float, limit: float, clipping: Clipping
) -> None:
    difference = count_of([*norms, other], limit, clipping) - count_of(norms, limit, clipping)
    assert abs(difference) == 0.5


# Where it leads.


@pytest.mark.parametrize("quantile", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("begin", [1e-3, 100.0])
def test_the_norm_settles_at_the_quantile_of_the_gradients_norms(quantile: float, begin: float) -> None:
    """50 patients in a step on average, norms log-normal; fixed seed, and its mean over 200 steps is within 10 %."""
    generator = np.random.default_rng(1)
    settings, norm, found = adaptive(target_quantile=quantile, clipped_count_stddev=2.5), begin, []
    for _ in range(400):
        norms = generator.lognormal(0.0, 0.7, generator.poisson(50))
        count = centred_count(int((norms <= norm).sum()), len(norms))
        norm = next_norm(norm, count + generator.normal(0, 2.5), 50, 1000.0, settings)
        found.append(norm)
    assert math.exp(np.log(found[200:]).mean()) == pytest.approx(stats.lognorm.ppf(quantile, 0.7), rel=0.1)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(1e-3, 4.0), st.floats(0.01, 1e6))
def test_whatever_the_noise_the_norm_stays_positive_and_below_the_plans(noise: float, norm: float, rate: float) -> None:
    found = next_norm(norm, noise, 10.0, 4.0, adaptive(learning_rate=rate))
    assert 0 < found <= 4.0


def test_a_target_met_leaves_the_norm_alone() -> None:
    assert next_norm(0.7, 0.0, 10.0, 4.0, adaptive()) == 0.7
    assert next_norm(0.7, 3.0, 10.0, 4.0, adaptive()) == pytest.approx(0.7 * math.exp(-0.2 * 0.3))

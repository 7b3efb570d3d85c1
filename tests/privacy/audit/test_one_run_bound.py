"""The bound of the one-run audit against closed forms, and against mechanisms whose epsilon is known."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cloister.privacy.audit.one_run_bound import GRID, epsilon_lower_bound, p_value
from cloister.study.errors import InputError

counts = st.integers(1, 60).flatmap(lambda guesses: st.tuples(st.just(guesses), st.integers(0, guesses)))


@given(counts, st.floats(0, 8))
def test_without_delta_the_p_value_is_the_binomial_tail(guesses_correct: tuple[int, int], epsilon: float) -> None:
    guesses, correct = guesses_correct
    odds = Fraction(math.exp(-epsilon))
    right = 1 / (1 + odds)
    exact = sum(
        math.comb(guesses, count) * right**count * (1 - right) ** (guesses - count)
        for count in range(correct, guesses + 1)
    )
    assert p_value(guesses, guesses, correct, epsilon, 0.0) == pytest.approx(float(exact), rel=1e-9)


@given(counts, st.floats(0, 8), st.floats(0, 0.01), st.integers(0, 50))
def test_with_delta_it_is_the_theorems_formula(
    guesses_correct: tuple[int, int], epsilon: float, delta: float, abstained: int
) -> None:
    guesses, correct = guesses_correct
    canaries = guesses + abstained
    right = stats.binom(guesses, 1 / (1 + math.exp(-epsilon)))
    # P[v - i <= W < v], written as a difference of distribution functions, for every i of the theorem.
    worst = max(2 / i * (right.cdf(correct - 1) - right.cdf(correct - 1 - i)) for i in range(1, canaries + 1))
    by_theorem = min(1.0, right.sf(correct - 1) + canaries * delta * worst)
    assert p_value(canaries, guesses, correct, epsilon, delta) == pytest.approx(by_theorem, rel=1e-6, abs=1e-12)


@settings(max_examples=50)
@given(st.integers(1, 400).flatmap(lambda guesses: st.tuples(st.just(guesses), st.integers(0, guesses))))
def test_without_delta_the_bound_is_that_of_clopper_and_pearson(guesses_correct: tuple[int, int]) -> None:
    guesses, correct = guesses_correct
    least = stats.beta.ppf(0.05, correct, guesses - correct + 1) if correct else 0.0
    exact = max(0.0, math.log(least / (1 - least))) if least else 0.0
    assert exact - GRID - 1e-9 <= epsilon_lower_bound(guesses, guesses, correct, 0.0, 0.05) <= exact + 1e-9


@given(counts, st.floats(0, 0.01))
def test_more_right_guesses_never_lower_the_bound_and_delta_never_raises_it(
    guesses_correct: tuple[int, int], delta: float
) -> None:
    guesses, correct = guesses_correct
    bound = epsilon_lower_bound(100, guesses, correct, delta, 0.05)
    assert bound <= epsilon_lower_bound(100, guesses, correct, 0.0, 0.05)
    if correct:
        assert bound >= epsilon_lower_bound(100, guesses, correct - 1, delta, 0.05)


@pytest.mark.parametrize("epsilon", [0.5, 1.0, 2.0, 4.0])
def test_randomised_response_is_bounded_from_below_and_from_near(epsilon: float) -> None:
    # 1,000 audits at level 5 %: the bound may exceed epsilon in 5 % of them, so in more than 80 with chance 2e-5.
    random = np.random.default_rng(int(10 * epsilon))
    canaries = 1000
    truthful = random.binomial(canaries, 1 / (1 + math.exp(-epsilon)), size=1000)
    bound_of = {right: epsilon_lower_bound(canaries, canaries, right, 0.0, 0.05) for right in set(truthful.tolist())}
    bounds = [bound_of[right] for right in truthful.tolist()]
    assert sum(bound > epsilon for bound in bounds) <= 80
    assert np.median(bounds) > epsilon - 0.5


def test_a_mechanism_that_tells_all_with_probability_delta_does_not_break_the_bound() -> None:
    # Epsilon 1, and with probability delta everything is told: the very worst that (1, delta) allows. False alarms as
    # above; without the term for delta there would be 65 to 100 beyond the usual ones.
    random, delta, canaries = np.random.default_rng(7), 0.05, 200
    right = random.binomial(canaries, 1 / (1 + math.exp(-1.0)), size=1000)
    right[random.random(1000) < delta] = canaries
    bound_of = {count: epsilon_lower_bound(canaries, canaries, count, delta, 0.05) for count in set(right.tolist())}
    assert sum(bound_of[count] > 1.0 for count in right.tolist()) <= 80


def test_a_coin_told_is_worth_what_the_number_of_coins_allows() -> None:
    # All of m right: q^m = level, so exp(epsilon) = 1 / (level^(-1/m) - 1).
    exact = -math.log(0.05 ** (-1 / 1000) - 1)
    assert epsilon_lower_bound(1000, 1000, 1000, 0.0, 0.05) == pytest.approx(exact, abs=GRID)
    assert epsilon_lower_bound(1000, 1000, 500, 0.0, 0.05) == 0.0


@pytest.mark.parametrize(
    "impossible",
    [(10, 11, 5, 1.0, 0.0), (10, 5, 6, 1.0, 0.0), (10, 5, -1, 1.0, 0.0), (10, 5, 5, -1.0, 0.0), (10, 5, 5, 1.0, 1.0)],
)
def test_impossible_numbers_are_refused(impossible: tuple[int, int, int, float, float]) -> None:
    with pytest.raises(InputError):
        p_value(*impossible)


@pytest.mark.parametrize("level", [0.0, 1.0, float("nan")])
def test_an_impossible_level_is_refused(level: float) -> None:
    with pytest.raises(InputError):
        epsilon_lower_bound(10, 5, 5, 0.0, level)

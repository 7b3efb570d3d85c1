"""A lower bound on epsilon from guesses about coins: the theorem of the one-run audit.

m coins decide independently which of m canary patients take part. Whoever sees what training releases guesses the coins
of some canaries and abstains on the others. If training is (epsilon, delta)-differentially private for one patient
more or less, then the number of right guesses among r is, up to delta, no larger than that of r independent answers
by randomised response (Steinke, Nasr and Jagielski 2023, arXiv 2305.08846, theorem 5.2):

    P[right >= v]  <=  P[W >= v]  +  m delta max over i >= 1 of (2 / i) P[v - i <= W < v],    W ~ Binomial(r, q),

with q = 1 / (1 + exp(-epsilon)), whatever canaries the guesses are about. So that is the p-value of v right guesses
under the claim; an epsilon is rejected if it is small.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cloister.study.errors import InputError

GRID = 0.01
"""Bounds are multiples of this."""
_HIGHEST = 30.0


def p_value(canaries: int, guesses: int, correct: int, epsilon: float, delta: float) -> float:
    """An upper bound on the probability of at least `correct` right guesses if the claim holds.

    Args:
        canaries: how many coins were tossed, m.
        guesses: how many canaries were guessed about, r, in 0 .. m; the number must not depend on the coins.
        correct: how many of the guesses were right, v, in 0 .. r.
        epsilon: of the claim, not negative.
        delta: of the claim, in [0, 1).

    Raises:
        InputError: a number is impossible.
    """
    if not 0 <= correct <= guesses <= canaries:
        raise InputError(
            f"{correct} right guesses of {guesses} about {canaries} canaries: impossible.", "Count the guesses again."
        )
    if not (0 <= epsilon < math.inf and 0 <= delta < 1):
        raise InputError(f"epsilon = {epsilon}, delta = {delta}: impossible.", "Give the values of the claim.")
    if correct == 0:
        return 1.0
    probabilities = _binomial(guesses, epsilon)
    just_below = np.cumsum(probabilities[:correct][::-1]) / np.arange(1, correct + 1)
    tail = float(probabilities[correct:].sum())
    return min(1.0, tail + 2 * canaries * delta * float(just_below.max()))


def epsilon_lower_bound(canaries: int, guesses: int, correct: int, delta: float, level: float) -> float:
    """The largest multiple of `GRID` such that it and everything below is rejected; 0.0 if nothing is.

    Whatever the true epsilon is, the bound exceeds it with probability at most `level`: for that the one multiple next
    above the true epsilon would have to be rejected.

    Args:
        canaries: see `p_value`.
        guesses: see `p_value`.
        correct: see `p_value`.
        delta: see `p_value`.
        level: largest p-value that rejects, in (0, 1).

    Raises:
        InputError: a number is impossible.
    """
    if not 0 < level < 1:
        raise InputError(f"level = {level}: not in (0, 1).", "Use a level such as 0.05.")
    rejected = 0
    while rejected * GRID < _HIGHEST and p_value(canaries, guesses, correct, rejected * GRID, delta) <= level:
        rejected += 1
    return round(max(0, rejected - 1) * GRID, 2)


def _binomial(trials: int, epsilon: float) -> NDArray[np.float64]:
    """Probabilities of 0 .. `trials` right answers by randomised response."""
    # log q = -log(1 + exp(-epsilon)), and 1 - q is exp(-epsilon) times q.
    wrong = np.arange(trials, -1, -1)
    logs = _log_choices(trials) - epsilon * wrong - trials * math.log1p(math.exp(-epsilon))
    probabilities: NDArray[np.float64] = np.exp(logs)
    return probabilities


@lru_cache(maxsize=64)
def _log_choices(trials: int) -> NDArray[np.float64]:
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, trials + 1)))])
    choices: NDArray[np.float64] = log_factorial[-1] - log_factorial - log_factorial[::-1]
    return choices

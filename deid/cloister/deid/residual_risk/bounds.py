"""Exact bounds on a rate from a sample (Clopper and Pearson, Biometrika 26, 1934).

With k events in n independent trials, the upper bound is the rate u at which k or fewer events have probability
alpha, and the lower bound the rate l at which k or more have probability alpha: the true rate lies above u (below l)
in at most a share alpha of all samples, whatever it is. Zero events in 600 trials give u = 1 - 0.05^(1/600), 0.5 %.

The bound holds for a sample size that was fixed before looking, and for trials that do not depend on each other.
"""

from __future__ import annotations

import math
import sys

from cloister.study.residual_risk import Rate

CONFIDENCE = 0.95
_HALVINGS = 60


def rate(events: int, trials: int, confidence: float = CONFIDENCE) -> Rate:
    """A rate with its one-sided upper bound and two-sided interval.

    Args:
        events: how often it was seen, 0 to `trials`.
        trials: how often it could have been; without any, the bounds are 0 and 1.
        confidence: share of samples in which the bound holds, strictly between 0 and 1.

    Raises:
        ValueError: an argument is out of its range.
    """
    alpha = 1 - confidence
    interval = (lower_bound(events, trials, 1 - alpha / 2), upper_bound(events, trials, 1 - alpha / 2))
    return Rate(events=events, trials=trials, upper=upper_bound(events, trials, confidence), interval=interval)


def upper_bound(events: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided upper bound on the true rate. Arguments and errors as of `rate`."""
    _check(events, trials, confidence)
    if events == trials:
        return 1.0
    if events == 0:
        return -math.expm1(math.log1p(-confidence) / trials)
    return _solve(events, trials, 1 - confidence)


def lower_bound(events: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided lower bound on the true rate. Arguments and errors as of `rate`."""
    return 1 - upper_bound(trials - events, trials, confidence)


def _solve(events: int, trials: int, alpha: float) -> float:
    """The rate at which `events` or fewer have probability `alpha`; 0 < events < trials."""
    low, high = events / trials, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_most(events, trials, middle) > alpha:
            low = middle
        else:
            high = middle
    return high


def _at_most(events: int, trials: int, probability: float) -> float:
    """P(X <= events) of a binomial variable whose mean is not below `events`.

    Summed from `events` downwards: the terms fall from there, and soon add nothing.
    """
    if probability >= 1:
        return 0.0
    log_choose = math.lgamma(trials + 1) - math.lgamma(events + 1) - math.lgamma(trials - events + 1)
    largest = log_choose + events * math.log(probability) + (trials - events) * math.log1p(-probability)
    term = total = 1.0
    for count in range(events, 0, -1):
        term *= count / (trials - count + 1) * (1 - probability) / probability
        total += term
        if term < total * sys.float_info.epsilon:
            break
    return math.exp(largest) * total


def _check(events: int, trials: int, confidence: float) -> None:
    if not 0 <= events <= trials:
        raise ValueError(f"{events} events in {trials} trials")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence = {confidence}: not strictly between 0 and 1")

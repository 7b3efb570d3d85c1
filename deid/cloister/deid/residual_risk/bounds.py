"""Bounds from a sample: on a rate, and on the mean of shares.

A rate has the exact bounds of Clopper and Pearson (Biometrika 26, 1934).

With k events in n independent trials, the upper bound is the rate u at which k or fewer events have probability
alpha, and the lower bound the rate l at which k or more have probability alpha: the true rate lies above u (below l)
in at most a share alpha of all samples, whatever it is. Zero events in 600 trials give u = 1 - 0.05^(1/600), 0.5 %.

These hold for trials that do not depend on each other. The identifiers of a note do: all may be missed for one reason.
So each note also counts as one trial, whose outcome is the share of its identifiers that was missed. For the mean m of
n independent values between 0 and 1 with expectation u > m, P(mean <= m) <= exp(-n KL(m, u)), where KL is the relative
entropy of two coins (Hoeffding, Journal of the American Statistical Association 58, 1963, theorem 1; section 6: also
for draws without replacement). Without a miss this is the bound of Clopper and Pearson with notes as trials: 60 notes
give 4.9 %, 598 give 0.5 %. No assumption-free bound can be tighter there, since the shares may all be 0 or 1.

All hold for a sample size that was fixed before looking.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence

from cloister.study.residual_risk import NoteShare, Rate

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
    return _falls_to(lambda rate: _at_most(events, trials, rate), 1 - confidence, events / trials)


def lower_bound(events: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided lower bound on the true rate. Arguments and errors as of `rate`."""
    return 1 - upper_bound(trials - events, trials, confidence)


def mean_share(shares: Sequence[float], confidence: float = CONFIDENCE) -> NoteShare:
    """The mean of independent shares with its one-sided upper bound; without any, the bound is 1.

    Args:
        shares: one of each note, 0 to 1.
        confidence: share of samples in which the bound holds, strictly between 0 and 1.
    """
    notes = len(shares)
    mean = min(1.0, math.fsum(shares) / notes) if notes else 0.0
    if not notes or mean == 1:
        return NoteShare(mean=mean, notes=notes, upper=1.0)
    upper = _falls_to(lambda share: math.exp(-notes * _relative_entropy(mean, share)), 1 - confidence, mean)
    return NoteShare(mean=mean, notes=notes, upper=upper)


def _relative_entropy(mean: float, share: float) -> float:
    """Of two coins; 0 <= mean < 1, 0 < share."""
    if share >= 1:
        return math.inf
    ones = mean * math.log(mean / share) if mean else 0.0
    return ones + (1 - mean) * (math.log1p(-mean) - math.log1p(-share))


def _falls_to(probability: Callable[[float], float], alpha: float, low: float) -> float:
    """Where a probability that falls from `low` to 1 is `alpha`; the end above it."""
    high = 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if probability(middle) > alpha:
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

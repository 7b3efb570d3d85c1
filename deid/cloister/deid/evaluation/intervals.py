"""How far a measured share may be from the true one: 95 % intervals.

Two kinds. Where the trials are independent (notes), the exact binomial interval of Clopper and Pearson (1934). Where
they are not (the tokens of one note rise and fall together), notes are resampled (percentile bootstrap, Efron 1979),
since treating 10,000 tokens of 50 notes as 10,000 trials gives intervals far too narrow. Where no resample can
differ, because there was no error at all or nothing but errors, the bootstrap says nothing; then the exact interval
with notes as trials stands in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cloister.deid.residual_risk.bounds import CONFIDENCE, lower_bound, upper_bound

RESAMPLES = 2000
_CHUNK = 2_000_000
_SEED = 20_250_101


@dataclass(frozen=True)
class Estimate:
    """A share in [0, 1] (or a rate) with its interval; all None where there was nothing to measure.

    `hits` of `trials`: what it was computed from; for F1 twice the agreement, of what was marked plus what was found.
    """

    value: float | None
    low: float | None
    high: float | None
    hits: int
    trials: int


def exact_share(hits: int, trials: int) -> Estimate:
    """A share of independent trials with its Clopper-Pearson interval."""
    if trials == 0:
        return Estimate(None, None, None, 0, 0)
    low, high = clopper_pearson(hits, trials)
    return Estimate(hits / trials, low, high, hits, trials)


def resampled_ratio(hits: NDArray[np.int64], trials: NDArray[np.int64]) -> Estimate:
    """sum(hits) / sum(trials) with an interval from resampling notes.

    Args:
        hits: per note, shape (notes,).
        trials: per note, shape (notes,), at least as large as `hits`.
    """
    of = trials > 0
    hits, trials = hits[of], trials[of]
    total, among = int(hits.sum()), int(trials.sum())
    if among == 0:
        return Estimate(None, None, None, 0, 0)
    if total in (0, among):
        low, high = clopper_pearson(len(hits) if total else 0, len(hits))
        return Estimate(total / among, low, high, total, among)
    low, high = bootstrap(np.stack([hits, trials], 1), lambda sums: sums[:, 0] / sums[:, 1])
    return Estimate(total / among, low, high, total, among)


def clopper_pearson(hits: int, trials: int) -> tuple[float, float]:
    """The exact two-sided interval of a binomial share: 0 to `trials` hits, of at least one trial."""
    one_sided = 1 - (1 - CONFIDENCE) / 2
    return lower_bound(hits, trials, one_sided), upper_bound(hits, trials, one_sided)


def bootstrap(
    counts: NDArray[np.int64], statistic: Callable[[NDArray[Any]], NDArray[np.float64]]
) -> tuple[float, float]:
    """Percentile interval of a statistic of column sums, with notes resampled.

    Args:
        counts: one row a note, shape (notes, columns).
        statistic: maps sums, shape (resamples, columns), to values, shape (resamples,). Undefined ones are left out.
    """
    rng = np.random.default_rng(_SEED)
    notes = len(counts)
    at_once = max(1, _CHUNK // notes)
    values = []
    for start in range(0, RESAMPLES, at_once):
        weights = rng.multinomial(notes, np.full(notes, 1 / notes), size=min(at_once, RESAMPLES - start))
        with np.errstate(divide="ignore", invalid="ignore"):
            values.append(statistic(weights @ counts))
    drawn = np.concatenate(values)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn[np.isfinite(drawn)], [tail, 1 - tail])
    return float(low), float(high)

"""Metrics with a weight per example, so that one call judges a thousand bootstrap samples at once.

Every function takes `weights` of shape (samples, examples): how often an example occurs in a sample. It returns
one value per sample, NaN where a sample does not define the metric (no positive examples, for instance).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_ROWS: Final = 512
"""Examples whose pairs are held at a time."""


def accuracy(scores: Floats, labels: Integers, weights: Floats) -> Floats:
    """Share of examples whose highest score is their label's.

    Args:
        scores: shape (examples, classes).
        labels: shape (examples,).
        weights: shape (samples, examples).

    Returns:
        Shape (samples,).
    """
    right = (scores.argmax(axis=1) == labels).astype(np.float64)
    return _divide(weights @ right, weights.sum(axis=1))


def auroc(scores: Floats, labels: Integers, weights: Floats) -> Floats:
    """Area under the ROC curve; with more than two classes the mean over classes of one against the rest.

    Arguments and result as for `accuracy`. The mean is over the classes that the examples have, and NaN for a sample
    that lacks one of them: a mean over the others is another quantity, which no interval may mix with it.
    """
    wanted = np.unique(labels) if scores.shape[1] > 2 else [1]
    areas = np.stack([_binary_auroc(scores[:, k], labels == k, weights) for k in wanted])
    mean: Floats = areas.mean(axis=0)
    return mean


def concordance(risks: Floats, times: Floats, events: NDArray[np.bool_], weights: Floats) -> Floats:
    """Harrell's C: share of comparable pairs in which the one with the event earlier has the higher risk.

    A pair is comparable if the earlier time is an event's; at equal times, if just one is an event. Ties of risk
    count one half (as in lifelines.utils.concordance_index).

    Args:
        risks: shape (examples,); higher means earlier event.
        times: shape (examples,).
        events: shape (examples,); False where censored.
        weights: shape (samples, examples).

    Returns:
        Shape (samples,).
    """
    comparable, right = np.zeros(len(weights)), np.zeros(len(weights))
    for start in range(0, len(times), _ROWS):
        rows = slice(start, start + _ROWS)
        time, risk = times[rows, None], risks[rows, None]
        earlier = (time < times) | ((time == times) & ~events)
        pairs = (events[rows, None] & earlier).astype(np.float64)
        comparable += _pair_sum(weights, rows, pairs)
        right += _pair_sum(weights, rows, pairs * ((risk > risks) + 0.5 * (risk == risks)))
    return _divide(right, comparable)


def _pair_sum(weights: Floats, rows: slice, pairs: Floats) -> Floats:
    total: Floats = ((weights[:, rows] @ pairs) * weights).sum(axis=1)
    return total


def _binary_auroc(scores: Floats, positive: NDArray[np.bool_], weights: Floats) -> Floats:
    order = np.argsort(scores, kind="stable")
    _, group = np.unique(scores[order], return_inverse=True)
    sorted_weights = weights[:, order]
    positives = sorted_weights * positive[order]
    negatives = sorted_weights * ~positive[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    tied_negatives = np.add.reduceat(negatives, starts, axis=1)
    below = np.cumsum(tied_negatives, axis=1) - tied_negatives
    tied_positives = np.add.reduceat(positives, starts, axis=1)
    won = (tied_positives * (below + 0.5 * tied_negatives)).sum(axis=1)
    return _divide(won, positives.sum(axis=1) * negatives.sum(axis=1))


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    undefined = np.full_like(numerator, np.nan, dtype=np.float64)
    return np.divide(numerator, denominator, out=undefined, where=denominator > 0)

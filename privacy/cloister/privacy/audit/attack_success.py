"""How well an attack tells members from others, and how well differential privacy lets any attack do it.

Averages hide what matters: an attack that is sure of a few patients and blind to the rest harms those few. So the
figures are the rates of true positives at small rates of false ones, beside the area under the curve
(Carlini et al. 2022, section 3).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cloister.study.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True)
class AttackSuccess:
    """What an attack achieves.

    Attributes:
        auc: area under the curve of true against false positives: 0.5 is guessing.
        true_positive_rates: by false positive rate.
    """

    auc: Estimate
    true_positive_rates: dict[float, Estimate]


def attack_success(
    scores: Floats,
    members: NDArray[np.bool_],
    false_positive_rates: Sequence[float] = (0.001, 0.01, 0.1),
    *,
    resamples: int = 500,
    seed: int = 0,
) -> AttackSuccess:
    """Judge an attack by its scores.

    Intervals are percentiles over resampled patients (columns), since all of one patient's scores depend on each other.

    Args:
        scores: (models, patients): the higher, the more likely a member.
        members: (models, patients): the truth.
        false_positive_rates: where to read true positive rates, in (0, 1). The threshold is the lowest whose false
            positive rate is not above.
        resamples: of the bootstrap.
        seed: of the bootstrap.

    Raises:
        InputError: shapes differ, or there are no members or no others.
    """
    if scores.shape != members.shape or scores.ndim != 2:
        raise InputError(f"shapes {scores.shape} and {members.shape}: not (models, patients) twice.", "Correct them.")
    if members.all() or not members.any():
        raise InputError("there are no members or no others.", "Attack models that trained on some of the patients.")
    random = np.random.default_rng(seed)
    drawn = (random.integers(scores.shape[1], size=scores.shape[1]) for _ in range(resamples))
    again = [_rates(scores[:, chosen], members[:, chosen], false_positive_rates) for chosen in drawn]
    low, high = np.nanpercentile(np.array(again), [2.5, 97.5], axis=0)
    found = _rates(scores, members, false_positive_rates)
    auc, *rates = [Estimate(*map(float, figures)) for figures in zip(found, low, high, strict=True)]
    return AttackSuccess(auc, dict(zip(false_positive_rates, rates, strict=True)))


def most_true_positives(epsilon: float, delta: float, false_positive_rate: float) -> float:
    """The highest true positive rate that any attack on an (epsilon, delta)-private training can have.

    min(e^epsilon f + delta, 1 - e^-epsilon (1 - delta - f)) (Kairouz, Oh and Viswanath 2015, arXiv 1311.0776, th. 2.1).
    """
    little = math.exp(min(epsilon, 700.0)) * false_positive_rate + delta
    return max(0.0, min(1.0, little, 1 - math.exp(-epsilon) * (1 - delta - false_positive_rate)))


def _rates(scores: Floats, members: NDArray[np.bool_], false_positive_rates: Sequence[float]) -> list[float]:
    """Area under the curve, then the true positive rates; equal scores are on the same side of every threshold."""
    values, position = np.unique(scores, return_inverse=True)
    position = position.reshape(scores.shape)
    of_members = np.bincount(position[members], minlength=len(values))[::-1]
    of_others = np.bincount(position[~members], minlength=len(values))[::-1]
    if not of_members.sum() or not of_others.sum():
        return [math.nan] * (1 + len(false_positive_rates))
    true = np.concatenate([[0.0], np.cumsum(of_members) / of_members.sum()])
    false = np.concatenate([[0.0], np.cumsum(of_others) / of_others.sum()])
    at = np.searchsorted(false, false_positive_rates, side="right") - 1
    return [float(np.trapezoid(true, false)), *map(float, true[at])]

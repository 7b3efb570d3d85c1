"""Membership inference by likelihood ratio: was this patient among the training patients? (LiRA)

The attacker trains shadow models, each on patients of whom it knows which took part. For each patient, the model's
confidence in the truth, log(p / (1 - p)), is about normal, with one mean over the shadows that trained on the patient
and another over those that did not. The score is the logarithm of the ratio of the two densities at the attacked
model's confidence (Carlini et al. 2022, arXiv 2112.03570, online attack, algorithm 1, with the variance shared by all
patients, which is better than one for each where shadows are few).

It is an attacker with the population's own distribution and with the very patients: stronger than any real one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cloister.study.arrays import is_finite
from cloister.study.errors import InputError

Floats = NDArray[np.float64]
_SURE = 1e-12
"""Losses and their complements below this are not told apart."""


def confidences(losses: Floats) -> Floats:
    """log(p / (1 - p)) of the probability p = exp(-loss) that a model gave to the truth, in the losses' shape.

    Args:
        losses: cross-entropies in nats, one for each patient: the mean over a patient's records.
    """
    bounded = np.maximum(losses, _SURE)
    ratios: Floats = -bounded - np.log(-np.expm1(-bounded))
    return ratios


def likelihood_ratios(shadows: Floats, joined: NDArray[np.bool_], attacked: Floats) -> Floats:
    """Each patient's score, (patients,): the higher, the more it looks as if the attacked model trained on the patient.

    Args:
        shadows: (models, patients) confidences of the shadow models.
        joined: (models, patients): whom each shadow trained on.
        attacked: (patients,) confidences of the attacked model, which is none of the shadows.

    Raises:
        InputError: shapes differ, a confidence is not finite, or some patient joined fewer than two shadows or all but
            fewer than two: there is no variance of one.
    """
    if shadows.shape != joined.shape or attacked.shape != shadows.shape[1:]:
        raise InputError(
            f"shapes {shadows.shape}, {joined.shape}, {attacked.shape}: not (models, patients) twice and (patients,).",
            "Give one confidence for each model and patient.",
        )
    if not (is_finite(shadows) and is_finite(attacked)):
        raise InputError("a confidence is not finite.", "Leave out the models that diverged.")
    if min(joined.sum(axis=0).min(), (~joined).sum(axis=0).min()) < 2:
        raise InputError(
            "some patient joined fewer than two of the shadow models, or all but fewer than two.",
            "Train more shadow models, each on a random half of the patients.",
        )
    return _log_density(shadows, joined, attacked) - _log_density(shadows, ~joined, attacked)


def each_attacked_once(models: Floats, joined: NDArray[np.bool_]) -> Floats:
    """Scores (models, patients) of every model, attacked with all the others as its shadows.

    Args:
        models: (models, patients) confidences.
        joined: (models, patients): whom each model trained on.

    Raises:
        InputError: see `likelihood_ratios`.
    """
    others = ~np.eye(len(models), dtype=bool)
    return np.stack([likelihood_ratios(models[rest], joined[rest], models[at]) for at, rest in enumerate(others)])


def _log_density(shadows: Floats, chosen: NDArray[np.bool_], at: Floats) -> Floats:
    """Of the normal distribution of the chosen shadows, up to the constant that all have in common."""
    counts = chosen.sum(axis=0)
    means = np.where(chosen, shadows, 0.0).sum(axis=0) / counts
    squares = np.where(chosen, (shadows - means) ** 2, 0.0).sum()
    variance = max(float(squares / (counts - 1).sum()), _SURE)
    densities: Floats = -((at - means) ** 2) / (2 * variance) - 0.5 * np.log(variance)
    return densities

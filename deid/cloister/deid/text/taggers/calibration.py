"""From what a model believes to how often it is right.

Per label a monotone step-free curve maps the model's probability that a token belongs to an identifier to the share
of such tokens that do, fitted by isotonic regression (Zadrozny and Elkan, KDD 2002) on generated text whose names,
places, terms and templates the model never saw. A real note differs from generated text: the curve makes scores
comparable between labels and taggers; how often a score is right in a hospital's own notes, the audit tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Curve:
    """A monotone, piecewise linear map from [0, 1] to [0, 1]: `believed` ascending, `observed` not descending."""

    believed: tuple[float, ...]
    observed: tuple[float, ...]

    def __call__(self, probability: Floats) -> Floats:
        """The calibrated probabilities."""
        return np.interp(probability, self.believed, self.observed).astype(np.float32)


IDENTITY = Curve((0.0, 1.0), (0.0, 1.0))


@dataclass(frozen=True)
class Calibration:
    """One curve per label; a label without one keeps its probability."""

    curves: Mapping[str, Curve]

    def __call__(self, probability: Floats, labels: Sequence[str]) -> Floats:
        """Calibrated probabilities of tokens.

        Args:
            probability: per token, that it belongs to any identifier.
            labels: per token, the likeliest kind of identifier.
        """
        result = np.asarray(probability, np.float32).copy()
        names = np.asarray(labels)
        for label in set(labels):
            where = names == label
            result[where] = self.curves.get(label, IDENTITY)(result[where])
        return result

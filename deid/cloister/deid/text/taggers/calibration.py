"""From what a model believes to how often it is right.

Per label, and apart for text in lower case and in capitals where there are tokens enough, a monotone curve maps the
model's probability that a token belongs to an identifier to the share of such tokens that do, fitted by isotonic
regression (Zadrozny and Elkan, KDD 2002) on generated text whose names, places, terms and templates the model never
saw. A real note differs from generated text: the curves make scores comparable between labels, cases and taggers; how
often a score is right in a hospital's own notes, the audit tells.
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
    """Curves by label ("NAME") and by label and case ("NAME/l"), the latter first.

    A label without either keeps its probability.
    """

    curves: Mapping[str, Curve]

    def __call__(self, probability: Floats, labels: Sequence[str], cases: Sequence[str]) -> Floats:
        """Calibrated probabilities of tokens.

        Args:
            probability: per token, that it belongs to any identifier.
            labels: per token, the likeliest kind of identifier.
            cases: per token, the case of its passage: "m", "l" or "u" as in `Tokens`.
        """
        result = np.asarray(probability, np.float32).copy()
        names, styles = np.asarray(labels), np.asarray(cases)
        for label, case in set(zip(labels, cases, strict=True)):
            where = (names == label) & (styles == case)
            curve = self.curves.get(in_case(label, case)) or self.curves.get(label, IDENTITY)
            result[where] = curve(result[where])
        return result


def in_case(label: str, case: str) -> str:
    """The key of a label's curve for one case."""
    return f"{label}/{case}"

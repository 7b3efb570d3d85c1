"""Fitting the calibration curves of a tagger on held-out labelled text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from cloister.deid.text.taggers.calibration import Curve
from cloister.deid.text.taggers.crf import OUTSIDE
from cloister.deid.text.taggers.tagger import Tagger
from cloister.deid.text.taggers.tokens import Tokens

KNOTS = 24
LEAST = 200
"""Tokens that a label needs for a curve of its own; rarer labels share one."""


def fit_curves(tagger: Tagger, examples: Iterable[tuple[Tokens, Sequence[str]]]) -> dict[str, Curve]:
    """A curve per label of the tagger, fitted on tokens that its training never saw."""
    believed: dict[str, list[NDArray[np.float32]]] = {label: [] for label in tagger.labels[1:]}
    observed: dict[str, list[NDArray[np.float32]]] = {label: [] for label in tagger.labels[1:]}
    for tokens, labels in examples:
        if not len(tokens):
            continue
        probabilities = tagger.marginals(tokens)
        likeliest = probabilities[:, 1:].argmax(axis=1) + 1
        inside = np.array([label != OUTSIDE for label in labels], np.float32)
        for index in np.unique(likeliest):
            where = likeliest == index
            believed[tagger.labels[index]].append(1 - probabilities[where, 0])
            observed[tagger.labels[index]].append(inside[where])
    joined = {
        label: (np.concatenate(believed[label]), np.concatenate(observed[label]))
        for label in believed
        if believed[label]
    }
    everything = tuple(np.concatenate([pair[side] for pair in joined.values()]) for side in (0, 1))
    shared = isotonic(*everything)
    return {
        label: isotonic(*joined[label]) if label in joined and joined[label][1].sum() >= LEAST else shared
        for label in tagger.labels[1:]
    }


def isotonic(believed: NDArray[np.float32], observed: NDArray[np.float32]) -> Curve:
    """The monotone curve with the least squared error, thinned to a few knots."""
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(believed, observed)
    at = np.unique(np.concatenate(([0.0], np.linspace(0.02, 0.98, KNOTS), [0.995, 0.999, 1.0])))
    values = fitted.predict(at)
    # Certainty is never claimed: a curve ends a little inside.
    values = np.maximum.accumulate(np.clip(values, 0.0, 0.999))
    values[0] = 0.0
    return Curve(tuple(round(float(x), 4) for x in at), tuple(round(float(y), 4) for y in values))

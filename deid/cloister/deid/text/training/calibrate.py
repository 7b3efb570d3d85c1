"""Fitting the calibration curves of a tagger on held-out labelled text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from cloister.deid.text.taggers.calibration import Curve, in_case
from cloister.deid.text.taggers.crf import OUTSIDE
from cloister.deid.text.taggers.tagger import Tagger
from cloister.deid.text.taggers.tokens import Tokens

KNOTS = 24
LEAST = 200
"""Identifying tokens that a label, or a label in one case, needs for a curve of its own; rarer labels share one."""


def fit_curves(tagger: Tagger, examples: Iterable[tuple[Tokens, Sequence[str]]]) -> dict[str, Curve]:
    """A curve per label, and per label and case, of the tagger, fitted on tokens that its training never saw."""
    believed: dict[str, list[NDArray[np.float32]]] = defaultdict(list)
    observed: dict[str, list[NDArray[np.float32]]] = defaultdict(list)
    for tokens, labels in examples:
        if not len(tokens):
            continue
        probabilities = tagger.marginals(tokens)
        likeliest = probabilities[:, 1:].argmax(axis=1) + 1
        inside = np.array([label != OUTSIDE for label in labels], np.float32)
        cases = np.asarray(tokens.case)
        for index in np.unique(likeliest):
            label = tagger.labels[index]
            for key, where in (
                (label, likeliest == index),
                *((in_case(label, case), (likeliest == index) & (cases == case)) for case in np.unique(cases)),
            ):
                believed[key].append(1 - probabilities[where, 0])
                observed[key].append(inside[where])
    joined = {key: (np.concatenate(believed[key]), np.concatenate(observed[key])) for key in believed}
    whole = [joined[label] for label in tagger.labels[1:] if label in joined]
    shared = isotonic(*(np.concatenate([pair[side] for pair in whole]) for side in (0, 1)))
    curves = dict.fromkeys(tagger.labels[1:], shared)
    return curves | {key: isotonic(*pair) for key, pair in sorted(joined.items()) if pair[1].sum() >= LEAST}


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

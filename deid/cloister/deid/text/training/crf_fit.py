"""Estimating the CRF: L-BFGS with python-crfsuite, then its weights as the matrix that `taggers.crf` runs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from cloister.deid.text.taggers.crf import OUTSIDE, Crf
from cloister.deid.text.taggers.features import Lists, attributes
from cloister.deid.text.taggers.tokens import Tokens, segments


def fit(
    examples: Iterable[tuple[Tokens, Sequence[str]]],
    lists: Lists,
    *,
    l1: float = 0.2,
    l2: float = 0.02,
    iterations: int = 80,
    least: int = 2,
    verbose: bool = False,
) -> Crf:
    """A CRF estimated from labelled tokens.

    Args:
        examples: tokens of a text and a label for each, `OUTSIDE` for most. Any label set will do, BIO or not.
        lists: which lists of names and places hold a word.
        l1: weight of the absolute values of the weights; makes most of them zero.
        l2: weight of their squares.
        iterations: of L-BFGS, at most.
        least: attributes that fewer tokens have are left out.
        verbose: whether crfsuite reports each iteration on standard output.
    """
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=verbose)
    for tokens, labels in examples:
        described = attributes(tokens, lists)
        for first, after in segments(tokens):
            trainer.append(described[first:after], list(labels[first:after]))
    trainer.set_params(
        {
            "c1": l1,
            "c2": l2,
            "max_iterations": iterations,
            "feature.minfreq": least,
            "feature.possible_transitions": True,
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crf"
        trainer.train(str(path))
        tagger = pycrfsuite.Tagger()
        tagger.open(str(path))
        info = tagger.info()
        crf = from_weights(info.state_features, info.transitions, lists)
        tagger.close()
    return crf


def from_weights(
    state: Mapping[tuple[str, str], float], transitions: Mapping[tuple[str, str], float], lists: Lists
) -> Crf:
    """A CRF from weights by (attribute, label) and by (label, next label)."""
    seen = {label for _, label in state} | {label for pair in transitions for label in pair}
    labels = (OUTSIDE, *sorted(seen - {OUTSIDE}))
    column = {label: index for index, label in enumerate(labels)}
    rows = {name: index for index, name in enumerate(sorted({name for name, _ in state}), start=1)}
    weights = np.zeros((1 + len(rows), len(labels)), np.float32)
    for (name, label), weight in state.items():
        weights[rows[name], column[label]] = weight
    steps = np.zeros((len(labels), len(labels)), np.float32)
    for (before, after), weight in transitions.items():
        steps[column[before], column[after]] = weight
    return Crf(labels, rows, weights, steps, lists)

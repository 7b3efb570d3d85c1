"""The CRF's probabilities are those of python-crfsuite and of a sum over all labellings."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import numpy as np
import pytest

from cloister.deid.text.taggers.crf import OUTSIDE, Crf
from cloister.deid.text.taggers.features import attributes
from cloister.deid.text.taggers.tokens import segments, tokenize
from cloister.deid.text.training import crf_fit

LISTS = {"ana": "g", "ruiz": "f", "lima": "fp"}
TEXTS = (
    "Ana Ruiz was seen in Lima on 3/2.\nNHC: 44512",
    "Dr. Ruiz denies fever; pain 3/10",
    "ana ruiz from lima",
    "No fever, no chills. " * 12 + "Seen by Ana Ruiz.",
)

Weights = dict[tuple[str, str], float]


@pytest.fixture(scope="module")
def weights() -> tuple[Weights, Weights]:
    """Weights drawn at random for every attribute of the texts."""
    draw = np.random.default_rng(7)
    labels = (OUTSIDE, "DATE", "NAME")
    names = sorted({name for text in TEXTS for token in attributes(tokenize(text), LISTS) for name in token})
    state = {(name, label): float(draw.normal(0, 0.3)) for name in names for label in labels}
    steps = {(one, other): float(draw.normal(0, 1)) for one in labels for other in labels}
    return state, steps


@pytest.mark.parametrize("text", TEXTS)
def test_marginals_are_those_of_the_sum_over_all_labellings(weights: tuple[Weights, Weights], text: str) -> None:
    state, steps = weights
    crf = crf_fit.from_weights(state, steps, LISTS)
    tokens = tokenize(text)
    given = attributes(tokens, LISTS)
    found = crf.marginals(tokens)
    for first, after in segments(tokens):
        if after - first > 8:
            continue
        sums = np.zeros((after - first, len(crf.labels)))
        for labelling in itertools.product(range(len(crf.labels)), repeat=after - first):
            score = sum(
                state[name, crf.labels[label]] for at, label in enumerate(labelling, first) for name in given[at]
            )
            score += sum(steps[crf.labels[a], crf.labels[b]] for a, b in itertools.pairwise(labelling))
            for at, label in enumerate(labelling):
                sums[at, label] += np.exp(score)
        np.testing.assert_allclose(found[first:after], sums / sums.sum(axis=1, keepdims=True), atol=1e-4)


def test_marginals_are_those_of_python_crfsuite(tmp_path: Path) -> None:
    pycrfsuite = pytest.importorskip("pycrfsuite")
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    for text in TEXTS:
        tokens = tokenize(text)
        given = attributes(tokens, LISTS)
        labels = ["NAME" if word.lower() in LISTS else "ID" if word.isdigit() else OUTSIDE for word in tokens.words]
        for first, after in segments(tokens):
            trainer.append(given[first:after], labels[first:after])
    trainer.set_params({"c1": 0.0, "c2": 0.1, "max_iterations": 20, "feature.possible_transitions": True})
    trainer.train(str(tmp_path / "model"))
    tagger = pycrfsuite.Tagger()
    tagger.open(str(tmp_path / "model"))
    info = tagger.info()
    crf = crf_fit.from_weights(info.state_features, info.transitions, LISTS)
    for text in (*TEXTS, "Unseen Words of Ruiz, 77 years,\n\n in Quito; lima"):
        tokens = tokenize(text)
        given = attributes(tokens, LISTS)
        found = crf.marginals(tokens)
        for first, after in segments(tokens):
            tagger.set(given[first:after])
            expected = [[tagger.marginal(label, at) for label in crf.labels] for at in range(after - first)]
            np.testing.assert_allclose(found[first:after], expected, atol=2e-4)


def test_a_model_survives_saving_without_pickle(weights: tuple[Weights, Weights]) -> None:
    crf = crf_fit.from_weights(*weights, LISTS)
    file = io.BytesIO()
    crf.save(file)
    file.seek(0)
    read = Crf.load(file)
    tokens = tokenize(TEXTS[0])
    assert read.labels == crf.labels
    assert read.lists == LISTS
    np.testing.assert_allclose(read.marginals(tokens), crf.marginals(tokens), atol=5e-3)


def test_what_was_read_before_changes_nothing(weights: tuple[Weights, Weights]) -> None:
    crf, fresh = (crf_fit.from_weights(*weights, LISTS) for _ in range(2))
    for text in TEXTS:
        crf.marginals(tokenize(text))
    for text in TEXTS[:2]:
        np.testing.assert_allclose(crf.marginals(tokenize(text)), fresh.marginals(tokenize(text)), atol=1e-6)


def test_a_text_without_tokens_has_no_rows(weights: tuple[Weights, Weights]) -> None:
    assert crf_fit.from_weights(*weights, LISTS).marginals(tokenize(" \n\t")).shape == (0, 3)

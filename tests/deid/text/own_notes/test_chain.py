"""The chain against brute force over every labelling, and against python-crfsuite."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from cloister.deid.text.own_notes.chain import Chain, fit_chain, likeliest, marginals

Floats = NDArray[np.float32]


def _weigh_all(scores: Floats, transitions: Floats) -> dict[tuple[int, ...], float]:
    """Every labelling with its weight, straight from the definition."""
    return {
        path: float(
            sum(scores[place, label] for place, label in enumerate(path))
            + sum(transitions[pair] for pair in itertools.pairwise(path))
        )
        for path in itertools.product(range(scores.shape[1]), repeat=len(scores))
    }


@pytest.mark.parametrize("tokens", [1, 2, 5])
@pytest.mark.parametrize("seed", range(5))
def test_decoding_is_what_the_definition_says(tokens: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 2, (tokens, 3)).astype(np.float32)
    transitions = rng.normal(0, 2, (3, 3)).astype(np.float32)
    weighed = _weigh_all(scores, transitions)
    assert tuple(likeliest(scores, transitions)) == max(weighed, key=lambda path: weighed[path])
    expected = np.zeros((tokens, 3))
    for path, weight in weighed.items():
        expected[np.arange(tokens), path] += np.exp(weight)
    expected /= expected.sum(1, keepdims=True)
    np.testing.assert_allclose(marginals(scores, transitions), expected, atol=1e-5)


def test_a_long_line_neither_overflows_nor_vanishes() -> None:
    scores = np.tile(np.array([[300.0, 0.0], [0.0, 300.0]], np.float32), (200, 1))
    found = marginals(scores, np.zeros((2, 2), np.float32))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-5)


def test_scores_are_the_sums_of_the_weights_of_known_attributes() -> None:
    weights = np.array([[0, 0], [1, 2], [4, 8]], np.float32)
    chain = Chain(("O", "X"), {"a": 1, "b": 2}, weights, np.zeros((2, 2), np.float32))
    found = chain.scores([["a", "b"], ["unheard of"], ["b", "b", "unheard of"]])
    np.testing.assert_array_equal(found, [[5, 10], [0, 0], [8, 16]])
    assert chain.scores([]).shape == (0, 2)


def test_a_fitted_chain_gives_crfsuites_marginals(tmp_path: object) -> None:
    pycrfsuite = pytest.importorskip("pycrfsuite")
    rng = np.random.default_rng(3)
    lines = []
    for _ in range(30):
        labels = [str(label) for label in rng.choice(["O", "X", "Y"], 6)]
        lines.append(([[f"w={label if rng.random() < 0.8 else 'Z'}", "all"] for label in labels], labels))
    options = {"c1": 0.05, "c2": 0.01, "max_iterations": 30, "feature.possible_transitions": False}
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", params=options, verbose=False)
    for attributes, labels in lines:
        trainer.append(attributes, labels)
    path = f"{tmp_path}/crf"
    trainer.train(path)
    tagger = pycrfsuite.Tagger()
    tagger.open(path)
    chain = fit_chain(lines, ("O", "X", "Y"), iterations=30)
    for attributes, _ in lines[:5]:
        tagger.set(attributes)
        expected = [[tagger.marginal(label, place) for label in chain.labels] for place in range(6)]
        np.testing.assert_allclose(marginals(chain.scores(attributes), chain.transitions), expected, atol=1e-4)

"""The network that numpy runs is the one that torch trained."""

from __future__ import annotations

import io

import numpy as np
import pytest

from cloister.deid.text.taggers.neural import Network
from cloister.deid.text.taggers.tokens import tokenize

TEXTS = ("Ana Ruiz was seen in Lima.\nNHC: 44512", "dr. ruiz denies fever", "Pain 3/10, seen by Ana on 3/2/2020.")
LISTS = {"ana": "g", "ruiz": "f"}


@pytest.fixture(scope="module")
def network() -> Network:
    pytest.importorskip("torch")
    from cloister.deid.text.training.neural_fit import fit

    examples = []
    for text in TEXTS:
        tokens = tokenize(text)
        examples.append((tokens, ["NAME" if word.lower() in LISTS else "O" for word in tokens.words]))
    return fit(examples * 8, LISTS, epochs=12, batch=6, rate=5e-3)


def test_it_learns_its_examples(network: Network) -> None:
    for text in TEXTS:
        tokens = tokenize(text)
        names = network.marginals(tokens)[:, 1] > 0.5
        assert [word for word, name in zip(tokens.words, names, strict=True) if name] == [
            word for word in tokens.words if word.lower() in LISTS
        ]


def test_numpy_and_torch_agree(network: Network) -> None:
    import torch

    from cloister.deid.text.taggers.neural import piece_rows
    from cloister.deid.text.training.neural_fit import scores

    texts = [tokenize(text) for text in TEXTS]
    rows = {word: piece_rows(*word, LISTS) for text in texts for word in zip(text.words, text.case, strict=True)}
    places = [torch.tensor(text.place) for text in texts]
    weights = {name: torch.tensor(array) for name, array in network.arrays.items()}
    expected = torch.softmax(scores(texts, places, rows, weights, dropout=0.0), 1).numpy()
    found = np.concatenate([network.marginals(text) for text in texts])
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_network_survives_saving_in_half_precision(network: Network) -> None:
    file = io.BytesIO()
    network.save(file)
    file.seek(0)
    read = Network.load(file, LISTS)
    tokens = tokenize(TEXTS[0])
    assert read.labels == network.labels
    np.testing.assert_allclose(read.marginals(tokens), network.marginals(tokens), atol=0.02)

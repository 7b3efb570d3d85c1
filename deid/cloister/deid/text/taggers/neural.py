"""The small neural tagger: embeddings of hashed pieces of words, three convolutions over their neighbours.

It is the second voice beside the CRF. It sees words through their letter n-grams and so reads misspelt and unheard-of
names that no list holds. The architecture is that of spaCy's tok2vec (Miranda et al., 2022, arXiv:2212.09255:
hash embeddings, residual convolutions), trained with torch and run with numpy alone: importing spaCy brings torch in
and takes two seconds before the first note; this takes none.

With d units, tokens x_t = relu(W [v(word) v(key) v(first) p(place)] + b), then three times
x_t := x_t + relu(norm(U [x_t-1 x_t x_t+1] + c)), then the softmax of V x_t + e; v is the mean over a word's rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from cloister.deid.text.taggers.convolutions import hashed, label_probabilities, letter_pieces
from cloister.deid.text.taggers.features import Lists, describe
from cloister.deid.text.taggers.tokens import Tokens

Floats = NDArray[np.float32]

ROWS = 2**14
"""Rows of the embedding table, which all pieces of words share by their hash."""
WIDTH = 64
UNITS = 96
LAYERS = 3
_KEPT_WORDS = 50_000


def piece_rows(word: str, case: str, lists: Lists) -> list[int]:
    """The rows of the embedding table whose mean stands for a word."""
    described = describe(word, case, lists)
    pieces = [f"w{described.lower}", f"k{described.kind}", f"c{case}", *described.far[1:]]
    return hashed((*pieces, *letter_pieces(word)), ROWS)


@dataclass
class Network:
    """A trained network.

    Args:
        labels: `OUTSIDE` first.
        arrays: `pieces` (ROWS, WIDTH), `places` (places in a line, 16), `enter` (3 WIDTH + 16, UNITS) and `enter_bias`,
            `convolve{n}` (3 UNITS, UNITS), `convolve_bias{n}`, `scale{n}`, `shift{n}` for each layer, `leave`
            (UNITS, labels) and `leave_bias`.
        lists: which lists of names and places hold a word.
    """

    labels: tuple[str, ...]
    arrays: Mapping[str, Floats]
    lists: Lists
    _words: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    _bank: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._forget()

    def marginals(self, tokens: Tokens) -> Floats:
        """The probability of every label for every token: (tokens, labels), rows add up to one."""
        if not len(tokens):
            return np.zeros((0, len(self.labels)), np.float32)
        a = self.arrays
        ids = np.fromiter(
            (self._id(word, case) for word, case in zip(tokens.words, tokens.case, strict=True)), np.int64, len(tokens)
        )
        keys = np.asarray(tokens.key)
        key = np.where((keys >= 0)[:, None], self._bank[ids[keys]], 0)
        where = np.asarray(tokens.place)
        entered = np.concatenate(
            (self._bank[ids], key, self._bank[ids[np.asarray(tokens.first)]], a["places"][where]), 1
        )
        return label_probabilities(entered, a, (1,) * LAYERS)

    def _id(self, word: str, case: str) -> int:
        known = self._words.get((word, case))
        if known is not None:
            return known
        index = len(self._words)
        if index == len(self._bank):
            self._bank = np.concatenate((self._bank, np.zeros_like(self._bank)))
        self._bank[index] = self.arrays["pieces"][piece_rows(word, case, self.lists)].mean(axis=0)
        self._words[word, case] = index
        return index

    def trim(self) -> None:
        """Forgets the words seen so far if they are many; called between passages."""
        if len(self._words) > _KEPT_WORDS:
            self._forget()

    def _forget(self) -> None:
        self._words.clear()
        self._bank = np.zeros((1024, WIDTH), np.float32)

    def save(self, file: Path | IO[bytes]) -> None:
        """Writes the weights, in half precision, as a compressed numpy archive; no pickle is in it."""
        labels = np.frombuffer("\n".join(self.labels).encode(), np.uint8)
        half = {name: array.astype(np.float16) for name, array in self.arrays.items()}
        np.savez_compressed(file, labels=labels, **half)  # type: ignore[arg-type]

    @classmethod
    def load(cls, file: Path | IO[bytes], lists: Lists) -> Network:
        """Reads what `save` wrote."""
        with np.load(file, allow_pickle=False) as archive:
            labels = tuple(archive["labels"].tobytes().decode().split("\n"))
            arrays = {name: archive[name].astype(np.float32) for name in archive.files if name != "labels"}
        return cls(labels, arrays, lists)

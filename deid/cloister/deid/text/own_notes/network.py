"""The small convolutional network of one hospital's notes: hashed pieces of words, and convolutions that see far.

It reads what the CRF reads, but sums up a word from its letters and looks up to 8 tokens to either side. Where the
two err differently their sum errs less. With d units and v(.) the scaled sum of the embeddings of a word's pieces,

    x_t = relu(W [v(word) v(key) v(first of the line) v(chunk and fields) p(place) q(top) r(bottom)] + b)
    x_t := x_t + relu(norm(U [x_t-k x_t x_t+k] + c))   for k = 1, 2, 4, 1
    the softmax of V x_t + e

Trained with torch (`network_fit`), run with numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cloister.deid.text.own_notes.note_layout import NoteLayout, shape
from cloister.deid.text.taggers.convolutions import hashed, label_probabilities, letter_pieces
from cloister.deid.text.taggers.features import LONGEST, Lists, describe
from cloister.deid.text.taggers.one_thread import one_thread
from cloister.deid.text.taggers.tokens import Tokens

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

ROWS = 2**15
"""Rows of the embedding table, which all pieces share by their hash."""
WIDTH = 64
UNITS = 96
DILATIONS = (1, 2, 4, 1)
PLACE_WIDTH, LINE_WIDTH = 16, 8
ENTERED = 4 * WIDTH + PLACE_WIDTH + 2 * LINE_WIDTH


@dataclass(frozen=True)
class NetworkInput:
    """A note as the network reads it.

    `words` and `contexts` are rows of the embedding table: of each different word, and of every token's chunk and
    fields. `word` and `first` (tokens,) are indices into `words`, as is `key`, which is -1 where there is none.
    `place`, `top` and `bottom` (tokens,) are rows of their own tables.
    """

    words: Sequence[Sequence[int]]
    contexts: Sequence[Sequence[int]]
    word: Integers
    key: Integers
    first: Integers
    place: Integers
    top: Integers
    bottom: Integers


def network_input(tokens: Tokens, layout: NoteLayout, lists: Lists) -> NetworkInput:
    """What the network reads of a note."""
    index: dict[tuple[str, str], int] = {}
    pairs = zip(tokens.words, tokens.case, strict=True)
    word = np.array([index.setdefault(pair, len(index)) for pair in pairs], np.int64)
    key = np.array(tokens.key, np.int64)
    of_chunk = [(f"chunk={chunk.lower()[:LONGEST]}", f"shape={shape(chunk)}") for chunk in layout.chunks]
    return NetworkInput(
        words=[hashed((*describe(word, case, lists).own, *letter_pieces(word)), ROWS) for word, case in index],
        contexts=[
            hashed((*of_chunk[chunk], *(f"field={field}" for field in fields)), ROWS)
            for chunk, fields in zip(layout.chunk, layout.fields, strict=True)
        ],
        word=word,
        key=np.where(key >= 0, word[key], -1),
        first=word[np.array(tokens.first, np.int64)],
        place=np.array(tokens.place, np.int64),
        top=np.array(layout.top, np.int64),
        bottom=np.array(layout.bottom, np.int64),
    )


@dataclass(frozen=True)
class Network:
    """A trained network.

    `labels` begin with `OUTSIDE`. `arrays`: `pieces` (ROWS, WIDTH); `place`, `top`, `bottom`; `enter` (ENTERED, UNITS)
    and `enter_bias`; `convolve{n}` (3 UNITS, UNITS), `convolve_bias{n}`, `scale{n}` and `shift{n}` for each of
    `DILATIONS`; `leave` (UNITS, labels) and `leave_bias`.
    """

    labels: tuple[str, ...]
    arrays: Mapping[str, Floats]

    def probabilities(self, note: NetworkInput) -> Floats:
        """The probability of every label for every token of a note of at least one: (tokens, labels)."""
        a = self.arrays
        words = np.concatenate((self._sums(note.words), np.zeros((1, WIDTH), np.float32)))
        lines = (a["place"][note.place], a["top"][note.top], a["bottom"][note.bottom])
        entered = (words[note.word], words[note.key], words[note.first], self._sums(note.contexts), *lines)
        with one_thread():
            return label_probabilities(np.concatenate(entered, 1), a, DILATIONS)

    def _sums(self, rows: Sequence[Sequence[int]]) -> Floats:
        """The embeddings of each group of rows, added up and divided by the root of their number."""
        sizes = np.array([len(group) for group in rows])
        flat = np.fromiter((row for group in rows for row in group), np.int64, int(sizes.sum()))
        sums = np.add.reduceat(self.arrays["pieces"][flat], np.cumsum(sizes) - sizes, axis=0)
        scaled: Floats = (sums / np.sqrt(sizes)[:, None]).astype(np.float32)
        return scaled

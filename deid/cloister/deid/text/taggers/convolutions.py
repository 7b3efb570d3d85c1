"""What the networks here have in common: hashed pieces of words, residual convolutions over tokens, a softmax.

The networks are trained with torch and run with numpy alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cloister.deid.text.taggers.features import folded_word

Floats = NDArray[np.float32]

_LONGEST = 24


def letter_pieces(word: str) -> list[str]:
    """The runs of three and four letters of a word's folded form, with marks for its ends; none if it is no word."""
    if not word[0].isalpha():
        return []
    letters = f"<{folded_word(word)[:_LONGEST]}>"
    return [letters[at : at + size] for size in (3, 4) for at in range(len(letters) - size + 1)]


def hashed(pieces: Iterable[str], rows: int) -> list[int]:
    """The rows of an embedding table that pieces share by their hash, each in [0, rows)."""
    return [zlib.crc32(piece.encode("utf-8", "surrogatepass")) % rows for piece in pieces]


def label_probabilities(entered: Floats, arrays: Mapping[str, Floats], reaches: Sequence[int]) -> Floats:
    """The probability of every label for every token: (tokens, labels), rows add up to one.

    With d units, x_t = relu(W entered_t + b), then x_t := x_t + relu(norm(U [x_t-k x_t x_t+k] + c)) for each reach k,
    then the softmax of V x_t + e.

    Args:
        entered: what is known of each token: (tokens, inputs), at least one token.
        arrays: `enter` (inputs, d), `enter_bias`; `convolve{n}` (3 d, d), `convolve_bias{n}`, `scale{n}`, `shift{n}`
            for each layer; `leave` (d, labels), `leave_bias`.
        reaches: how far each layer looks to either side, in tokens.
    """
    x: Floats = np.maximum(entered @ arrays["enter"] + arrays["enter_bias"], 0)
    for layer, reach in enumerate(reaches):
        padded = np.pad(x, ((reach, reach), (0, 0)))
        wide = np.concatenate((padded[: -2 * reach], x, padded[2 * reach :]), 1)
        y = wide @ arrays[f"convolve{layer}"] + arrays[f"convolve_bias{layer}"]
        y -= y.mean(1, keepdims=True)
        y /= np.sqrt((y * y).mean(1, keepdims=True) + 1e-5)
        y *= arrays[f"scale{layer}"]
        y += arrays[f"shift{layer}"]
        x += np.maximum(y, 0)
    scores = x @ arrays["leave"] + arrays["leave_bias"]
    scores = np.exp(scores - scores.max(1, keepdims=True))
    result: Floats = scores / scores.sum(1, keepdims=True)
    return result

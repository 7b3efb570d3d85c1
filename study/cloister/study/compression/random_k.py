"""Random-k: in each run of `one_in` values, one is sent, at a place that study and round determine for all.

Nothing about a site shows in the places, and values of all sites stand at the same ones, so that they add up under
masks. Each value is sent with the same probability, 1/one_in, which is what error feedback needs of a random choice
(Karimireddy et al. 2019, assumption A, with delta = 1/one_in in expectation).
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cloister.study.canonical import canonical_json
from cloister.study.compression.encoding import Floats, Parts, Uniform, shaped


class RandomK:
    """Four bytes a value that is sent.

    Args:
        size: length of the vectors.
        one_in: of this many values, one is sent.
        study: SHA-256 of the study.
        number: the round.
    """

    def __init__(self, size: int, one_in: int, study: str, number: int) -> None:
        self._size = size
        self.places = public_places(size, one_in, study, number)
        """Ascending, shape (values sent,)."""

    @property
    def parts(self) -> Parts:
        """The values at the places."""
        return {"values": shaped(np.float32, len(self.places))}

    def encode(self, values: Floats, uniform: Uniform) -> dict[str, NDArray[Any]]:
        """The values at the places."""
        del uniform
        return {"values": values[self.places].astype(np.float32)}

    def decode(self, parts: Parts) -> Floats:
        """The values in their places, zeros elsewhere."""
        values = np.zeros(self._size, np.float32)
        values[self.places] = parts["values"]
        return values


def public_places(size: int, one_in: int, study: str, number: int) -> NDArray[np.int64]:
    """One place in each `one_in` consecutive ones of `size`, ascending; the same at every site and in every version.

    From SHAKE-256 over study and round, four bytes a place: NumPy's generators may change from version to version.
    """
    count = -(-size // one_in)
    seed = b"cloister/v1/random-k/" + canonical_json([study, number, size, one_in])
    drawn = np.frombuffer(hashlib.shake_256(seed).digest(4 * count), "<u4").astype(np.uint64)
    starts = np.arange(count, dtype=np.int64) * one_in
    lengths = np.minimum(one_in, size - starts).astype(np.uint64)
    return starts + (drawn * lengths >> np.uint64(32)).astype(np.int64)

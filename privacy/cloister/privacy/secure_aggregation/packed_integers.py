"""Several small integers in each word modulo 2^32, whose sums cannot reach into each other.

A value is one of 2 levels + 1 integers. With b bits for each and levels = (2^(b-1) - 1) // sites, a sum over all sites
stays within -(2^(b-1) - 1) .. 2^(b-1) - 1. So the words x_0 + x_1 2^b + ... add up to the word of the sums, from which
they are taken one after the other, the lowest first. Masks and their sums know nothing of it.

b is 10 for two to four sites, three values a word, and 16 for up to 258: levels are 127 or more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation.fixed_point import Words, rounded
from cloister.study.errors import InputError

LEVELS = 127
"""At least as many on either side of zero."""
_PIECE = 1 << 18


@dataclass(frozen=True)
class PackedIntegers:
    """How vectors of one study are encoded.

    Args:
        bound: largest magnitude of a value, positive; larger ones are clipped to it.
        sites: how many vectors may be added up, at least 1 and at most 258.

    Raises:
        InputError: not so.
    """

    bound: float
    sites: int

    def __post_init__(self) -> None:
        if not 0 < self.bound < float("inf"):
            raise InputError(f"bound = {self.bound}: must be positive and finite.", "Correct the study.")
        if self.sites < 1 or self._lanes_for(self.sites) < 2:
            raise InputError(f"sites = {self.sites}: must be 1 to 258.", "Correct the study.")

    @staticmethod
    def _lanes_for(sites: int) -> int:
        return 32 // ((LEVELS * sites).bit_length() + 1)

    @property
    def lanes(self) -> int:
        """Values in a word."""
        return self._lanes_for(self.sites)

    @property
    def bits(self) -> int:
        """Bits of a value."""
        return 32 // self.lanes

    @property
    def levels(self) -> int:
        """The integer that stands for `bound`."""
        return ((1 << (self.bits - 1)) - 1) // self.sites

    def words(self, values: int) -> int:
        """Length of the encoding of as many values."""
        return -(-values // self.lanes)

    def encode(self, values: NDArray[np.floating], random: RandomStream) -> Words:
        """Words, shape (words(values),): value i stands in word i modulo their number.

        Raises:
            UpdateRefusedError: a value is not finite.
        """
        size = self.words(len(values))
        packed = np.zeros(size, np.int64)
        for lane in range(self.lanes):
            part = values[lane * size : (lane + 1) * size]
            packed[: len(part)] += rounded(part, self.bound, self.levels, random) << (lane * self.bits)
        return packed.astype(np.uint32)

    def decode(self, summed: Words) -> NDArray[np.float32]:
        """The sums of the values whose encodings add up to `summed`, shape (lanes * words,): zeros fill the end."""
        values = np.empty((self.lanes, len(summed)), np.float32)
        half, unit = np.int64(1 << (self.bits - 1)), self.bound / self.levels
        for start in range(0, len(summed), _PIECE):
            rest = summed[start : start + _PIECE].view(np.int32).astype(np.int64)
            for lane in range(self.lanes):
                lowest = ((rest + half) & (2 * half - 1)) - half
                values[lane, start : start + _PIECE] = lowest * unit
                rest = (rest - lowest) >> self.bits
        return values.reshape(-1)

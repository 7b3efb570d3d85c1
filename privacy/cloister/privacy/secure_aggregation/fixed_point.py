"""Real vectors as integers modulo 2^32 whose sum cannot overflow.

A value x in [-bound, bound] becomes floor(x * scale) or that plus one, at random with the expectation x * scale
(stochastic rounding: the mean of many sites is unbiased). With scale = levels / bound and levels = (2^31 - 1) // sites,
a sum over all sites stays within -(2^31 - 1) .. 2^31 - 1, so the sum modulo 2^32 determines the sum of the integers.
Where noise is added to the integers, `headroom` of that range is left to it.

The rounding up or down is decided by uniform numbers that depend on no data. For any given ones, two vectors whose
difference has the L2 norm x become integer vectors whose difference has a norm below x * scale + sqrt(values).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cloister.privacy.randomness import RandomStream
from cloister.study.arrays import is_finite
from cloister.study.errors import InputError, UpdateRefusedError

Words = NDArray[np.uint32]
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class FixedPoint:
    """How vectors of one study are encoded.

    Args:
        bound: largest magnitude of a value, positive; larger ones are clipped to it.
        sites: how many vectors may be added up, at least 1.
        headroom: largest magnitude of the noise that may be added to their sum.
    """

    bound: float
    sites: int
    headroom: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.bound < float("inf"):
            raise InputError(f"bound = {self.bound}: must be positive and finite.", "Correct the study.")
        if not 1 <= self.sites <= 2**16:
            raise InputError(f"sites = {self.sites}: must be 1 to 65,536.", "Correct the study.")
        if not 0 <= self.headroom <= LARGEST - self.sites:
            raise InputError(f"headroom = {self.headroom}: nothing is left for values.", "Correct the study.")

    @property
    def levels(self) -> int:
        """The integer that stands for `bound`."""
        return (LARGEST - self.headroom) // self.sites

    def encode(self, values: NDArray[np.floating], random: RandomStream) -> Words:
        """Integers modulo 2^32, shape (values,).

        Raises:
            UpdateRefusedError: a value is not finite.
        """
        return rounded(values, self.bound, self.levels, random).astype(np.uint32)

    def decode(self, summed: Words) -> NDArray[np.float64]:
        """The sum of the values whose encodings add up to `summed`."""
        return summed.view(np.int32).astype(np.float64) * (self.bound / self.levels)


def rounded(values: NDArray[np.floating], bound: float, levels: int, random: RandomStream) -> NDArray[np.int64]:
    """Integers from -levels to levels for values from -bound to bound, shape (values,), rounded at random without bias.

    Raises:
        UpdateRefusedError: a value is not finite.
    """
    flat = np.asarray(values, dtype=np.float64).reshape(-1)
    if not is_finite(flat):
        raise UpdateRefusedError(
            "The update holds values that are not finite.", "Lower the learning rate, or raise the clipping."
        )
    scaled = np.clip(flat / bound, -1.0, 1.0) * levels
    lower = np.floor(scaled)
    return (lower + (random.uniform(len(flat)) < scaled - lower)).astype(np.int64)

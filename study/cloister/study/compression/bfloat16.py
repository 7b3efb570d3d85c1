"""bfloat16: the upper half of a float32, rounded to the nearest, ties to even: 8 bits of exponent, 7 of mantissa.

Flower's records know no bfloat16, so the bits travel as uint16.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cloister.study.arrays import is_finite
from cloister.study.compression.encoding import Floats, Parts, Uniform, shaped
from cloister.study.errors import UpdateRefusedError


class Bfloat16:
    """Two bytes a value; relative error at most 2^-8.

    Args:
        size: length of the vectors.
    """

    def __init__(self, size: int) -> None:
        self._size = size

    @property
    def parts(self) -> Parts:
        """One array of bits."""
        return {"values": shaped(np.uint16, self._size)}

    def encode(self, values: Floats, uniform: Uniform) -> dict[str, NDArray[Any]]:
        """The rounded upper halves."""
        del uniform
        bits = values.astype(np.float32).view(np.uint32)
        rounded = bits + (((bits >> np.uint32(16)) & np.uint32(1)) + np.uint32(0x7FFF))
        return {"values": (rounded >> np.uint32(16)).astype(np.uint16)}

    def decode(self, parts: Parts) -> Floats:
        """The upper halves, with zeros below.

        Raises:
            UpdateRefusedError: some are infinite, or no numbers.
        """
        values = (parts["values"].astype(np.uint32) << np.uint32(16)).view(np.float32)
        if not is_finite(values):
            raise UpdateRefusedError("values: holds values that are not finite.", "Look into the site.")
        return values

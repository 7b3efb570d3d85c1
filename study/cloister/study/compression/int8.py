"""int8 in the clear: blocks of values with a scale each, rounded at random without bias (QSGD, Alistarh et al. 2017).

A value x of a block whose largest magnitude is m becomes floor(127 x / m + u), u uniform in [0, 1).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cloister.study.compression.encoding import Floats, Parts, Uniform, shaped
from cloister.study.errors import UpdateRefusedError

BLOCK = 1024
"""Values that share a scale: 0.4 % more bytes, and one large value spoils few others."""
_LEVELS = 127
_BLOCKS_AT_ONCE = 256


class Int8:
    """One byte a value, and four a block.

    Args:
        size: length of the vectors.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._blocks = -(-size // BLOCK)

    @property
    def parts(self) -> Parts:
        """The levels of all values, and the largest magnitude of each block."""
        return {"levels": shaped(np.int8, self._size), "scales": shaped(np.float32, self._blocks)}

    def encode(self, values: Floats, uniform: Uniform) -> dict[str, NDArray[Any]]:
        """Levels and scales."""
        levels, scales = np.empty(self._size, np.int8), np.empty(self._blocks, np.float32)
        for first, piece in self._pieces():
            blocks = _in_blocks(values[piece]).astype(np.float64)
            largest = np.abs(blocks).max(axis=1)
            scales[first : first + len(blocks)] = largest
            steps = np.divide(blocks * _LEVELS, largest[:, None], out=np.zeros_like(blocks), where=largest[:, None] > 0)
            rounded = np.floor(steps + uniform(steps.size).reshape(steps.shape))
            size = len(values[piece])
            levels[piece] = np.clip(rounded, -_LEVELS, _LEVELS).reshape(-1)[:size].astype(np.int8)
        return {"levels": levels, "scales": scales}

    def decode(self, parts: Parts) -> Floats:
        """Levels times scales.

        Raises:
            UpdateRefusedError: a scale is negative, or a level is none.
        """
        levels, scales = parts["levels"], parts["scales"]
        if (scales < 0).any() or (levels < -_LEVELS).any():
            raise UpdateRefusedError("levels: not levels and scales of this encoding.", "Look into the site.")
        values = np.empty(self._size, np.float32)
        for first, piece in self._pieces():
            blocks = _in_blocks(levels[piece]).astype(np.float64)
            scaled = blocks * (scales[first : first + len(blocks), None].astype(np.float64) / _LEVELS)
            values[piece] = scaled.reshape(-1)[: len(levels[piece])].astype(np.float32)
        return values

    def _pieces(self) -> list[tuple[int, slice]]:
        """Of what is encoded at once: its first block, and its values."""
        step = _BLOCKS_AT_ONCE
        return [(first, slice(first * BLOCK, (first + step) * BLOCK)) for first in range(0, self._blocks, step)]


def _in_blocks(values: NDArray[Any]) -> NDArray[Any]:
    """Rows of a block each, the last one filled up with zeros."""
    return np.pad(values, (0, -len(values) % BLOCK)).reshape(-1, BLOCK)

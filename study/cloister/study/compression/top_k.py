"""Top-k: the values of largest magnitude, exactly, and where they stand (Stich et al. 2018, with memory)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cloister.study.compression.encoding import Floats, Parts, Uniform, shaped
from cloister.study.errors import UpdateRefusedError


class TopK:
    """Eight bytes a value that is sent.

    Args:
        size: length of the vectors, below 2^32.
        one_in: of this many values, one is sent.
    """

    def __init__(self, size: int, one_in: int) -> None:
        self._size, self._sent = size, -(-size // one_in)

    @property
    def parts(self) -> Parts:
        """Ascending places, and the values there."""
        return {"places": shaped(np.uint32, self._sent), "values": shaped(np.float32, self._sent)}

    def encode(self, values: Floats, uniform: Uniform) -> dict[str, NDArray[Any]]:
        """Places and values."""
        del uniform
        largest = np.argpartition(np.abs(values), self._size - self._sent)[self._size - self._sent :]
        places = np.sort(largest)
        return {"places": places.astype(np.uint32), "values": values[places].astype(np.float32)}

    def decode(self, parts: Parts) -> Floats:
        """The values in their places, zeros elsewhere.

        Raises:
            UpdateRefusedError: the places are not ascending, or not places of the vector.
        """
        places = parts["places"].astype(np.int64)
        if (np.diff(places) <= 0).any() or (len(places) and places[-1] >= self._size):
            raise UpdateRefusedError("places: not ascending places of an update.", "Look into the site.")
        values = np.zeros(self._size, np.float32)
        values[places] = parts["values"]
        return values

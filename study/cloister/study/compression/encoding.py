"""What an encoding of single updates does. Each is a lossy form of one vector in a few arrays of known shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Parts = Mapping[str, NDArray[Any]]
Uniform = Callable[[int], NDArray[np.float64]]
"""Gives as many numbers, uniform in [0, 1)."""


class Encoding(Protocol):
    """One encoding for vectors of one size."""

    @property
    def parts(self) -> Parts:
        """Names, shapes and dtypes of what is sent. They follow from study and model: a message cannot choose them."""
        ...

    def encode(self, values: Floats, uniform: Uniform) -> dict[str, NDArray[Any]]:
        """What is sent for a finite vector, shape (size,)."""
        ...

    def decode(self, parts: Parts) -> Floats:
        """The vector that is meant, shape (size,).

        Args:
            parts: finite, of the shapes and dtypes of `parts`.

        Raises:
            UpdateRefusedError: their values are not what `encode` gives.
        """
        ...


def shaped(dtype: type[np.generic], shape: int | tuple[int, ...]) -> NDArray[Any]:
    """An array that says its shape and its dtype, and takes no memory."""
    return np.broadcast_to(np.zeros((), dtype), shape)

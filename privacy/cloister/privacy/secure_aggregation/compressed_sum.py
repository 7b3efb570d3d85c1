"""How compressed updates become words that add up: fewer values, or smaller integers. Both ends use the same object."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint, Words
from cloister.privacy.secure_aggregation.packed_integers import PackedIntegers
from cloister.study.compression.random_k import public_places
from cloister.study.schema import Study

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class FewerValues:
    """random-k: values at public places, in 32 bits each.

    Args:
        size: values of an update.
        places: of those that are sent.
        integers: how a value is encoded.
    """

    size: int
    places: NDArray[np.int64]
    integers: FixedPoint

    @property
    def words(self) -> int:
        """Length of a vector."""
        return len(self.places)

    def encode(self, values: Floats, random: RandomStream) -> Words:
        """The words of a vector, shape (size,)."""
        return self.integers.encode(values[self.places], random)

    def decode(self, summed: Words) -> Floats:
        """The sum of vectors, shape (size,); zeros where nothing was sent."""
        values = np.zeros(self.size, np.float32)
        values[self.places] = self.integers.decode(summed)
        return values


@dataclass(frozen=True)
class SmallerIntegers:
    """int8: all values, several in a word.

    Args:
        size: values of an update.
        integers: how they are encoded.
    """

    size: int
    integers: PackedIntegers

    @property
    def words(self) -> int:
        """Length of a vector."""
        return self.integers.words(self.size)

    def encode(self, values: Floats, random: RandomStream) -> Words:
        """The words of a vector, shape (size,)."""
        return self.integers.encode(values, random)

    def decode(self, summed: Words) -> Floats:
        """The sum of vectors, shape (size,)."""
        return self.integers.decode(summed)[: self.size]


CompressedSum = FewerValues | SmallerIntegers


def compressed_sum_of(study: Study, number: int, size: int) -> CompressedSum | None:
    """How a study's updates are encoded under masks; None if it does not compress.

    Args:
        study: with secure aggregation.
        number: the round.
        size: values of an update.
    """
    federation, sites = study.federation, len(study.federation.sites)
    if federation.compression is None:
        return None
    if federation.compression.encoding == "int8":
        return SmallerIntegers(size, PackedIntegers(federation.update_bound, sites))
    assert federation.compression.one_in is not None  # noqa: S101 - the schema allows nothing but random-k besides
    places = public_places(size, federation.compression.one_in, study.sha256, number)
    return FewerValues(size, places, FixedPoint(federation.update_bound, sites))

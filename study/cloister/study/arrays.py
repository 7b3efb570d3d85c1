"""Named arrays: what rounds exchange. Their form in memory, in Flower's records, and the checks on what arrives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cloister.study.errors import UpdateRefusedError

if TYPE_CHECKING:
    from flwr.app import ArrayRecord

Arrays = dict[str, NDArray[np.float32]]
"""Trainable parameters, or differences of them, by name."""


def to_record(arrays: Mapping[str, NDArray[np.float32]]) -> ArrayRecord:
    """Arrays as a Flower record, in the order of their names."""
    from flwr.app import Array, ArrayRecord

    return ArrayRecord({name: Array(np.ascontiguousarray(arrays[name])) for name in sorted(arrays)})


def from_record(record: ArrayRecord, like: Mapping[str, NDArray[np.float32]]) -> Arrays:
    """Arrays from a Flower record that must have the names, shapes and dtype of `like`, and be finite.

    Types and sizes are checked before anything is decoded.

    Raises:
        UpdateRefusedError: naming the first array that does not fit.
    """
    remedy = "The sender must run the same study, base model and version of Cloister."
    if set(record) != set(like):
        unlike = sorted(set(record) ^ set(like))
        raise UpdateRefusedError(f"{unlike[0]}: an array too many or too few ({len(unlike)} in all).", remedy)
    arrays: Arrays = {}
    for name in sorted(like):
        array, expected = record[name], like[name]
        if tuple(array.shape) != expected.shape or array.dtype != "float32" or array.stype != "numpy.ndarray":
            raise UpdateRefusedError(f"{name}: shape {tuple(array.shape)} and dtype {array.dtype} do not fit.", remedy)
        if len(array.data) > expected.nbytes + _HEADER_BYTES:
            raise UpdateRefusedError(f"{name}: more bytes than its shape holds.", remedy)
        try:
            values = array.numpy()
        except (ValueError, TypeError, EOFError):
            raise UpdateRefusedError(f"{name}: cannot be decoded.", remedy) from None
        if values.shape != expected.shape or values.dtype != np.float32 or not np.isfinite(values).all():
            raise UpdateRefusedError(f"{name}: not finite float32 values of its shape.", remedy)
        arrays[name] = values
    return arrays


def record_bytes(record: ArrayRecord) -> int:
    """Payload bytes of a record."""
    return sum(len(array.data) for array in record.values())


_HEADER_BYTES = 1024
"""NumPy's own file header, with room to spare."""

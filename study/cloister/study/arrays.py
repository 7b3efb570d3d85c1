"""Named arrays: what rounds exchange. Their form in memory, in Flower's records, and the checks on what arrives."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from tokenize import TokenError
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from cloister.study.canonical import sha256_of
from cloister.study.compression.encoding import shaped
from cloister.study.errors import UpdateRefusedError

if TYPE_CHECKING:
    from flwr.app import Array, ArrayRecord

Arrays = dict[str, NDArray[np.float32]]
"""Trainable parameters, or differences of them, by name."""
PARAMETERS: Final = "parameters/"
"""Prefix of the name of a model's vector."""
CONTROL: Final = "control/"
"""Prefix of what SCAFFOLD's coordinator sends beside the model: its control variate."""
LARGEST_VALUE: Final = 1e4
"""Of an update in the clear; a difference of parameters beyond this is none."""


_Floats = Mapping[str, NDArray[np.float32]]
_STORED_AS = "numpy.ndarray"
_REMEDY = "The sender must run the same study, base model and version of Cloister."
# NumPy takes a header for Python source, which may be nested deeply, unfinished or hold what is none.
_BAD_HEADER = (ValueError, TypeError, EOFError, SyntaxError, TokenError, RecursionError, MemoryError)


def to_record(arrays: _Floats) -> ArrayRecord:
    """A model's parameters, or differences of them, as a Flower record: all values in one vector.

    Flower stores and fetches each array of a message by itself: an adapter of a hundred arrays would cost more to hand
    over than to train. The vector's name tells the parameters' names and shapes, so it fits no other model. What
    travels beside a model (`CONTROL`) is a vector of its own.
    """
    from flwr.app import ArrayRecord

    return ArrayRecord({name: _vector(part) for name, part in _by_vector(arrays).items()})


def from_record(record: ArrayRecord, like: _Floats) -> Arrays:
    """Arrays from a Flower record that must have the names and shapes of `like`, and be finite.

    Raises:
        UpdateRefusedError: they do not fit.
    """
    return {name: values.copy() for name, values in in_record(record, like).items()}


def in_record(record: ArrayRecord, like: _Floats) -> Arrays:
    """The same, read-only and in the memory of the record.

    Types and sizes are checked before anything is decoded.

    Raises:
        UpdateRefusedError: they do not fit.
    """
    parts = _by_vector(like)
    if set(record) != set(parts):
        raise UpdateRefusedError("The arrays are not of this model: their names or shapes are others.", _REMEDY)
    sizes = {name: sum(value.size for value in part.values()) for name, part in parts.items()}
    found = parts_in_record(record, {name: shaped(np.float32, size) for name, size in sizes.items()})
    return {name: value for vector, part in parts.items() for name, value in split(found[vector], part).items()}


def parts_to_record(parts: Mapping[str, NDArray[Any]]) -> ArrayRecord:
    """The few arrays of a compressed update as a Flower record, in the order of their names."""
    from flwr.app import Array, ArrayRecord

    return ArrayRecord({name: Array(np.ascontiguousarray(parts[name])) for name in sorted(parts)})


def parts_in_record(record: ArrayRecord, like: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Arrays that must have the names, shapes and dtypes of `like`, and be finite: read-only, in the record's memory.

    Types and sizes are checked before anything is decoded.

    Raises:
        UpdateRefusedError: naming the first array that does not fit.
    """
    if set(record) != set(like):
        unlike = sorted(set(record) ^ set(like))
        raise UpdateRefusedError(f"{unlike[0]}: an array too many or too few ({len(unlike)} in all).", _REMEDY)
    arrays: dict[str, NDArray[Any]] = {}
    for name in sorted(like):
        array, expected = record[name], like[name]
        if (tuple(array.shape), array.dtype, array.stype) != (expected.shape, str(expected.dtype), _STORED_AS):
            raise UpdateRefusedError(f"{name}: shape {tuple(array.shape)} and dtype {array.dtype} do not fit.", _REMEDY)
        values = decoded(name, array.data, expected.shape, expected.dtype)
        if not is_finite(values):
            raise UpdateRefusedError(f"{name}: holds values that are not finite.", _REMEDY)
        arrays[name] = values
    return arrays


def _by_vector(arrays: _Floats) -> dict[str, Arrays]:
    """Name of each vector -> what goes into it: the model, and what is beside it."""
    beside = {name: value for name, value in arrays.items() if name.startswith(CONTROL)}
    model = {name: value for name, value in arrays.items() if name not in beside}
    return {
        kind + sha256_of([[name, list(part[name].shape)] for name in sorted(part)]): part
        for kind, part in ((PARAMETERS, model), (CONTROL, beside))
        if part
    }


def _vector(arrays: Arrays) -> Array:
    """As of NumPy's own, without a second copy of all values on the way."""
    from flwr.app import Array

    size = sum(value.size for value in arrays.values())
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f4", "fortran_order": False, "shape": (size,)})
    values = (np.ascontiguousarray(arrays[name], np.float32).data for name in sorted(arrays))
    return Array("float32", (size,), _STORED_AS, b"".join([head.getvalue(), *values]))


def decoded(name: str, data: bytes, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """The array in NumPy's file format that `data` must hold: read-only, in the memory of `data`.

    Its own header is not believed, but compared.

    NumPy's reader is not asked: it takes other formats as well, and makes room for whatever a header claims.

    Raises:
        UpdateRefusedError: it holds anything but one array of this shape and dtype.
    """
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        fits = read(stream) == (shape, False, dtype)
    except _BAD_HEADER:
        fits = False
    if not fits or len(data) != stream.tell() + math.prod(shape) * dtype.itemsize:
        raise UpdateRefusedError(f"{name}: does not hold {dtype} values of shape {shape}.", _REMEDY)
    return np.frombuffer(data, dtype, offset=stream.tell()).reshape(shape)


def is_finite(values: NDArray[Any]) -> bool:
    """Whether all are. Extremes are not if any value is not: no room is made for an answer about each."""
    return not values.size or bool(np.isfinite(values.min()) and np.isfinite(values.max()))


def joined(arrays: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """All values as one vector, in the order of the names."""
    return np.concatenate([arrays[name].reshape(-1) for name in sorted(arrays)])


def split(flat: NDArray[np.float32], like: Mapping[str, NDArray[Any]]) -> Arrays:
    """What `joined` joined, with the names and shapes of `like`, in the memory of the vector."""
    names = sorted(like)
    ends = np.cumsum([like[name].size for name in names])
    parts = np.split(flat, ends[:-1])
    return {name: part.reshape(like[name].shape) for name, part in zip(names, parts, strict=True)}


def l2_norm(arrays: Arrays) -> float:
    """Over all values of all arrays."""
    return math.sqrt(sum(float(np.square(value, dtype=np.float64).sum()) for value in arrays.values()))


def within_norm(arrays: Arrays, bound: float) -> Arrays:
    """The arrays, scaled down together if their L2 norm is above `bound`."""
    norm = l2_norm(arrays)
    if norm <= bound:
        return arrays
    return {name: (value * (bound / norm)).astype(np.float32) for name, value in arrays.items()}


def record_bytes(record: ArrayRecord) -> int:
    """Payload bytes of a record."""
    return sum(len(array.data) for array in record.values())

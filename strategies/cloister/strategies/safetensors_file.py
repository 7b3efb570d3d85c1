"""Arrays as the content of a safetensors file: what the library's own `save` gives, with one copy of them, not two.

The format: 8 bytes of the header's length, little-endian; the header, JSON, with each array's type, shape and place;
the arrays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

_TYPES = {"float32": ("F32", "<f4"), "uint32": ("U32", "<u4")}


def encoded(arrays: Mapping[str, NDArray[np.float32] | NDArray[np.uint32]], metadata: Mapping[str, str]) -> bytes:
    """The content of a file.

    Args:
        arrays: float32 or uint32, of any shapes.
        metadata: texts by name, for the header.
    """
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    parts: list[memoryview] = []
    end = 0
    for name, array in arrays.items():
        kind, written = _TYPES[array.dtype.name]
        part = array.astype(written, order="C", copy=False).reshape(-1).view(np.uint8).data
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [end, end + len(part)]}
        parts.append(part)
        end += len(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return b"".join((len(text).to_bytes(8, "little"), text, *parts))

"""The encodings by the names that studies give them."""

from __future__ import annotations

from cloister.study.compression.bfloat16 import Bfloat16
from cloister.study.compression.encoding import Encoding
from cloister.study.compression.int8 import Int8
from cloister.study.compression.random_k import RandomK
from cloister.study.compression.top_k import TopK
from cloister.study.schema import Study


def encoding_of(study: Study, number: int, size: int) -> Encoding | None:
    """How a study has single updates encoded that leave without masks; None if they leave as they are.

    Args:
        study: its compression.
        number: the round.
        size: values of an update.
    """
    compression = study.federation.compression
    if compression is None:
        return None
    if compression.encoding == "bfloat16":
        return Bfloat16(size)
    if compression.encoding == "int8":
        return Int8(size)
    assert compression.one_in is not None  # noqa: S101 - the schema requires it of the others
    if compression.encoding == "top-k":
        return TopK(size, compression.one_in)
    return RandomK(size, compression.one_in, study.sha256, number)

"""How large a message of Flower's is once it is put together: an array may name one chunk of its own many times over.

What it uses of Flower is private, and Flower's version pinned; `tests/server/test_unblocked_grid.py` holds it to that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from flwr.app import Array
from flwr.supercore.inflatable.inflatable_object import get_object_body, get_object_head_values_from_object_content

_MOST_OF_AN_ARRAY = 4 * 2**20
"""Bytes that tell which chunks an array is made of: 20,000 names of them. Flower cuts arrays into chunks of 5 MiB."""


def unpacked_bytes(content: Mapping[str, bytes]) -> int:
    """How many bytes a message's arrays take together, before any of them is put together.

    Args:
        content: the message's parts by their names, as they came.

    Raises:
        ValueError: an array names more chunks than any has, or none that came.
    """
    return sum(_unpacked(part, content) for part in content.values())


def _unpacked(part: bytes, content: Mapping[str, bytes]) -> int:
    kind, chunks, _ = get_object_head_values_from_object_content(part)
    if kind != Array.__qualname__:
        return 0
    if len(part) > _MOST_OF_AN_ARRAY:
        raise ValueError("an array of too many chunks")
    try:
        places = json.loads(get_object_body(part, Array))["arraychunk_ids"]
        return sum(len(content[chunks[place]]) for place in places)
    except (LookupError, TypeError, RecursionError):
        raise ValueError("an array of chunks that did not come") from None

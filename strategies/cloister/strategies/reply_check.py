"""What a reply may hold, checked before anything in it is decoded.

Flower has received a reply in full when this sees it, so the memory for one is spent; what is refused here is never
decoded, copied or counted.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from flwr.app import Message, RecordDict

from cloister.study.errors import UpdateRefusedError

AT_ONCE = 32 * 2**20
"""Bytes of replies in memory at one time; a single one may be larger."""
_BESIDE_ARRAYS = 2**20
"""Bytes: more than the keys, shares and signatures of a site among a thousand."""


def check_reply(content: RecordDict, records: AbstractSet[str], array_bytes: int) -> None:
    """Refuse a reply that holds anything else, or more, than was asked for.

    Args:
        content: the reply.
        records: names of the records that it may hold.
        array_bytes: bytes that its arrays may have.

    Raises:
        UpdateRefusedError: naming the record, or the size.
    """
    remedy = "The site must run the same version of Cloister."
    strange = sorted(set(content) - records)
    if strange:
        raise UpdateRefusedError(f"{strange[0]!r}: not a record that was asked for.", remedy)
    size = content_bytes(content)
    if size > array_bytes + _BESIDE_ARRAYS:
        raise UpdateRefusedError(f"{size} bytes, where at most {array_bytes + _BESIDE_ARRAYS} are expected.", remedy)


def empty(reply: Message) -> None:
    """Let go of the arrays. Flower's records refer to themselves, so they would stay until a garbage collection."""
    if reply.has_content():
        for record in reply.content.array_records.values():
            record.clear()


def content_bytes(content: RecordDict) -> int:
    """Payload bytes of a message."""
    total = sum(len(array.data) for record in content.array_records.values() for array in record.values())
    total += sum(_bytes(value) for record in content.config_records.values() for value in record.values())
    return total + sum(_bytes(value) for record in content.metric_records.values() for value in record.values())


def _bytes(value: object) -> int:
    if isinstance(value, list):
        return sum(_bytes(part) for part in value)
    return len(value) if isinstance(value, bytes | str) else 8

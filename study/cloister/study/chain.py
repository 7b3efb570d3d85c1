"""The chain that makes a history unforgeable: link n = HMAC-SHA256(key, link n-1 || content n).

The privacy ledger and the audit logs are such histories, each under a key of its own that nobody else has. So one value
is both hash chain and signature: who does not have the key can neither change, add, leave out nor reorder an entry.
What a chain cannot show is that its end is missing (see `anchor.py`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydantic_core import from_json

DOMAIN = b"cloister/v1/ledger\n"
FIRST_LINK = bytes(32)
Row = tuple[int, bytes, bytes]
"""Sequence, content, link."""
_BATCH = 512
"""Entries checked and parsed at once: a million verify in seconds because they are, and are dropped before the next."""


class BrokenChainError(Exception):
    """An entry is not what the site wrote; the message names it."""


class Chain:
    """Makes and checks links under one key."""

    def __init__(self, key: bytes) -> None:
        # HMAC with its two key blocks hashed once (RFC 2104, section 4): half the time of one that starts anew.
        block = key.ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + DOMAIN)
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def link(self, previous: bytes, content: bytes) -> bytes:
        """The link of an entry that follows `previous`, 32 bytes: HMAC-SHA256(key, DOMAIN || previous || content)."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(previous + content)
        outer.update(inner.digest())
        return outer.digest()

    def checked(self, rows: Iterator[Row], last: int, link: bytes) -> Iterator[tuple[list[dict[str, Any]], bytes]]:
        """Entries in batches, each yielded only after all of it was checked.

        Args:
            rows: as read from the file, in the order of their sequence.
            last: sequence of the entry before them.
            link: that entry's link.

        Yields:
            The entries' values, and the last one's link.

        Raises:
            BrokenChainError: naming the first entry that is altered, missing or out of order.
        """
        while batch := list(islice(rows, _BATCH)):
            links = self._links(batch, last, link)
            joined = b"[" + b",".join(content for _, content, _ in batch) + b"]"
            entries: list[dict[str, Any]] = from_json(joined, cache_strings="keys")
            # The chain fixes every place; this only ties the numbers that people read to it.
            if entries[-1]["sequence"] != last + len(batch):
                raise BrokenChainError(f"entry {last + len(batch)} is out of place")
            last, link = last + len(batch), links[-1]
            yield entries, link

    def _links(self, batch: list[Row], last: int, link: bytes) -> list[bytes]:
        numbers, contents, stored = zip(*batch, strict=True)
        for right, given in enumerate(numbers, last + 1):
            if given != right:
                raise BrokenChainError(f"entry {right} is missing")
        links: list[bytes] = []
        for sequence, (content, of_file) in enumerate(zip(contents, stored, strict=True), last + 1):
            if not isinstance(content, bytes) or not isinstance(of_file, bytes):
                raise BrokenChainError(f"entry {sequence} was altered")
            link = self.link(link, content)
            links.append(link)
        if not hmac.compare_digest(b"".join(links), b"".join(stored)):
            wrong = next(n for n, pair in enumerate(zip(links, stored, strict=True)) if pair[0] != pair[1])
            raise BrokenChainError(f"entry {last + 1 + wrong} was altered, or written with another key")
        return links

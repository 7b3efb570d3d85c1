"""Canonical JSON and its SHA-256: the identity of studies, manifests and certificates.

Keys sorted, no white space, UTF-8, no NaN: two documents that say the same have the same bytes. (The rules of
RFC 8785 restricted to what our documents hold; floats are written by Python's shortest repr.)
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path


def canonical_json(value: object) -> bytes:
    """The canonical bytes of a JSON-like value.

    Raises:
        ValueError: if the value holds NaN or an infinity.
        TypeError: if the value holds something that JSON cannot say.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def sha256_of(value: object) -> str:
    """SHA-256 of a value's canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def sha256_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

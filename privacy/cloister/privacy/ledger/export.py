r"""A copy of the ledger for an auditor, who can verify it without the site key and without Cloister.

One line of JSON each. The first names the ledger, the number of entries, the head of a plain SHA-256 chain over them,
and carries an Ed25519 signature; the others are the entries as they stand in the ledger, oldest first:

    head 0 = "0" * 64;    head n = hex(SHA-256(head n-1 || line n))
    signature over  cloister/v1/ledger-export \n ledger \n entries \n head

The signing key is derived from the site key. Its public half does not change, so an auditor who has it from the site
once (`cloister site ledger --json`) knows every later export. Patients do not appear: a population is a count and a
hash of keyed hashes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloister.study import atomic
from cloister.study.errors import LedgerError
from cloister.study.keys import SiteKey, keyed_hash

FIRST_HEAD = "0" * 64


def public_key(site_key: SiteKey) -> str:
    """The key that verifies this site's exports, 64 hexadecimal digits."""
    return _public_hex(_signing_key(site_key.subkey("ledger-chain")))


def write_export(path: Path, ledger: str, key_id: str, key: bytes, contents: Sequence[bytes]) -> int:
    """Write an export; an existing file is replaced.

    Args:
        path: the file to write.
        ledger: the ledger's id.
        key_id: the site key's public name.
        key: the ledger's key.
        contents: the entries' canonical bytes, oldest first.

    Returns:
        How many entries were written.

    Raises:
        LedgerError: the file cannot be written.
    """
    head, count = FIRST_HEAD, len(contents)
    for content in contents:
        head = hashlib.sha256(head.encode() + content).hexdigest()
    signing = _signing_key(key)
    first = {
        "format": "cloister-ledger-export-1",
        "ledger": ledger,
        "key_id": key_id,
        "entries": count,
        "head": head,
        "public_key": _public_hex(signing),
        "signature": signing.sign(f"cloister/v1/ledger-export\n{ledger}\n{count}\n{head}".encode()).hex(),
    }
    try:
        atomic.write_bytes(path, b"\n".join([json.dumps(first).encode(), *contents, b""]))
    except OSError as problem:
        raise LedgerError(
            f"{path}: cannot be written: {problem.strerror}.", "Check the folder and its space."
        ) from None
    return count


def _signing_key(key: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keyed_hash(key, "cloister/v1/ledger-export-key"))


def _public_hex(signing: Ed25519PrivateKey) -> str:
    return signing.public_key().public_bytes_raw().hex()

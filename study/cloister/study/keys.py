"""The site key and the sub-keys made from it.

A site has one secret of 32 random bytes. Everything keyed is done with a sub-key: HKDF-SHA256 (RFC 5869) from the
site key, with an `info` that names the purpose and, where there is one, the collection. Sub-keys for different
purposes or collections are independent, so two collections cannot be joined by their pseudonyms.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cloister.study import atomic
from cloister.study.errors import InputError, MissingFileError

KEY_BYTES = 32

Purpose = Literal[
    "patient",  # pseudonymous patient keys, one collection
    "date-shift",  # date shifts, one collection
    "uid",  # DICOM UIDs, one collection
    "surrogate",  # replacements of other identifiers, one collection
    "reference",  # ids in quarantine and logs, one collection
    "certificate",  # signatures of certificates
    "population",  # sealing of the map from patient keys to ledger ids
    "ledger-patient",  # the ledger's own patient ids, across collections
    "ledger-chain",  # signatures of ledger entries
    "approval",  # signatures of study approvals
    "enrolment",  # signatures of accepted enrolments
    "audit-chain",  # signatures of entries of the audit log
    "identity",  # the Ed25519 identity that signs what the site sends
    "reply",  # sealing of replies that are kept until their round is over
    "preflight",  # signatures of pre-flight reports that are kept for later messages
    "plan",  # signatures of calibrated plans that are kept for later messages
]


@dataclass(frozen=True)
class SiteKey:
    """A site's secret. It never leaves the site and never appears in a repr or a log."""

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise InputError(
                f"A site key has {KEY_BYTES} bytes; this one has {len(self.secret)}.",
                "Create one with `cloister site init`, and never edit it.",
            )

    def __repr__(self) -> str:
        return f"SiteKey(id={self.key_id})"

    @classmethod
    def generate(cls) -> SiteKey:
        """A new key from the operating system's random source."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def read(cls, path: Path) -> SiteKey:
        """Read a key file: 64 hexadecimal digits.

        Raises:
            MissingFileError: there is no such file.
            InputError: the file does not hold a key.
        """
        try:
            text = path.read_text(encoding="ascii").strip()
            return cls(bytes.fromhex(text))
        except FileNotFoundError:
            remedy = "Name the key that `cloister site init` made; if it is lost, restore its backup."
            raise MissingFileError(path, "site key", remedy) from None
        except ValueError:
            raise InputError(
                f"{path}: not a site key (64 hexadecimal digits expected).",
                "Restore the key from its backup, or create a new one with `cloister site init`.",
            ) from None

    def write(self, path: Path) -> None:
        """Write the key file, readable by its owner only. An existing file is never overwritten.

        Raises:
            InputError: the file exists.
        """
        if path.exists():
            raise InputError(f"{path}: exists already.", "A key is never overwritten: move it away first.")
        atomic.write_bytes(path, self.secret.hex().encode() + b"\n", mode=0o600)

    @property
    def key_id(self) -> str:
        """16 hexadecimal digits that name the key without revealing it."""
        return self._derive(b"cloister/v1/key-id").hex()[:16]

    def subkey(self, purpose: Purpose, collection: str = "") -> bytes:
        """32 bytes for one purpose and, if given, one collection."""
        name = collection.encode()
        info = b"cloister/v1/" + purpose.encode() + b"/" + len(name).to_bytes(4, "big") + name
        return self._derive(info)

    @property
    def identity(self) -> Ed25519PrivateKey:
        """The site's signing identity; its public half stands in studies that use secure aggregation."""
        return Ed25519PrivateKey.from_private_bytes(self.subkey("identity"))

    def _derive(self, info: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self.secret)


def keyed_hash(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA256 of a sequence of strings, each preceded by its length so that no two sequences collide.

    Names of files may hold bytes that are not UTF-8, and ids half a character: these are told apart too.
    """
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    message = b"".join(piece for part in encoded for piece in (len(part).to_bytes(8, "big"), part))
    return hmac.digest(key, message, "sha256")

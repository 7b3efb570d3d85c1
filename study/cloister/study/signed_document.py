"""Documents that carry a signature: who wrote it, that nobody changed it, and what kind of document it is.

    {"format": "cloister/signed-study/1", "body": {…}, "public_key": "<hex>", "signature": "<hex>"}

The signature is Ed25519 (RFC 8032) over `format`, a line end and the body's canonical JSON: the format is the domain,
so a signature under one kind of document is none under another, nor under another version of it. A document is small;
one that is not is refused before it is parsed.
"""

from __future__ import annotations

import hmac
import re
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cloister.study.canonical import canonical_json
from cloister.study.errors import CloisterError
from cloister.study.untrusted_json import parse_json

LARGEST: Final = 1024 * 1024
"""Bytes of a signed document."""

_KEYS = {"format", "body", "public_key", "signature"}


def sign(document_format: str, body: dict[str, Any], key: Ed25519PrivateKey) -> bytes:
    """The signed document's bytes: canonical JSON and a line end.

    Args:
        document_format: its kind and version, such as `cloister/signed-study/1`.
        body: what it says, as plain JSON values.
        key: the signer's.
    """
    public = key.public_key().public_bytes_raw().hex()
    signature = key.sign(_message(document_format, body)).hex()
    return (
        canonical_json({"format": document_format, "body": body, "public_key": public, "signature": signature}) + b"\n"
    )


def open_signed(
    content: bytes, document_format: str, error: type[CloisterError], source: str, signer: str | None = None
) -> tuple[dict[str, Any], str]:
    """The body of a signed document and its signer's public key.

    Args:
        content: the document's bytes, from anywhere.
        document_format: the only format that is accepted.
        error: the kind of error to raise.
        source: what to call the document in errors.
        signer: the public key that must have signed, 64 hexadecimal digits. None only where the caller compares the
            signer with what people told each other: the signature then says no more than that the signer agrees.

    Raises:
        CloisterError: of the given kind: not such a document, altered, or signed by another key.
    """
    remedy = "Have it sent again, by another way, and compare fingerprints by voice."
    try:
        if len(content) > LARGEST:
            raise ValueError
        document = parse_json(content.decode())
        body, public = document["body"], document["public_key"]
        if document.keys() != _KEYS or not isinstance(body, dict):
            raise ValueError
        if document["format"] != document_format:
            wrong = "Check that it is the right file; if it is, install the same version at both ends."
            raise error(f"{source}: is not of the format {document_format}.", wrong)
        if not re.fullmatch(r"[0-9a-f]{64}", public, re.ASCII):
            raise ValueError
        message, signature = _message(document_format, body), bytes.fromhex(document["signature"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise error(f"{source}: not a signed document.", remedy) from None
    if signer is not None and not hmac.compare_digest(public, signer):
        raise error(f"{source}: signed by another key than the one that is known here.", remedy)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise error(f"{source}: the signature does not fit: it was altered.", remedy) from None
    return body, public


def _message(document_format: str, body: dict[str, Any]) -> bytes:
    return document_format.encode() + b"\n" + canonical_json(body)

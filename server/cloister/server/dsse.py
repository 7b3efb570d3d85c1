"""DSSE envelopes (Dead Simple Signing Envelope, protocol 1.0.2, secure-systems-lab), with one Ed25519 signature.

    PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body

is what the signature covers; LEN is the number of bytes in decimal. Beside the protocol's rules, an envelope is taken
only in the form in which it is written here, byte for byte: nothing in it is beyond the signature.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cloister.study.canonical import canonical_json
from cloister.study.errors import EvidenceError
from cloister.study.untrusted_json import parse_json


def seal(payload: bytes, payload_type: str, key: Ed25519PrivateKey) -> bytes:
    """The envelope of a payload: canonical JSON and a line end."""
    signature = key.sign(pae(payload_type, payload))
    return _envelope(payload, payload_type, key.public_key().public_bytes_raw(), signature)


def open_envelope(envelope: bytes, payload_type: str, public_key: str) -> bytes:
    """The payload that this key signed under this type.

    Args:
        envelope: its bytes, from anywhere.
        payload_type: the only type that is accepted.
        public_key: Ed25519, 64 hexadecimal digits.

    Raises:
        EvidenceError: not an envelope of this type, altered, or signed by another key.
    """
    public = bytes.fromhex(public_key)
    try:
        document = parse_json(envelope.decode())
        payload = base64.b64decode(document["payload"], validate=True)
        (signed,) = document["signatures"]
        signature = base64.b64decode(signed["sig"], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, pae(payload_type, payload))
    except InvalidSignature:
        raise EvidenceError(
            "The envelope is not signed by this coordinator, or was altered.", "Get the release again, from its source."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise EvidenceError("Not a DSSE envelope.", "Get the release again, from its source.") from None
    if not hmac.compare_digest(envelope, _envelope(payload, payload_type, public, signature)):
        raise EvidenceError("The envelope was altered beside its payload.", "Get the release again, from its source.")
    return payload


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: what is signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _envelope(payload: bytes, payload_type: str, public: bytes, signature: bytes) -> bytes:
    signed = {"keyid": hashlib.sha256(public).hexdigest(), "sig": base64.b64encode(signature).decode()}
    document = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": payload_type,
        "signatures": [signed],
    }
    return canonical_json(document) + b"\n"

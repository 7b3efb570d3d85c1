"""A site's proof that it is the site it says: its signature over the coordinator's challenge.

Flower tells a coordinator nodes by number, and every enrolled node may answer. So that none can take another's place,
a node signs its name, its own number and a fresh challenge with the identity that the roster lists for that name
(Ed25519, RFC 8032). The number keeps one site from passing on another's proof as its own; the first line is the
domain, which no other signature here begins with.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cloister.study.canonical import canonical_json

CHALLENGE_KEY: Final = "challenge"
PROOF_KEY: Final = "proof"
PROOF_BYTES: Final = 64
_DOMAIN = b"cloister/identity-proof/1\n"
_CHALLENGE = re.compile(r"[0-9a-f]{64}")


def new_challenge() -> str:
    """256 bits from the operating system, as 64 hexadecimal digits."""
    return secrets.token_hex(32)


def is_challenge(value: object) -> bool:
    """Whether a value has the form of a challenge; nothing else is ever signed."""
    return isinstance(value, str) and _CHALLENGE.fullmatch(value) is not None


def prove(identity: Ed25519PrivateKey, site: str, node: int, challenge: str) -> bytes:
    """The signature, `PROOF_BYTES` long.

    Args:
        identity: the site's.
        site: its public name.
        node: the number that Flower knows this node by.
        challenge: the coordinator's; the caller has checked its form.
    """
    return identity.sign(_message(site, node, challenge))


def is_proof(proof: object, identity: str, site: str, node: int, challenge: str) -> bool:
    """Whether `proof` is what the owner of `identity` (64 hexadecimal digits) answers this challenge at this node."""
    if not isinstance(proof, bytes):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(identity)).verify(proof, _message(site, node, challenge))
    except InvalidSignature:
        return False
    return True


def _message(site: str, node: int, challenge: str) -> bytes:
    return _DOMAIN + canonical_json({"site": site, "node": node, "challenge": challenge})

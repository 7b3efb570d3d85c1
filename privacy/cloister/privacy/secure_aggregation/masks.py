"""Masks: 32-bit words from AES-256 in counter mode, and the keys that two sites agree on.

A mask key is used once, for one round of one run, so the counter always starts at zero.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cloister.privacy.secure_aggregation.fixed_point import Words
from cloister.study.canonical import canonical_json
from cloister.study.errors import SecureAggregationError

KEY_BYTES = 32
_PIECE = 1 << 16
"""Words made at once: few enough to stay in the processor's cache until they are added."""


def pair_key(private: bytes, public: bytes, purpose: str, run_id: str, number: int, pair: tuple[str, str]) -> bytes:
    """The key of two sites: HKDF-SHA256 over their X25519 secret, bound to purpose, run, round and both names.

    Args:
        private: own X25519 private key, 32 bytes.
        public: the other's public key, 32 bytes.
        purpose: "mask" or "seal".
        run_id: the run.
        number: the round.
        pair: both names; their order does not matter.

    Raises:
        SecureAggregationError: the public key is a point of small order.
    """
    try:
        shared = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise SecureAggregationError(
            "A site's public key gives no shared secret.", "Exclude the site that sent it."
        ) from None
    info = b"cloister/v1/secagg/pair/" + canonical_json([purpose, run_id, number, *sorted(pair)])
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(shared)


def own_mask_key(seed: bytes, run_id: str, number: int, site: str) -> bytes:
    """The key of a site's own mask, from its seed."""
    info = b"cloister/v1/secagg/own/" + canonical_json([run_id, number, site])
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(seed)


def add_mask(vector: Words, key: bytes, sign: int) -> None:
    """Add (sign 1) or subtract (sign -1) a key's mask, in place, modulo 2^32."""
    start = 0
    for mask in mask_pieces(key, len(vector)):
        part = vector[start : start + len(mask)]
        (np.add if sign > 0 else np.subtract)(part, mask, out=part)
        start += len(mask)


def mask_pieces(key: bytes, size: int) -> Iterator[Words]:
    """A key's mask of `size` words, piece by piece in one place: a piece is gone when the next one is asked for."""
    cipher = Cipher(AES(key), CTR(bytes(16))).encryptor()
    zeros = memoryview(bytes(4 * min(_PIECE, size)))
    stream = bytearray(len(zeros))
    for start in range(0, size, _PIECE):
        words = min(_PIECE, size - start)
        cipher.update_into(zeros[: 4 * words], stream)
        yield np.frombuffer(stream, "<u4", words)

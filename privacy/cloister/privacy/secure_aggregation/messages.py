"""What sites and coordinator say to each other, and the bytes that are signed.

Every signature covers a domain string, the run, the round and the signer's name, so that none can be replayed as
another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from cloister.privacy.secure_aggregation.fixed_point import Words
from cloister.study.canonical import canonical_json

Identities = Mapping[str, bytes]
"""Site -> its enrolled Ed25519 public key, 32 bytes: the study's signed roster."""


@dataclass(frozen=True)
class RoundId:
    """Which round of which run; part of every key and every signature."""

    run_id: str
    number: int


@dataclass(frozen=True)
class Advertisement:
    """A site's public keys for one round.

    Args:
        site: who.
        sealing_key: X25519 public key under which peers seal its shares.
        mask_key: X25519 public key from which pairwise masks come.
        seed_commitment: SHA-256 of the seed of its own mask.
        signature: of the site's identity over the rest.
    """

    site: str
    sealing_key: bytes
    mask_key: bytes
    seed_commitment: bytes
    signature: bytes

    def signed_bytes(self, round_id: RoundId) -> bytes:
        """What the signature covers."""
        fields = [self.site, self.sealing_key.hex(), self.mask_key.hex(), self.seed_commitment.hex()]
        return b"cloister/v1/secagg/advertise/" + canonical_json([round_id.run_id, round_id.number, *fields])

    def is_genuine(self, round_id: RoundId, identities: Identities) -> bool:
        """Whether the site's enrolled identity signed it for this round."""
        return _verifies(identities.get(self.site), self.signature, self.signed_bytes(round_id))

    @property
    def is_usable(self) -> bool:
        """Whether the others can do their part with it: both keys give a secret, and a seed can have the commitment."""
        return (
            _gives_secret(self.sealing_key)
            and _gives_secret(self.mask_key)
            and len(self.seed_commitment) == hashlib.sha256().digest_size
        )


@dataclass(frozen=True)
class MaskedVector:
    """A site's masked vector, and its signature over the round's set-up as it saw it."""

    site: str
    vector: Words
    signature: bytes


@dataclass(frozen=True)
class Revealed:
    """A site's answer to the request to unmask: for each peer a share of one of its two secrets.

    Args:
        site: who answers.
        seeds: peer whose vector is in the sum -> share of the seed of its own mask.
        mask_keys: peer that dropped out -> share of its private mask key.
    """

    site: str
    seeds: Mapping[str, bytes]
    mask_keys: Mapping[str, bytes]


def seed_commitment(seed: bytes) -> bytes:
    """What a site advertises of its seed: a wrong share of it will be noticed."""
    return hashlib.sha256(b"cloister/v1/secagg/seed/" + seed).digest()


def set_up_digest(round_id: RoundId, advertisements: Iterable[Advertisement], cohort: Iterable[str]) -> bytes:
    """SHA-256 of the round's set-up: all advertisements with their signatures, and the cohort. Order is no matter."""
    adverts = sorted((ad.signed_bytes(round_id).hex(), ad.signature.hex()) for ad in advertisements)
    content = canonical_json([round_id.run_id, round_id.number, adverts, sorted(cohort)])
    return hashlib.sha256(b"cloister/v1/secagg/set-up/" + content).digest()


def sign_set_up(identity: Ed25519PrivateKey, site: str, digest: bytes) -> bytes:
    """A site's word that it masked under this set-up."""
    return identity.sign(_agreement(site, digest))


def agrees(site: str, digest: bytes, signature: bytes, identities: Identities) -> bool:
    """Whether a site signed this set-up."""
    return _verifies(identities.get(site), signature, _agreement(site, digest))


def _agreement(site: str, digest: bytes) -> bytes:
    return b"cloister/v1/secagg/agree/" + canonical_json([site, digest.hex()])


def _gives_secret(public: bytes) -> bool:
    """Not so for another length or a point of small order, whatever the private key."""
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        return False
    return True


def _verifies(public: bytes | None, signature: bytes, message: bytes) -> bool:
    if public is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True

"""Who is in a dataset, for the site's own ledger only.

A dataset names patients by keys that hold within one collection. The ledger has to recognise a patient across
collections, so the de-identification also writes `population.sealed`: the map from patient key to the ledger's
own id of that patient, encrypted (AES-256-GCM) under a sub-key of the site key. Without the site key it is noise,
and two collections still cannot be joined.
"""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cloister.study import atomic
from cloister.study.canonical import canonical_json
from cloister.study.errors import CertificateError, MissingFileError
from cloister.study.keys import SiteKey, keyed_hash

POPULATION_FILE = "population.sealed"
_MAGIC = b"cloister-population-1\n"
_NONCE_BYTES = 12


def is_record_number(text: str) -> bool:
    """Whether a text can be a patient's record number: there is a letter or a digit in it, of any script.

    `½`, `²` and `①` are numbers to Unicode, but neither: nobody issues them, and they are easily taken for others.
    """
    return any(character.isalpha() or character.isdecimal() for character in text)


def canonical_patient(issuer: str, record_number: str) -> tuple[str, str]:
    """The canonical form of a patient: issuer and normalised record number.

    Case, white space, punctuation and leading zeros do not distinguish patients.
    """
    kept = "".join(character for character in record_number.upper() if character.isalnum())
    return issuer.strip().casefold(), kept.lstrip("0") or kept[:1]


def patient_key(site_key: SiteKey, collection: str, issuer: str, record_number: str) -> str:
    """A patient's pseudonym in one collection: 26 characters of base32 (128 bits)."""
    digest = keyed_hash(site_key.subkey("patient", collection), *canonical_patient(issuer, record_number))
    return base64.b32encode(digest[:16]).decode().rstrip("=")


def ledger_id(site_key: SiteKey, issuer: str, record_number: str) -> str:
    """A patient's id in the site's ledger: the same in every collection; it never leaves the site."""
    return keyed_hash(site_key.subkey("ledger-patient"), *canonical_patient(issuer, record_number)).hex()[:32]


def write_population(folder: Path, site_key: SiteKey, collection: str, members: dict[str, str]) -> None:
    """Seal the map {patient key: ledger id} into `folder`."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(site_key.subkey("population", collection)).encrypt(nonce, canonical_json(members), _MAGIC)
    atomic.write_bytes(folder / POPULATION_FILE, _MAGIC + nonce + sealed, mode=0o600)


def read_population(folder: Path, site_key: SiteKey, collection: str) -> dict[str, str]:
    """Open the sealed map {patient key: ledger id}.

    Raises:
        MissingFileError: the dataset has no sealed population.
        CertificateError: it was sealed with another key, for another collection, or altered; or a patient in it has
            no key.
    """
    path = folder / POPULATION_FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise MissingFileError(path, "sealed population", "Run the de-identification again.") from None
    body = content.removeprefix(_MAGIC)
    try:
        if len(body) == len(content):
            raise InvalidTag
        key = site_key.subkey("population", collection)
        opened = AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], _MAGIC)
    except (InvalidTag, ValueError):
        raise CertificateError(
            f"{path}: cannot be opened with this site's key (id {site_key.key_id}).",
            "The file was altered or made with another key: run the de-identification again with this one.",
        ) from None
    members: dict[str, str] = json.loads(opened)
    if not all(key and value for key, value in members.items()):
        raise CertificateError(f"{path}: names a patient without a key.", "Run the de-identification again.")
    return members

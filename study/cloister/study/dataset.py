"""A dataset folder: what de-identification writes and training reads.

    notes.parquet | images.parquet | table.parquet    one row an example, each with a `patient_key`
    images/…                                          image files, named by pseudonym
    population.sealed                                 see `population.py`
    quarantine.jsonl                                  what could not be cleaned, with a reason code, without PHI
    manifest.json                                     every file with its SHA-256, tables with rows and columns
    certificate.json                                  how it was de-identified; signed with the site key

The certificate holds the manifest's SHA-256 and the manifest holds the files', so one signature covers every byte.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from cloister.study import atomic
from cloister.study.canonical import canonical_json, sha256_of, sha256_of_file
from cloister.study.document import Count, Model, read_json
from cloister.study.errors import CertificateError, DataError, MissingFileError
from cloister.study.keys import SiteKey
from cloister.study.residual_risk import ResidualRisk

MANIFEST_FILE = "manifest.json"
CERTIFICATE_FILE = "certificate.json"
QUARANTINE_FILE = "quarantine.jsonl"

Kind = Literal["notes", "images", "table"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Table(_Document):
    """One Parquet table of a dataset."""

    kind: Kind
    file: str
    rows: Count
    patients: Count
    columns: tuple[str, ...]


class File(_Document):
    """One file of a dataset."""

    sha256: Sha256
    bytes: Count


class Manifest(_Document):
    """What a dataset folder holds. Paths are relative and use `/`."""

    schema_version: Literal[1] = 1
    collection: str
    tables: tuple[Table, ...]
    files: dict[str, File]


class Engine(_Document):
    """What de-identified the data."""

    name: str
    version: str
    profile: str


class AddedDetector(_Document):
    """A detector that the site added to the engine's own."""

    name: str
    kind: str
    sha256: Sha256 = Field(description="of its model folder, or over everything that decides what it finds")
    unanswered: Count = Field(default=0, description="passages that it gave no usable answer about")


class Signature(_Document):
    """HMAC-SHA256 under the site key's `certificate` sub-key, over the canonical unsigned certificate."""

    algorithm: Literal["HMAC-SHA256"] = "HMAC-SHA256"
    key_id: str
    value: str


class Certificate(_Document):
    """How a dataset was de-identified and what may be left in it.

    `basis` tells where the claim comes from: `cloister` if this engine cleaned the data, `declared` if the data
    came de-identified from elsewhere and somebody vouches for it (public research data, for instance); a site's
    policy may refuse the latter.
    """

    schema_version: Literal[1] = 1
    collection: str
    basis: Literal["cloister", "declared"]
    engine: Engine
    created: datetime
    manifest_sha256: Sha256
    records_in: Count
    records_out: Count
    quarantined: dict[str, Count] = Field(description="reason code -> how many records")
    findings: dict[str, Count] = Field(description="identifier label -> how many were removed or replaced")
    thresholds: dict[str, float] = Field(default_factory=dict, description="identifier label -> score")
    known_identifiers_checked: Count = Field(description="identifiers of the patients' own records searched for")
    known_identifiers_surviving: Count = Field(description="of these, found verbatim in that patient's data")
    statement: str = Field(default="", description="for `declared`: origin, licence, who vouches")
    input_digest: Sha256 | None = Field(
        default=None, description="keyed digest of the raw input and the settings: the same work is not redone"
    )
    mode: Literal["surrogate", "tag"] | None = Field(default=None, description="how identifiers were replaced")
    languages: dict[str, Count] | None = Field(default=None, description="language -> notes in the dataset")
    residual_risk: ResidualRisk | None = Field(default=None, description="what may have been missed")
    detectors: tuple[AddedDetector, ...] | None = Field(default=None, description="added to the engine's own")
    signature: Signature | None = None


_ADDED_LATER = ("mode", "languages", "residual_risk", "detectors")
"""Fields that older certificates lack. Absent and None are the same, also to the signature, so those stay valid."""
_ONLY_UNCHANGED = "Run the de-identification again; a certificate holds for unchanged files only."


def build_manifest(folder: Path, collection: str, tables: tuple[Table, ...]) -> Manifest:
    """Hash every file of a dataset folder but the manifest and the certificate themselves."""
    files = {name: File(sha256=sha256_of_file(path), bytes=path.stat().st_size) for name, path in _files_of(folder)}
    return Manifest(collection=collection, tables=tables, files=files)


def write_certified(folder: Path, manifest: Manifest, certificate: Certificate, site_key: SiteKey) -> Certificate:
    """Write manifest and signed certificate. The certificate comes last: a folder without it is unfinished."""
    atomic.write_json(folder / MANIFEST_FILE, manifest.model_dump(mode="json"))
    bound = certificate.model_copy(update={"manifest_sha256": manifest_sha256(manifest), "signature": None})
    signed = bound.model_copy(update={"signature": _sign(bound, site_key)})
    atomic.write_json(folder / CERTIFICATE_FILE, signed.model_dump(mode="json"))
    return signed


def manifest_sha256(manifest: Manifest) -> str:
    """The identity of a dataset's content."""
    return sha256_of(manifest.model_dump(mode="json"))


def read_manifest(folder: Path) -> Manifest:
    """Read a dataset's manifest without verifying anything.

    Raises:
        MissingFileError: there is none.
        CertificateError: it is not a manifest.
    """
    return _read(folder / MANIFEST_FILE, Manifest)


def read_certificate(folder: Path) -> Certificate:
    """Read a dataset's certificate without verifying anything.

    Raises:
        MissingFileError: there is none.
        CertificateError: it is not a certificate.
    """
    return _read(folder / CERTIFICATE_FILE, Certificate)


def check_columns(folder: Path, table: Table, columns: Iterable[str]) -> None:
    """Check by the manifest that a table of a dataset folder has what a study reads.

    Raises:
        DataError: a column is missing.
    """
    missing = set(columns) - set(table.columns)
    if missing:
        raise DataError(
            f"{folder / table.file}: no column {min(missing)!r}; it has {', '.join(table.columns)}.",
            "Make the dataset with that column, or have the study's [data] section corrected.",
        )


def verify_dataset(folder: Path, site_key: SiteKey) -> tuple[Manifest, Certificate]:
    """Check a dataset folder: signature, manifest, and every byte of every file.

    Returns:
        The manifest and the certificate, which may then be trusted as far as the site key is.

    Raises:
        MissingFileError: manifest, certificate or a listed file is missing.
        CertificateError: anything was altered, added, or signed with another key.
    """
    manifest, certificate = verify_certificate(folder, site_key)
    verify_files(folder, manifest)
    return manifest, certificate


def verify_certificate(folder: Path, site_key: SiteKey) -> tuple[Manifest, Certificate]:
    """Check what a dataset folder says it holds: signature and manifest, not the files.

    Raises:
        MissingFileError: manifest or certificate is missing.
        CertificateError: one was altered, or signed with another key.
    """
    manifest = read_manifest(folder)
    certificate = read_certificate(folder)
    _check_signature(folder, certificate, site_key)
    if certificate.manifest_sha256 != manifest_sha256(manifest):
        raise CertificateError(f"{folder / MANIFEST_FILE}: not the manifest that was certified.", _ONLY_UNCHANGED)
    if certificate.collection != manifest.collection:
        raise CertificateError(f"{folder}: manifest and certificate name different collections.", _ONLY_UNCHANGED)
    return manifest, certificate


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Check every byte of every file of a dataset folder.

    Args:
        folder: the folder.
        manifest: its manifest, as `verify_certificate` returned it.

    Raises:
        MissingFileError: a listed file is missing.
        CertificateError: a file was altered or added.
    """
    root = os.path.realpath(folder)
    # Resolving costs as much as hashing a small file, and a dataset's files share few folders.
    # Not by `Path.resolve`, which raises a RuntimeError where a link leads to itself.
    parents = {(folder / name).parent for name in manifest.files}
    within = {parent: Path(os.path.realpath(parent)).is_relative_to(root) for parent in parents}
    for name, entry in manifest.files.items():
        path = folder / name
        if path.is_symlink() or not within[path.parent]:
            raise CertificateError(f"{path}: leads out of the dataset folder.", _ONLY_UNCHANGED)
        if not path.is_file():
            raise MissingFileError(path, "dataset file", _ONLY_UNCHANGED)
        if sha256_of_file(path) != entry.sha256:
            raise CertificateError(f"{path}: changed since it was certified.", _ONLY_UNCHANGED)
    unlisted = {name for name, _ in _files_of(folder)} - manifest.files.keys()
    if unlisted:
        raise CertificateError(f"{folder / min(unlisted)}: was added after the certificate.", _ONLY_UNCHANGED)


def _files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file but the manifest and the certificate, by its name in the manifest."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in {MANIFEST_FILE, CERTIFICATE_FILE}:
            yield name, path


def _check_signature(folder: Path, certificate: Certificate, site_key: SiteKey) -> None:
    unsigned = certificate.model_copy(update={"signature": None})
    expected = _sign(unsigned, site_key)
    given = certificate.signature
    if given is None or not hmac.compare_digest(given.value.encode(), expected.value.encode()):
        raise CertificateError(
            f"{folder / CERTIFICATE_FILE}: the signature is not this site's (key id {site_key.key_id}).",
            "The certificate was altered or made with another key: run the de-identification again.",
        )


def _sign(unsigned: Certificate, site_key: SiteKey) -> Signature:
    document = unsigned.model_dump(mode="json")
    for name in _ADDED_LATER:
        if document[name] is None:
            del document[name]
    message = b"cloister/v1/certificate\n" + canonical_json(document)
    mac = hmac.digest(site_key.subkey("certificate"), message, hashlib.sha256)
    return Signature(key_id=site_key.key_id, value=base64.b64encode(mac).decode())


def _read(path: Path, model: type[Model]) -> Model:
    invalid = CertificateError(f"{path}: not a valid {model.__name__.lower()}.", "Run the de-identification again.")
    folder = path.parent
    if folder.is_symlink():
        # What is read after it was verified would be whatever the link leads to then.
        raise CertificateError(f"{folder}: is a link.", f"Name the folder itself: {os.path.realpath(folder)}.")
    try:
        return read_json(path, model, invalid)
    except FileNotFoundError:
        remedy = "Check the dataset's path; if it is right, run the de-identification: it did not finish."
        raise MissingFileError(path, "file of a dataset", remedy) from None

"""Verifying a release, offline, with nothing but the coordinator's fingerprint. In this order:

1. `coordinator.json` is the coordinator whose fingerprint was given;
2. its key signed the evidence;
3. the evidence names exactly the files that are there, and each has the digest that it gives;
4. the same key signed the study for its roster, and it is the evidence's study;
5. each site on that roster that made a statement signed it, for this study;
6. the transcript's hashes follow from the rounds;
7. all gates pass, computed anew from study, evidence and statements;
8. the model card is the one that the evidence gives, byte for byte, where this version of Cloister made the release:
   another version writes other words, and `Verified.card_checked` says that nobody compared them.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pydantic_core import from_json

from cloister.server import release_files
from cloister.server.dsse import open_envelope
from cloister.server.evidence import PAYLOAD_TYPE, Evidence, from_in_toto
from cloister.server.gates import Gate, judge
from cloister.server.model_card import model_card
from cloister.server.release import (
    CARD_FILE,
    COORDINATOR_FILE,
    ENVELOPE_FILE,
    SBOM_FILE,
    STATEMENTS,
    STUDY_FILE,
    check_statements,
)
from cloister.server.release_files import ReleaseFiles
from cloister.server.released_weights import ADAPTER_FILE, MODEL_FILE
from cloister.study.document import check
from cloister.study.enrolment import CoordinatorIdentity
from cloister.study.errors import CloisterError, EvidenceError, InputError
from cloister.study.fingerprint import fault_of
from cloister.study.printable import printable
from cloister.study.privacy_statement import PrivacyStatement
from cloister.study.schema import Study
from cloister.study.signed_study import SIGNED_STUDY_FILE, SignedStudy

_REMEDY = "Get the release again, from its source, and compare the fingerprint by voice."


@dataclass(frozen=True)
class Verified:
    """A release that holds."""

    coordinator: CoordinatorIdentity
    study: Study
    evidence: Evidence
    statements: dict[str, PrivacyStatement]
    gates: tuple[Gate, ...]
    files: int
    card_checked: bool
    """Whether the model card was compared with the evidence; if not, the card is the coordinator's word alone."""


def verify(path: Path, fingerprint: str) -> Verified:
    """Check a release, folder or zip file.

    Args:
        path: the release.
        fingerprint: the coordinator's, words or digits, as `cloister server fingerprint` prints it there.

    Raises:
        MissingFileError: there is no release.
        EvidenceError: the first rule that does not hold.
    """
    with release_files.opened(path) as files:
        identity = _coordinator(files, fingerprint)
        payload = open_envelope(release_files.read(files, ENVELOPE_FILE), PAYLOAD_TYPE, identity.public_key)
        evidence, digests = from_in_toto(payload)
        _check_files(files, digests)
        signed, study = _study(files, identity, evidence)
        statements = _statements(files, signed)
        _check_listed(study, statements, digests)
        card = release_files.read(files, CARD_FILE)
    evidence.check_transcript()
    gates = judge(study, evidence, statements)
    for gate in gates:
        if not gate.passed:
            raise EvidenceError(f"The gate does not pass: {gate.name}: {gate.detail}.", "Ask the coordinator.")
    checked = evidence.cloister_version == metadata.version("cloister")
    if checked and card != model_card(study, evidence, statements, gates).encode():
        raise EvidenceError(f"{CARD_FILE}: does not say what the evidence says.", "Ask the coordinator.")
    return Verified(identity, study, evidence, statements, gates, len(digests) + 1, checked)


def _coordinator(files: ReleaseFiles, fingerprint: str) -> CoordinatorIdentity:
    try:
        content = from_json(release_files.read(files, COORDINATOR_FILE))
        identity = check(content, CoordinatorIdentity, InputError, COORDINATOR_FILE)
    except (ValueError, InputError):
        raise EvidenceError(f"{COORDINATOR_FILE}: does not name a coordinator.", _REMEDY) from None
    if fault := fault_of(fingerprint):
        raise EvidenceError(fault, "Give the whole of it, as the coordinator reads it out.")
    if not identity.fingerprint.matches(fingerprint):
        raise EvidenceError("The release is not of the coordinator with this fingerprint.", _REMEDY)
    return identity


def _check_files(files: ReleaseFiles, digests: dict[str, str]) -> None:
    """Rule 3."""
    unlike = files.names ^ (digests.keys() | {ENVELOPE_FILE})
    if unlike or ENVELOPE_FILE in digests:
        name = min(unlike, default=ENVELOPE_FILE)
        where = "not named by the evidence" if name in files.names else "named by the evidence, and missing"
        raise EvidenceError(f"{printable(name)}: {where}.", _REMEDY)
    for name, digest in digests.items():
        if not hmac.compare_digest(release_files.sha256(files, name), digest):
            raise EvidenceError(f"{name}: was altered.", _REMEDY)


def _study(files: ReleaseFiles, identity: CoordinatorIdentity, evidence: Evidence) -> tuple[SignedStudy, Study]:
    """Rule 4."""
    try:
        signed, study = SignedStudy.open(release_files.read(files, SIGNED_STUDY_FILE), identity.public_key)
    except CloisterError as problem:
        raise EvidenceError(problem.message, problem.remedy) from None
    shown = release_files.read(files, STUDY_FILE)
    if study.sha256 != evidence.study_sha256 or shown != study.canonical.encode() + b"\n":
        raise EvidenceError("The evidence is about another study than the signed one.", _REMEDY)
    return signed, study


def _statements(files: ReleaseFiles, signed: SignedStudy) -> dict[str, PrivacyStatement]:
    """Rule 5."""
    names = sorted(name for name in files.names if name.startswith(STATEMENTS))
    found = check_statements((release_files.read(files, name) for name in names), signed)
    if names != [f"{STATEMENTS}{site}.json" for site in sorted(found)]:
        raise EvidenceError("A statement stands under another site's name.", _REMEDY)
    return {site: opened for site, (opened, _) in found.items()}


def _check_listed(study: Study, statements: dict[str, PrivacyStatement], digests: dict[str, str]) -> None:
    """Every file is one that a release has, and none of those is missing."""
    expected = {COORDINATOR_FILE, STUDY_FILE, SIGNED_STUDY_FILE, CARD_FILE, SBOM_FILE, MODEL_FILE}
    expected |= {f"{STATEMENTS}{site}.json" for site in statements}
    expected |= {ADAPTER_FILE} if study.task.adapter else set()
    unlike = digests.keys() ^ expected
    if unlike:
        raise EvidenceError(f"{printable(min(unlike))}: does not belong to a release, or is missing.", _REMEDY)

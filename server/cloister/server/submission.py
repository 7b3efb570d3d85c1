"""Submitting a study: sign it for the sites that it names, and make the folder and the bundle that Flower runs.

studies/<name>-<first 12 digits of its SHA-256>/
    study.json coordinator.toml     the coordinator's folder of this study
    signed-study.json               for the sites, who read and approve it
    bundle/                         for `flwr run`: the same signed study, and no code
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path

from cloister.privacy.plan import PrivatePlan
from cloister.server.bundle import write_bundle
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.outdated_roster import check_revocations
from cloister.server.server_audit import record
from cloister.server.server_folder import ServerFolder
from cloister.server.server_setup import HELDOUT_KEY
from cloister.study import atomic
from cloister.study.command_text import check_path
from cloister.study.coordinator import COORDINATOR_FILE, Coordinator
from cloister.study.dataset import verify_dataset
from cloister.study.errors import EnrolmentError, MissingFileError, StudyError
from cloister.study.keys import SiteKey
from cloister.study.login_name import login_name
from cloister.study.schema import Study
from cloister.study.signed_study import SIGNED_STUDY_FILE, SignedStudy
from cloister.tasks.reading import read_examples

STUDY_FILE = "study.json"


@dataclass(frozen=True)
class Submission:
    """A study that can be run."""

    study: Study
    folder: Path
    expires: datetime

    @property
    def bundle(self) -> Path:
        """What `flwr run` takes."""
        return self.folder / "bundle"

    @property
    def signed_study(self) -> Path:
        """What sites read and approve."""
        return self.folder / SIGNED_STUDY_FILE


def submit(
    server: ServerFolder,
    study_file: Path,
    days: int,
    now: datetime,
    heldout: Sequence[Path] = (),
    base: Path | None = None,
) -> Submission:
    """Sign a study and make its folder. Submitting it again renews its time and keeps its checkpoints.

    Args:
        server: the opened folder.
        study_file: the study, TOML or canonical JSON.
        days: for how long the study may be run.
        now: the time, with its zone.
        heldout: the coordinator's own dataset folders, on which the model is judged; as before if empty.
        base: the base folder, if the study has one; as before if None.

    Raises:
        CertificateError: held-out data were altered, or are another's.
        DataError: held-out data are not what the study's data contract says: a misspelt column is found here.
        StudyError: the study is not valid, names other identities than the roster, lacks those that it needs, or has a
            target epsilon that cannot be met.
        EnrolmentError: the study names a site that is not enrolled.
        InputError: the roster is older than the audit log's revocations, or a folder's path is not UTF-8.
        TransportCertificateError: the server's certificate is not one that sites would accept.
    """
    study = Study.read(study_file)
    if study.federation.is_secure and study.federation.identities is None:
        raise StudyError(
            f"{study_file}: federation.identities is missing: secure aggregation checks every key against it.",
            "Put the lines that `cloister server roster` shows into [federation.identities].",
        )
    server.check_certificate(now)
    check_revocations(server)
    enrolled = server.roster.identities(now)
    missing = sorted(set(study.federation.sites) - enrolled.keys())
    if missing:
        raise EnrolmentError(
            f"study {study.name}: not on the roster, or no longer: {', '.join(missing)}.",
            "Enrol them with `cloister server enroll`, or take them out of `federation.sites`.",
        )
    if study.is_private:
        PrivatePlan.of_study(study)  # else every hospital would find out by itself that it cannot train
    _check_data(server, study, heldout, base)
    roster = {site: enrolled[site] for site in study.federation.sites}
    expires = now + timedelta(days=days)
    version = metadata.version("cloister")
    signed = SignedStudy.of(study, roster, server.config.name, now, expires, version).sign(server.signing_key)
    record(
        server,
        "study-submitted",
        now,
        by=login_name(),
        study=study.name,
        study_sha256=study.sha256,
        sha256=hashlib.sha256(signed).hexdigest(),
        until=expires,
    )
    folder = server.folder / "studies" / f"{study.name}-{study.sha256[:12]}"
    atomic.write_text(folder / STUDY_FILE, study.canonical + "\n")
    _configure(folder, server, heldout, base)
    submission = Submission(study, folder, expires)
    atomic.write_bytes(submission.signed_study, signed)
    write_bundle(CoordinatorFolder.open(folder), submission.bundle, signed)
    return submission


def _check_data(server: ServerFolder, study: Study, heldout: Sequence[Path], base: Path | None) -> None:
    check_path(server.folder, "--server")
    for path, option in [*((path, "--heldout") for path in heldout), *([(base, "--base")] if base else [])]:
        if not path.is_dir():
            raise MissingFileError(path, "folder")
        check_path(path, option)
    if heldout:
        key = SiteKey.read(server.folder / HELDOUT_KEY)
        for folder in heldout:
            verify_dataset(folder, key)
        read_examples(study, heldout, base)


def _configure(folder: Path, server: ServerFolder, heldout: Sequence[Path], base: Path | None) -> None:
    """Write `coordinator.toml`; held-out data or a base that are not given stay as they were."""
    before = Coordinator.read(folder) if (folder / COORDINATOR_FILE).exists() else Coordinator()
    base_folder = before.base if base is None else str(base.resolve())
    values: dict[str, object] = {
        "study": STUDY_FILE,
        "key": str((server.folder / HELDOUT_KEY).resolve()),
        "heldout": [str(path.resolve()) for path in heldout] or before.heldout,
        **({} if base_folder is None else {"base": base_folder}),
    }
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items()]
    atomic.write_text(folder / COORDINATOR_FILE, "".join(lines))

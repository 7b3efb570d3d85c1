"""What the page shows of a coordinator's server: read from its folder, and from nowhere else.

The folder's audit log is verified whenever it changed. What a study cost a site is what the rounds cost that its update
is in; rounds that were given up, which only the site's own ledger knows, come on top.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from cloister.privacy.plan import PrivatePlan
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.page.progress import Progress, read_progress
from cloister.server.release_verification import Verified, verify
from cloister.server.roster import Member
from cloister.server.server_audit import log_of, refusing_in
from cloister.server.server_folder import ServerFolder
from cloister.study.coordinator import COORDINATOR_FILE, Coordinator
from cloister.study.errors import CloisterError, InputError
from cloister.study.schema import Study

RELEASES = "releases"
"""Folder of the server's in which the page looks for releases."""
EXPIRES_SOON = timedelta(days=30)
State = Literal["submitted", "under way", "interrupted", "ended early", "failed", "finished"]


@dataclass(frozen=True)
class SiteRow:
    """One site of the roster."""

    member: Member
    holds: bool
    soon: bool
    """Whether its enrolment runs out soon."""
    last_reply: str | None
    """When the last round was finished that has its update."""
    replies: int
    failures: int


@dataclass(frozen=True)
class Budget:
    """What one study cost one site, as far as the coordinator knows."""

    site: str
    contributed: int
    failed: dict[str, int]
    """Code -> rounds, and runs that ended in a round."""
    epsilon: float | None
    """None without differential privacy."""
    planned: float | None
    """If the site joins every round."""
    refuses: str | None
    """The code for which it takes no part in a run that goes on, or took none in the last if that failed."""


@dataclass(frozen=True)
class StudyRow:
    """One submitted study."""

    key: str
    """Name of its folder, and of its page."""
    study: Study
    state: State
    progress: Progress | None
    until: str | None
    """Until when sites accept it."""
    last_event: str | None
    refusing: dict[str, str]
    """Site -> the code for which it takes no part in a run that goes on, or took none in the last if that failed."""
    lost: Counter[tuple[str, str]]
    """Site and code -> runs that ended in a round for want of the site."""

    @property
    def finished(self) -> int:
        """Rounds that are over."""
        return self.progress.finished if self.progress else 0

    @property
    def latest_metric(self) -> float | None:
        """Of the newest model."""
        return self.progress.history[-1].metrics.get(self.study.evaluation.metric) if self.progress else None

    @property
    def planned_epsilon(self) -> float | None:
        """Of a site that takes every step; None without differential privacy."""
        return max((budget.planned for budget in self.budgets if budget.planned is not None), default=None)

    @property
    def budgets(self) -> list[Budget]:
        """For each site of the roster."""
        contributed = self.progress.contributions if self.progress else {}
        failures = (self.progress.failures if self.progress else Counter()) + self.lost
        return [
            Budget(
                site,
                contributed.get(site, 0),
                {code: rounds for (failed, code), rounds in failures.items() if failed == site},
                _epsilon(self.study.canonical, site, contributed.get(site, 0)),
                _epsilon(self.study.canonical, site, self.study.rounds),
                self.refusing.get(site),
            )
            for site in self.study.federation.sites
        ]


@dataclass(frozen=True)
class Broken:
    """A study's folder or a release that cannot be read, and why."""

    key: str
    problem: str


@dataclass(frozen=True)
class Release:
    """A release whose signatures, digests and gates hold."""

    key: str
    verified: Verified


_Stamp = tuple[tuple[str, int, int], ...]
_ReleaseStamp = tuple[tuple[str, int, int, int, int], ...]


@dataclass(frozen=True)
class _Known:
    """What a study's folder holds, until one of its files changes."""

    coordinator: CoordinatorFolder
    sha256: str
    progress: Progress | None


class Federation:
    """A coordinator's server, as it is now. What was read is read again when its files changed.

    Args:
        folder: the server's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._verified: tuple[_Stamp, list[dict[str, Any]]] | None = None
        self._known: dict[str, tuple[_Stamp, _Known]] = {}

    @property
    def server(self) -> ServerFolder:
        """The folder, opened anew."""
        return ServerFolder.open(self.folder)

    def entries(self) -> list[dict[str, Any]]:
        """The audit log, oldest first, every entry verified.

        Raises:
            AuditLogError: it was altered.
        """
        log = log_of(self.server)
        stamp = _stamp(log.path)
        if self._verified is None or self._verified[0] != stamp:
            self._verified = (stamp, log.entries())
        return self._verified[1]

    def certificate_until(self, now: datetime) -> datetime:
        """When the first TLS certificate runs out.

        Raises:
            TransportCertificateError: one has.
        """
        return self.server.check_certificate(now)

    def sites(self, now: datetime) -> list[SiteRow]:
        """The roster, those that may take part first."""
        rounds = [entry for entry in self.entries() if entry["event"] == "round-finished"]
        failed = [entry["failed"] for entry in self.entries() if "failed" in entry]
        rows = []
        for member in self.server.roster.members:
            with_it = [entry["at"] for entry in rounds if member.site in entry["replied"]]
            rows.append(
                SiteRow(
                    member,
                    holds=member.holds(now),
                    soon=member.holds(now) and member.expires - now < EXPIRES_SOON,
                    last_reply=with_it[-1] if with_it else None,
                    replies=len(with_it),
                    failures=sum(member.site in sites for sites in failed),
                )
            )
        return sorted(rows, key=lambda row: (not row.holds, row.member.site))

    def studies(self) -> tuple[list[StudyRow], list[Broken]]:
        """All submitted studies, what happened last first; and the folders that are none."""
        found, broken = [], []
        entries = self.entries()
        for folder in sorted((self.folder / "studies").glob("*/")):
            try:
                found.append(self._study(folder, entries))
            except CloisterError as problem:
                broken.append(Broken(_shown(folder.name), _shown(problem.message)))
        return sorted(found, key=lambda row: row.last_event or "", reverse=True), broken

    def study(self, key: str) -> StudyRow | None:
        """One of them; None if there is none of that name."""
        folder = self.folder / "studies" / key
        known = {path.name for path in (self.folder / "studies").glob("*/")}
        return self._study(folder, self.entries()) if key in known else None

    def releases(self) -> tuple[list[Release], list[Broken]]:
        """What is in the folder of releases: those that hold, and those that do not."""
        found, broken = [], []
        for path in sorted((self.folder / RELEASES).glob("[!.]*")):
            try:
                fingerprint, stamp = self.server.identity.fingerprint.words, _release_stamp(path)
                found.append(Release(_shown(path.name), _release(path, fingerprint, stamp)))
            except CloisterError as problem:
                broken.append(Broken(_shown(path.name), _shown(problem.message)))
            except OSError as problem:
                name = _shown(path.name)
                broken.append(Broken(name, f"{name}: cannot be read ({problem.strerror})."))
        return found, broken

    def _study(self, folder: Path, entries: list[dict[str, Any]]) -> StudyRow:
        known, is_running = self._read(folder)
        study = known.coordinator.study
        mine = [entry for entry in entries if entry.get("study_sha256") == known.sha256]
        submitted = [entry for entry in mine if entry["event"] == "study-submitted"]
        return StudyRow(
            _shown(folder.name),
            study,
            _state(study, known.progress, mine, is_running=is_running),
            known.progress,
            submitted[-1]["until"] if submitted else None,
            mine[-1]["at"] if mine else None,
            refusing_in(mine, known.sha256),
            Counter(
                failed for entry in mine if entry["event"] == "run-ended" for failed in entry.get("failed", {}).items()
            ),
        )

    def _read(self, folder: Path) -> tuple[_Known, bool]:
        """What the folder holds, and whether a process runs its study."""
        try:
            known = self._current(folder)
            return known, known.coordinator.is_running
        except (OSError, ValueError) as problem:  # the latter of a name that no file can have
            remedy = "Restore what it names, or move the folder away."
            raise InputError(f"{folder}: cannot be read ({problem}).", remedy) from None

    def _current(self, folder: Path) -> _Known:
        config = Coordinator.read(folder)
        checkpoints = (folder / config.checkpoints).glob("round-*.safetensors")
        stamp = _stamp(folder / COORDINATOR_FILE, folder / config.study, *checkpoints)
        cached = self._known.get(folder.name)
        if cached is None or cached[0] != stamp:
            coordinator = CoordinatorFolder.open(folder)
            cached = (stamp, _Known(coordinator, coordinator.study.sha256, read_progress(coordinator)))
            self._known[folder.name] = cached
        return cached[1]


def _stamp(*paths: Path) -> _Stamp:
    """What changes when one of the files does."""
    found = []
    for path in sorted(paths):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(found)


def _release_stamp(path: Path) -> _ReleaseStamp:
    """What changes with any part of a release. A modification time can be set back; the change time cannot.

    Raises:
        OSError: a part is gone, or cannot be looked at.
    """
    target = Path(os.path.realpath(path))  # `resolve` raises a RuntimeError of its own at a link to itself
    found = []
    for part in (path, target, *sorted(path.rglob("*"))):
        status = part.lstat()
        found.append((str(part), status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino))
    return tuple(found)


def _state(study: Study, progress: Progress | None, entries: list[dict[str, Any]], *, is_running: bool) -> State:
    told = [entry["event"] for entry in entries if entry["event"] in {"run-started", "run-ended"}]
    if progress is not None and progress.finished >= study.rounds:
        return "finished"
    if progress is not None and progress.stopped:
        return "ended early"
    if not told:
        return "submitted"
    if told[-1] == "run-ended":
        return "failed"
    return "under way" if is_running else "interrupted"


@lru_cache(maxsize=256)
def _epsilon(study: str, site: str, rounds: int) -> float | None:
    found = Study.from_canonical(study)
    if not found.is_private:
        return None
    steps = found.accounted_steps(site)
    return PrivatePlan.of_study(found).for_steps(rounds * steps).epsilon() if rounds * steps else 0.0


@lru_cache(maxsize=64)
def _release(path: Path, fingerprint: str, stamp: _ReleaseStamp) -> Verified:
    del stamp  # verified anew whenever one of its files changed
    return verify(path, fingerprint)


def _shown(text: str) -> str:
    """What a page can send: the name of a file may hold bytes that are not UTF-8."""
    return text.encode(errors="backslashreplace").decode()


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)

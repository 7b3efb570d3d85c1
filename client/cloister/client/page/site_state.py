"""What the page and the metrics tell of a site: read from its folder, and from its running supervisor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import disk_usage
from typing import Any

from cloister.client import run_control
from cloister.client.egress_record import EgressRecord
from cloister.client.enrolment import accepted_enrolment
from cloister.client.ledger_statement import statement_of
from cloister.client.page.data_held import Held, Unreadable, data_held
from cloister.client.page.supervisor import health_of
from cloister.client.page.waiting_studies import Unusable, Waiting, studies_in
from cloister.client.site_folder import SiteFolder
from cloister.privacy.ledger import Ledger
from cloister.study.errors import EnrolmentError

_Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Left:
    """What left for one study."""

    study: str
    sha256: str | None
    answers: int
    refusals: int
    bytes: int
    last: str


class SiteState:
    """A site, as it is now. What has to be verified is verified again whenever its file changed.

    Args:
        folder: the site's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._statement: tuple[_Stamp, dict[str, Any]] | None = None
        self._answers: tuple[_Stamp, list[dict[str, Any]]] | None = None

    @property
    def site(self) -> SiteFolder:
        """The folder, opened anew."""
        return SiteFolder.open(self.folder)

    def ledger(self) -> dict[str, Any]:
        """What `cloister site ledger --json` tells.

        Raises:
            LedgerError: the ledger is not what it was.
        """
        site = self.site
        wal = site.ledger.with_name(f"{site.ledger.name}-wal")
        stamp = _stamp(site.ledger, wal, site.folder / site.config.policy)
        if self._statement is None or self._statement[0] != stamp:
            with Ledger.open(site.ledger, site.key, site.anchors) as book:
                self._statement = (stamp, statement_of(site, book))
        return self._statement[1]

    def answers(self) -> list[dict[str, Any]]:
        """What `cloister site egress --json` tells, oldest first.

        Raises:
            AuditLogError: the audit log was altered.
        """
        site = self.site
        stamp = _stamp(site.folder / "audit.sqlite")
        if self._answers is None or self._answers[0] != stamp:
            self._answers = (stamp, EgressRecord(site).entries())
        return self._answers[1]

    def left(self) -> list[Left]:
        """The same by study, what left last first."""
        by_study: dict[str | None, list[dict[str, Any]]] = {}
        for entry in self.answers():
            by_study.setdefault(entry["study_sha256"], []).append(entry)
        rows = [
            Left(
                found[-1].get("study") or "no study",
                sha256,
                sum(entry["code"] is None for entry in found),
                sum(entry["times"] for entry in found if entry["code"] is not None),
                sum(entry["bytes"] for entry in found),
                found[-1]["at"],
            )
            for sha256, found in by_study.items()
        ]
        return sorted(rows, key=lambda row: row.last, reverse=True)

    def health(self) -> dict[str, Any] | None:
        """How `cloister site run` is; None if it does not run, or has no health endpoint."""
        return health_of(self.site.config.run.health_port)

    def is_paused(self) -> bool:
        """Whether people paused the site."""
        return run_control.is_paused(self.folder)

    def enrolled_until(self) -> datetime | None:
        """Until when the enrolment holds, or held; None without one."""
        try:
            return accepted_enrolment(self.site).expires
        except EnrolmentError:
            return None

    def studies(self, now: datetime) -> tuple[list[Waiting], list[Unusable]]:
        """Signed studies that were put into the site's folder."""
        return studies_in(self.site, now)

    def data(self) -> tuple[list[Held], list[Unreadable]]:
        """The registered datasets."""
        return data_held(self.site)

    def free_bytes(self) -> int:
        """Room on the disk of the site's folder."""
        return disk_usage(self.folder).free


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def _stamp(*paths: Path) -> _Stamp:
    """What changes when a file does."""
    found = []
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:
            found.append((0, 0))
        else:
            found.append((status.st_mtime_ns, status.st_size))
    return tuple(found)

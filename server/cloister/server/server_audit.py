"""A coordinator's audit log: `audit.sqlite` in the server's folder (`study/audit_log.py` has the rules).

It is signed with a key of its own, `keys/audit.key`: the study-signing key is best kept offline, and rounds are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cloister.server.server_folder import SERVER_FILE, ServerFolder
from cloister.study.audit_entry import AuditEntry, Event
from cloister.study.audit_log import AuditLog
from cloister.study.errors import CloisterError
from cloister.study.keys import SiteKey

if TYPE_CHECKING:
    from cloister.server.coordinator_folder import CoordinatorFolder
    from cloister.strategies.server_state import RoundRecord

LOG_FILE, AUDIT_KEY = "audit.sqlite", "audit.key"


def log_of(server: ServerFolder) -> AuditLog:
    """The log of an opened server.

    Raises:
        MissingFileError: its key is missing.
    """
    return AuditLog(server.folder / LOG_FILE, SiteKey.read(server.keys / AUDIT_KEY), server.anchors)


def record(server: ServerFolder, event: Event, now: datetime, **fields: Any) -> None:
    """Log what happened at a coordinator; `fields` are those of `AuditEntry`.

    Raises:
        AuditLogError: it cannot be written: what was to be done must not be done.
    """
    entry = {"event": event, "at": now.replace(microsecond=0), **fields}
    log_of(server).append(AuditEntry.model_validate(entry))


@dataclass(frozen=True)
class RecordedRun:
    """What to call during a run."""

    round: Callable[[RoundRecord], None]
    """After each round."""
    refused: Callable[[int, type[CloisterError]], None]
    """With the number of a node that is not believed to be a site, and the kind of error."""


@contextmanager
def recorded_run(coordinator: CoordinatorFolder) -> Iterator[RecordedRun]:
    """Log a run of a submitted study: its start, each round, nodes that are refused, its end.

    A coordinator's folder that no server made has no log.
    """
    folder: Path = coordinator.folder.resolve().parent.parent
    server = ServerFolder.open(folder) if (folder / SERVER_FILE).is_file() else None
    study = {"study": coordinator.study.name, "study_sha256": coordinator.study.sha256}

    def note(event: Event, **fields: Any) -> None:
        if server is not None:
            record(server, event, datetime.now(UTC), **study, **fields)

    note("run-started")
    try:
        yield RecordedRun(
            lambda done: note(
                "round-finished", round=done.round, replied=done.replied, failed=done.failed, accepted=done.accepted
            ),
            lambda node, error: note("node-refused", node=node, code=error.wire_code),
        )
    except Exception as problem:
        note("run-ended", code=problem.wire_code if isinstance(problem, CloisterError) else CloisterError.wire_code)
        raise
    note("run-ended")

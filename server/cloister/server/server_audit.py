"""A coordinator's audit log: `audit.sqlite` in the server's folder (`study/audit_log.py` has the rules).

It is signed with a key of its own, `keys/audit.key`: the study-signing key is best kept offline, and rounds are not.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cloister.server.page.progress import read_progress
from cloister.server.server_folder import SERVER_FILE, ServerFolder
from cloister.study.audit_entry import AuditEntry, Event
from cloister.study.audit_log import AuditLog
from cloister.study.errors import CloisterError, text_of_wire_code
from cloister.study.keys import SiteKey

if TYPE_CHECKING:
    from cloister.server.coordinator_folder import CoordinatorFolder
    from cloister.strategies.server_state import RoundRecord, ServerState

LOG_FILE, AUDIT_KEY = "audit.sqlite", "audit.key"


def log_of(server: ServerFolder) -> AuditLog:
    """The log of an opened server.

    Raises:
        MissingFileError: its key is missing.
    """
    # An init logs that it made the server before it takes its mark away: without the mark, there is a log.
    begun, key = not server.unfinished.exists(), SiteKey.read(server.keys / AUDIT_KEY)
    return AuditLog(server.folder / LOG_FILE, key, server.anchors, begun=begun)


def record(server: ServerFolder, event: Event, now: datetime, **fields: Any) -> None:
    """Log what happened at a coordinator; `fields` are those of `AuditEntry`.

    Raises:
        AuditLogError: it cannot be written: what was to be done must not be done.
    """
    entry = {"event": event, "at": now.replace(microsecond=0), **fields}
    log_of(server).append(AuditEntry.model_validate(entry))


@dataclass(frozen=True)
class RecordedRun:
    """A run of a study, and what to call during it."""

    run_id: str
    """Of the run that is resumed, or a new one."""
    reached: Callable[[ServerState], None]
    """With every state that is on the disk. Rounds of its history that the log lacks are logged now."""
    refused: Callable[[int, int], None]
    """With the number of a node that refuses, or is not believed to be a site, and the number of the error."""
    registered_as: Callable[[int], str | None]
    """The site for which a node was registered, if it was."""


@contextmanager
def recorded_run(coordinator: CoordinatorFolder) -> Iterator[RecordedRun]:
    """Log a run of a submitted study: its start, each round, nodes that are refused, its end.

    A coordinator's folder that no server made has no log. The folder has to be locked: a run that is refused for that
    is not part of the study's story.
    """
    server = _server_of(coordinator)
    progress = read_progress(coordinator)
    run_id = secrets.token_hex(16) if progress is None else progress.run_id
    about = {"study": coordinator.study.name, "study_sha256": coordinator.study.sha256, "run": run_id}

    def note(event: Event, **fields: Any) -> None:
        if server is not None:
            record(server, event, datetime.now(UTC), **about, **fields)

    def reached(state: ServerState) -> None:
        if server is not None:
            _note_rounds(log_of(server), about | {"run": state.run_id}, state.history)

    def registered_as(node: int) -> str | None:
        members = () if server is None else server.roster.members
        return next((member.site for member in members if member.node_id == node), None)

    def refused(node: int, code: int) -> None:
        note("node-refused", node=node, code=code, site=registered_as(node))

    note("run-started")
    try:
        yield RecordedRun(run_id, reached, refused, registered_as)
    except CloisterError as problem:
        note("run-ended", code=problem.wire_code, **({"failed": problem.failed} if problem.failed else {}))
        raise
    except Exception:
        note("run-ended", code=CloisterError.wire_code)
        raise
    note("run-ended")


def refusing(coordinator: CoordinatorFolder) -> dict[str, str]:
    """Site -> the code for which it takes no part in the run that goes on, or took none in the last if that failed.

    Its node refused to begin or was refused, or the run ended in a round for want of the site. Sites whose reply is in
    a round that was finished since are left out. Nothing, if no server made the folder.

    Raises:
        AuditLogError: the log was altered.
    """
    server = _server_of(coordinator)
    return {} if server is None else refusing_in(log_of(server).entries(), coordinator.study.sha256)


def refusing_in(entries: Sequence[dict[str, Any]], study_sha256: str) -> dict[str, str]:
    """The same, by a log's entries, the oldest first."""
    found: dict[str, str] = {}
    for entry in entries:
        if entry.get("study_sha256") != study_sha256:
            continue
        if entry["event"] == "run-started" or (entry["event"] == "run-ended" and "code" not in entry):
            found = {}
        elif entry["event"] == "run-ended":
            found |= entry.get("failed", {})
        elif entry["event"] == "node-refused":
            found[entry.get("site") or f"node {entry['node']}"] = text_of_wire_code(entry["code"])
        elif entry["event"] == "round-finished":
            found = {site: code for site, code in found.items() if site not in entry["replied"]}
    return found


def _server_of(coordinator: CoordinatorFolder) -> ServerFolder | None:
    """The server that made a study's folder, if one did."""
    folder: Path = coordinator.folder.resolve().parent.parent
    return ServerFolder.open(folder) if (folder / SERVER_FILE).is_file() else None


def _note_rounds(log: AuditLog, about: dict[str, str], history: Sequence[RoundRecord]) -> None:
    """Log the rounds that the log lacks.

    A checkpoint is written before its entry: a coordinator that is killed between the two, or whose log's disk is full,
    leaves a round that only the next one can log. Rounds are logged in order, so those that lack are the last ones.
    """
    entries = (_round_entry(about, done) for done in reversed(history))
    lacking = list(itertools.takewhile(lambda entry: not log.alike(entry), entries))
    for entry in reversed(lacking):
        log.append(entry)


def _round_entry(about: dict[str, str], done: RoundRecord) -> AuditEntry:
    told = {"round": done.round, "replied": done.replied, "failed": done.failed, "accepted": done.accepted}
    now = datetime.now(UTC).replace(microsecond=0)
    return AuditEntry.model_validate({"event": "round-finished", "at": now, **about, **told})

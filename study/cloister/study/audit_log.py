"""The audit log of a site or of a coordinator: append-only, chained, signed, free of anything about patients.

The rules:

1. An entry is on the disk (SQLite, synchronous = FULL) when `append` returns. What is logged as done beforehand, such
   as an answer, is only done then.
2. Entries are numbered and chained under a key of the owner's (`chain.py`): none can be changed, added, left out or
   reordered. A signed note in another folder (`anchor.py`) shows that the end is missing; without the note nothing is
   believed to be the end.
3. Entries are kept for `KEPT_FOR`. Older ones may be removed from the beginning on, never from the middle; that is an
   entry itself, which ties what is left to what was there.
4. An export can be verified by anybody with the owner's public key (`export`).
5. A log of which entries are known to be lost is refused until its owner takes it up again (`anchor_anew`). That is an
   entry itself, with a number that follows the lost ones', so that nobody is told later that none is missing.

6. Refusals, which others can cause at will, have no more entries than `append` is told for an hour. The rest is counted
   beside the entries, and the number becomes one entry with the first that is added after the hour.

    entries(sequence INTEGER PRIMARY KEY, content BLOB, link BLOB)      content: canonical JSON
    tallies(what TEXT PRIMARY KEY, ...)                                 of the hour that goes on, not signed
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from cloister.study import atomic
from cloister.study.anchor import Anchor, Mark
from cloister.study.audit_entry import AuditEntry, Event
from cloister.study.canonical import canonical_json
from cloister.study.chain import FIRST_LINK, BrokenChainError, Chain
from cloister.study.errors import AuditLogError, EgressError, InputError, LedgerError
from cloister.study.keys import SiteKey
from cloister.study.signed_document import sign
from cloister.study.sqlite_schema import stored_schema

KEPT_FOR: Final = timedelta(days=2192)
"""Six years, the time for which HIPAA has such records kept (45 CFR 164.316(b)(2)(i)); nothing younger is removed."""
EXPORT_FORMAT: Final = "cloister/audit-export/1"
FIRST_HEAD: Final = "0" * 64
_WAIT_SECONDS = 30.0
_COLUMNS = "SELECT sequence, content, link FROM entries"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS entries (sequence INTEGER PRIMARY KEY, content BLOB NOT NULL, "
    "link BLOB NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS tallies (what TEXT PRIMARY KEY, code INTEGER, since INTEGER NOT NULL, "
    "latest INTEGER NOT NULL, number INTEGER NOT NULL, bound INTEGER NOT NULL) STRICT",
    "CREATE INDEX IF NOT EXISTS rounds ON entries (json_extract(content, '$.run'), json_extract(content, '$.round'), "
    "json_extract(content, '$.event'), json_extract(content, '$.study_sha256'))",
)
ALIKE: Final = (
    "SELECT content FROM entries WHERE json_extract(content, '$.event') = ? AND "
    "json_extract(content, '$.study_sha256') IS ? AND json_extract(content, '$.run') IS ? AND "
    "json_extract(content, '$.round') = ? ORDER BY sequence"
)
_HOUR = 3600
_AFTER_ALL: Final = 2**63 - 1
_TAKE_UP = '`cloister site audit --anchor-anew "REASON"` (a coordinator: `cloister server audit`)'


class AuditLog:
    """A log in a file, made at the first entry.

    Args:
        path: the file.
        key: the owner's key.
        anchors: the folder of the note on the newest entry; not one that is rolled back together with the file.
        begun: whether the owner has done something that is logged beforehand: then a log without entries was removed.
    """

    def __init__(self, path: Path, key: SiteKey, anchors: Path, *, begun: bool = False) -> None:
        self.path = path
        self._begun = begun
        self._key = key
        chain_key = key.subkey("audit-chain")
        self._chain = Chain(chain_key)
        self._anchor = Anchor(anchors, f"audit-{key.key_id}", chain_key)

    @property
    def public_key(self) -> str:
        """The key that verifies exports: Ed25519, 64 hexadecimal digits."""
        return self._key.identity.public_key().public_bytes_raw().hex()

    def append(self, entry: AuditEntry, at_most: int | None = None, an_hour: int | None = None) -> None:
        """Add an entry, durably.

        Args:
            entry: what happened.
            at_most: refuse where the same round of a study's run has so many entries of this event already.
            an_hour: how many entries of this event, with this code or else of this kind, are added within an hour,
                whatever study, run and round they name. Further ones with a code are counted; others are refused.

        Raises:
            AuditLogError: it cannot be written, or the end of the log is missing.
            EgressError: more than `at_most`, or than `an_hour`.
        """
        self._is_new()
        with self._open() as book:
            if at_most is not None and len(self._alike(book, entry)) >= at_most:
                raise _too_often(f"Round {entry.round} was {entry.event} {at_most} times.")
            mark = self._with_tallies(book, self._end(book), entry.at)
            if an_hour is None or self._tally(book, entry, an_hour) <= an_hour:
                mark = self._write(book, mark, entry)
            elif entry.code is None:
                raise _too_often(f"A message of kind {entry.kind} was {entry.event} {an_hour} times within an hour.")
        self._advance(mark)

    def alike(self, entry: AuditEntry) -> list[dict[str, Any]]:
        """The entries of the same event, study, run and round, as they stand in the file; none if it has no round."""
        if self._is_new():
            return []
        with self._open() as book:
            self._end(book)
            return self._alike(book, entry)

    def latest(self, *events: Event, study_sha256: str | None = None, of_round: bool = False) -> dict[str, Any] | None:
        """The newest entry of some events, as it stands in the file; None if there is none.

        Args:
            events: at least one.
            study_sha256: of this study only.
            of_round: only such as name a round.

        Raises:
            AuditLogError: it cannot be read.
        """
        if not self.path.exists():
            return None
        marks = ", ".join("?" * len(events))
        with self._open() as book:
            row = book.execute(
                f"SELECT content FROM entries WHERE json_extract(content, '$.event') IN ({marks}) "  # noqa: S608
                "AND (? OR json_extract(content, '$.study_sha256') = ?) "
                "AND (? OR json_extract(content, '$.round') IS NOT NULL) ORDER BY sequence DESC LIMIT 1",
                (*events, study_sha256 is None, study_sha256, not of_round),
            ).fetchone()
            return None if row is None else dict(json.loads(row[0]))

    def entries(self) -> list[dict[str, Any]]:
        """All entries, each verified, the oldest first, with their `sequence`; none if nothing ever happened.

        Raises:
            AuditLogError: one was altered, left out or reordered, or the end is missing.
        """
        if self._is_new():
            return []
        with self._open() as book:
            return self._verified(book)

    def export(self, path: Path, name: str, now: datetime) -> int:
        """Write a copy that can be verified without the key and without Cloister; returns the number of entries.

        One line of JSON each. The first is a signed document (`signed_document.py`, Ed25519 with the owner's identity)
        whose body holds `name`, `at`, `entries` and `head`; the others are the entries, oldest first:

            head 0 = "0" * 64;    head n = hex(SHA-256(head n-1 || line n without its line end))

        Raises:
            AuditLogError: the log does not verify.
            InputError: the file cannot be written.
        """
        entries = self.entries()
        lines = [canonical_json(entry) for entry in entries]
        head = FIRST_HEAD
        for line in lines:
            head = hashlib.sha256(head.encode() + line).hexdigest()
        body = {"name": name, "at": now.isoformat(timespec="seconds"), "entries": len(lines), "head": head}
        first = sign(EXPORT_FORMAT, body, self._key.identity)
        try:
            atomic.write_bytes(path, first + b"".join(line + b"\n" for line in lines), mode=0o600)
        except OSError as problem:
            raise InputError(f"{path}: cannot be written: {problem.strerror}.", "Check the folder.") from None
        return len(lines)

    def prune(self, now: datetime, by: str) -> int:
        """Remove entries that are older than `KEPT_FOR`, and note that; returns how many. Export them before.

        Raises:
            AuditLogError: the log does not verify, or cannot be written.
        """
        if self._is_new():
            return 0
        with self._open() as book:
            entries = self._verified(book)
            old = 0
            while old < len(entries) and datetime.fromisoformat(entries[old]["at"]) < now - KEPT_FOR:
                old += 1
            if old == 0:
                return 0
            last = entries[old - 1]
            (link,) = book.execute("SELECT link FROM entries WHERE sequence = ?", (last["sequence"],)).fetchone()
            noted = AuditEntry(
                event="pruned", at=now, by=by, until=last["at"], through=last["sequence"], link=link.hex()
            )
            mark = self._write(book, self._end(book), noted)
            book.execute("DELETE FROM entries WHERE sequence <= ?", (last["sequence"],))
        self._advance(mark)
        return old

    def anchor_anew(self, now: datetime, by: str, reason: str) -> None:
        """Take up a log of which entries were lost: it is the newest copy that is left, or there is none.

        The decision stands in the log with what the anchor knew of the lost entries. The reason is kept in a file
        beside the log, with its SHA-256 in the entry, which has no room for text.

        Args:
            now: the time, with its zone.
            by: who decides.
            reason: what became of the lost entries.

        Raises:
            AuditLogError: nothing is missing, or an entry that is left was altered.
            InputError: no reason is given.
        """
        if not reason.strip():
            raise InputError("An audit log is anchored anew for a reason only.", "Say what became of the lost entries.")
        with self._open() as book:
            self._chained(book)
            end, noted = self._newest(book), self._noted()
            if self._fault(book) is None:
                raise AuditLogError(f"{self.path}: nothing is missing.", "Go on with it as it is.")
            number = max(end.sequence, noted.sequence if noted else 0) + 1
            kept = self.path.with_name(f"{self.path.stem}-anchored-{number}.txt")
            atomic.write_bytes(kept, reason.encode(), mode=0o600)
            entry = AuditEntry(
                event="anchored-anew",
                at=now.replace(microsecond=0),
                by=by,
                sha256=hashlib.sha256(reason.encode()).hexdigest(),
                through=noted.sequence if noted else None,
                link=noted.link.hex() if noted else None,
                lost=max(noted.sequence - end.sequence, 1) if noted else None,
            )
            mark = self._write(book, Mark(number - 1, end.link), entry)
        self._advance(mark)

    def _write(self, book: sqlite3.Connection, end: Mark, entry: AuditEntry) -> Mark:
        if end.sequence == 0:
            # Else a process that is killed here would leave an entry without an anchor, which is refused.
            self._advance(end)
        values = entry.model_dump(mode="json", exclude_none=True)
        content = canonical_json({"sequence": end.sequence + 1, **values})
        link = self._chain.link(end.link, content)
        book.execute("INSERT INTO entries VALUES (?, ?, ?)", (end.sequence + 1, content, link))
        return Mark(end.sequence + 1, link)

    def _verified(self, book: sqlite3.Connection) -> list[dict[str, Any]]:
        found = self._chained(book)
        self._end(book)
        return found

    def _chained(self, book: sqlite3.Connection) -> list[dict[str, Any]]:
        """All entries, each checked by the chain, which goes on over the gap that lost entries left."""
        before = self._before_first(book)
        link = before.link
        found: list[dict[str, Any]] = []
        try:
            for start, end in pairwise([*self._starts(book, before.sequence), _AFTER_ALL]):
                rows = book.execute(f"{_COLUMNS} WHERE sequence >= ? AND sequence < ? ORDER BY sequence", (start, end))
                for batch, newest in self._chain.checked(rows, start - 1, link):
                    found += batch
                    link = newest
        except (BrokenChainError, ValueError) as problem:
            raise self._broken(str(problem)) from None
        return found

    def _starts(self, book: sqlite3.Connection, before: int) -> list[int]:
        """Numbers with which unbroken stretches begin. Only an entry that tells of a loss may follow a gap.

        That it tells the truth is the chain's to check: its link, which the owner alone can make, follows from the link
        of the entry before the gap.
        """
        gaps = book.execute(
            "SELECT sequence FROM (SELECT sequence, lag(sequence, 1, ?) OVER (ORDER BY sequence) AS previous "
            "FROM entries) WHERE sequence != previous + 1",
            (before,),
        ).fetchall()
        for (start,) in gaps:
            query = "SELECT json_extract(content, '$.event') FROM entries WHERE sequence = ?"
            if book.execute(query, (start,)).fetchone() != ("anchored-anew",):
                raise self._broken(f"entries before {start} are missing")
        return [before + 1, *(start for (start,) in gaps)]

    def _before_first(self, book: sqlite3.Connection) -> Mark:
        """What the first entry follows: nothing, or the last one of those that were pruned.

        A later entry, which only the owner can write, has to say so; it is verified with all others.
        """
        (first,) = book.execute("SELECT min(sequence) FROM entries").fetchone()
        if first is None or first == 1:
            return Mark(0, FIRST_LINK)
        if not isinstance(first, int):
            raise self._broken("an entry was altered")
        row = book.execute(
            "SELECT json_extract(content, '$.through'), json_extract(content, '$.link') FROM entries WHERE "
            "json_extract(content, '$.event') = 'pruned' AND json_extract(content, '$.through') < ? "
            "ORDER BY sequence DESC",
            (first,),
        ).fetchone()
        if row is None:
            return Mark(0, FIRST_LINK)
        with suppress(ValueError, TypeError, OverflowError):
            return Mark(int(row[0]), bytes.fromhex(row[1]))
        raise self._broken("an entry was altered")

    @staticmethod
    def _alike(book: sqlite3.Connection, entry: AuditEntry) -> list[dict[str, Any]]:
        if entry.round is None:
            return []
        asked = (entry.event, entry.study_sha256, entry.run, entry.round)
        return [json.loads(content) for (content,) in book.execute(ALIKE, asked)]

    @staticmethod
    def _tally(book: sqlite3.Connection, entry: AuditEntry, bound: int) -> int:
        """How many such entries there were to be within the hour that the first of them began, with this one."""
        now = int(entry.at.timestamp())
        (number,) = book.execute(
            "INSERT INTO tallies VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT (what) DO UPDATE "
            "SET number = number + 1, latest = excluded.latest RETURNING number",
            (f"{entry.event} {entry.code or entry.kind}", entry.code, now, now, bound),
        ).fetchone()
        return int(number)

    def _with_tallies(self, book: sqlite3.Connection, end: Mark, now: datetime) -> Mark:
        """Add an entry for every code of which more were counted in an hour that is over."""
        began = int(now.timestamp()) - _HOUR
        over = book.execute(
            "SELECT code, latest, number - bound FROM tallies WHERE since <= ? AND code IS NOT NULL AND number > bound "
            "ORDER BY code",
            (began,),
        ).fetchall()
        for code, latest, times in over:
            at = datetime.fromtimestamp(latest, UTC)
            end = self._write(book, end, AuditEntry(event="refused", at=at, code=code, times=times))
        book.execute("DELETE FROM tallies WHERE since <= ?", (began,))
        return end

    def _end(self, book: sqlite3.Connection) -> Mark:
        """The newest entry, after which the next one comes."""
        fault = self._fault(book)
        if fault is not None:
            raise fault
        return self._newest(book)

    def _newest(self, book: sqlite3.Connection) -> Mark:
        row = book.execute("SELECT sequence, link FROM entries ORDER BY sequence DESC LIMIT 1").fetchone()
        # After the last number of all, no entry could follow, and no stretch of entries would hold it.
        if row is not None and not (isinstance(row[0], int) and row[0] < _AFTER_ALL and isinstance(row[1], bytes)):
            raise self._broken("an entry was altered")
        return Mark(0, FIRST_LINK) if row is None else Mark(row[0], row[1])

    def _is_new(self) -> bool:
        """Whether nothing was ever logged. A log that is gone is refused without beginning a new file in its place."""
        if self.path.exists():
            return False
        noted = self._noted()
        if noted is not None and noted.sequence > 0:
            raise self._lost(noted)
        if self._begun:
            raise self._removed()
        return True

    def _fault(self, book: sqlite3.Connection) -> AuditLogError | None:
        """What is missing as far as the anchor, and what the owner has done, tell."""
        end, noted = self._newest(book), self._noted()
        if noted is not None and noted.sequence > 0 and not self._holds(book, noted):
            return self._lost(noted)
        if end.sequence == 0 and self._begun:
            return self._removed()
        if end.sequence > 0 and noted is None:
            return AuditLogError(
                f"{self._anchor.path}: the audit log's anchor is missing, so a missing end of {self.path} would not be "
                "noticed.",
                "Restore the anchor, or correct `anchors` in site.toml or server.toml. If it is lost and this is the "
                f"log's newest copy, {_TAKE_UP} goes on with it, and puts that on record.",
            )
        return None

    def _lost(self, noted: Mark) -> AuditLogError:
        return self._broken(f"entries up to {noted.sequence} were written, and are not there")

    def _removed(self) -> AuditLogError:
        return self._broken("has no entry, but what is done here is logged beforehand")

    @staticmethod
    def _holds(book: sqlite3.Connection, noted: Mark) -> bool:
        """Whether the entry that is known to have been written is there, or its loss or removal is on record.

        The latter is all there is where a process was killed before it could note the entry that says so.
        """
        row = book.execute("SELECT link FROM entries WHERE sequence = ?", (noted.sequence,)).fetchone()
        if row is not None and row[0] == noted.link:
            return True
        row = book.execute(
            "SELECT 1 FROM entries WHERE sequence > ? AND json_extract(content, '$.through') = ? "
            "AND json_extract(content, '$.link') = ?",
            (noted.sequence, noted.sequence, noted.link.hex()),
        ).fetchone()
        return row is not None

    def _noted(self) -> Mark | None:
        with self._anchored():
            return self._anchor.read()

    def _advance(self, mark: Mark) -> None:
        with self._anchored():
            self._anchor.advance(mark)

    @contextmanager
    def _anchored(self) -> Iterator[None]:
        try:
            yield
        except LedgerError as problem:
            remedy = f"Find out who changed it. If it is beyond repair, move it away; then run {_TAKE_UP}."
            raise AuditLogError(problem.message, remedy) from None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with closing(sqlite3.connect(self.path, timeout=_WAIT_SECONDS, isolation_level=None)) as book:
                book.execute("PRAGMA synchronous = FULL")
                book.execute("BEGIN IMMEDIATE")
                for statement in _TABLES:
                    book.execute(statement)
                if stored_schema(book) != {statement.replace("IF NOT EXISTS ", "") for statement in _TABLES}:
                    raise self._broken("holds other tables than an audit log's")
                yield book
                book.execute("COMMIT")
        except (sqlite3.Error, OSError) as problem:
            raise self._broken(str(problem)) from None
        except (ValueError, OverflowError, RecursionError):  # content that is no JSON any more; times that are none
            raise self._broken("an entry was altered") from None

    def _broken(self, why: str) -> AuditLogError:
        return AuditLogError(
            f"{self.path}: {why}.",
            f"Nothing is done meanwhile. Put the newest copy back, or move the file away and keep it. Then {_TAKE_UP} "
            "goes on with what is left, and puts on record that entries were lost.",
        )


def _too_often(message: str) -> EgressError:
    return EgressError(message, "The coordinator asks for more than the protocol needs. Report it.")

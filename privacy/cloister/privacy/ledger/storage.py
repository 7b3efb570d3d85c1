"""The ledger's file: an SQLite database in WAL mode, flushed to the disk with every transaction."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from cloister.study.chain import Row
from cloister.study.errors import LedgerError, MissingFileError
from cloister.study.sqlite_schema import stored_schema

_SCHEMA = (
    "CREATE TABLE entries (sequence INTEGER PRIMARY KEY, content BLOB NOT NULL, link BLOB NOT NULL)",
    "CREATE TABLE members (population TEXT NOT NULL, patient TEXT NOT NULL, PRIMARY KEY (population, patient))"
    " WITHOUT ROWID",
)
_WAIT_FOR_LOCK = 120.0


class Storage:
    """Rows in a file. What they mean, and whether they may be believed, is not decided here.

    Every method raises `LedgerError` for a full disk, a lock that is never released or a damaged file.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise MissingFileError(
                path, "privacy ledger", "Restore it from its backup. Only a new site starts one: `cloister site init`."
            )
        self.path = path
        with self._as_ledger_error():
            self._database = sqlite3.connect(
                path, timeout=_WAIT_FOR_LOCK, isolation_level=None, check_same_thread=False
            )
            try:
                self._database.execute("PRAGMA synchronous = FULL")
                self._database.execute("PRAGMA journal_mode = WAL")
            except BaseException:
                self._database.close()
                raise

    @classmethod
    def create_file(cls, path: Path) -> None:
        """An empty file that only its owner may read, where there was none.

        Raises:
            LedgerError: the file exists, or cannot be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise LedgerError(f"{path}: exists already.", "A ledger is never started anew over another.") from None
        except OSError as problem:
            raise LedgerError(f"{path}: cannot be written: {problem.strerror}.", "Check the folder.") from None

    def close(self) -> None:
        """Close the file. Everything is on the disk already."""
        self._database.close()

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[None]:
        """All or nothing. A writer is alone from the beginning, so what it reads stays true until it has written."""
        with self._as_ledger_error():
            self._database.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def has_tables(self) -> bool:
        """Whether the ledger's creation was finished.

        Raises:
            LedgerError: there are others than a ledger's, such as a view.
        """
        found = stored_schema(self._database)
        if found and found != set(_SCHEMA):
            raise LedgerError(
                f"{self.path}: holds other tables than a ledger's.",
                "Restore the ledger from its newest backup and report the event; do not train until it verifies.",
            )
        return bool(found)

    def create_tables(self) -> None:
        """Create the empty tables."""
        for statement in _SCHEMA:
            self._database.execute(statement)

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Sequence, content and link of all entries after one, in order."""
        return self._database.execute(
            "SELECT sequence, content, link FROM entries WHERE sequence > ? ORDER BY sequence", (after,)
        )

    def row(self, sequence: int) -> tuple[bytes, bytes] | None:
        """Content and link of one entry."""
        found: tuple[bytes, bytes] | None = self._database.execute(
            "SELECT content, link FROM entries WHERE sequence = ?", (sequence,)
        ).fetchone()
        return found

    def append(self, sequence: int, content: bytes, link: bytes) -> None:
        """Add an entry."""
        self._database.execute("INSERT INTO entries VALUES (?, ?, ?)", (sequence, content, link))

    def members(self, population: str) -> list[str]:
        """The patients of a population, sorted."""
        found = self._database.execute("SELECT patient FROM members WHERE population = ?", (population,))
        return sorted(str(patient) for (patient,) in found)

    def keep_members(self, population: str, patients: Collection[str]) -> None:
        """Write a population."""
        self._database.execute("DELETE FROM members WHERE population = ?", (population,))
        self._database.executemany("INSERT INTO members VALUES (?, ?)", ((population, one) for one in patients))

    @contextmanager
    def _as_ledger_error(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as problem:  # the latter where SQLite quotes what is damaged
            raise LedgerError(
                f"{self.path}: the ledger cannot be used: {problem}.",
                "Check the disk, its free space and who else holds the file. Nothing may be trained until this works.",
            ) from problem

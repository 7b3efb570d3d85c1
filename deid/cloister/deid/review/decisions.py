"""The log of a review: append-only, one JSON object a line, without PHI, safe against `kill -9` and against editing.

An entry names a note by its keyed reference, a span by its offsets and the keyed hash of its text, and what was
decided. Each entry is chained to the one before it by an HMAC under the site key: entries cannot be changed, reordered
or taken out of the middle. Every entry reaches the disk before it counts. A last line that was cut short by a kill is
dropped; nothing was built on it. The file is locked while it is open: one review at a time.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cloister.study import atomic
from cloister.study.canonical import canonical_json
from cloister.study.errors import InputError
from cloister.study.keys import SiteKey, keyed_hash
from cloister.study.untrusted_json import parse_json

Action = Literal[
    "sample",  # notes were drawn
    "confirm",  # it is an identifier
    "relabel",  # it is one, of another label
    "reject",  # it identifies nobody
    "add",  # an identifier that was missed
    "finish",  # the whole note was read
    "undo",  # the latest entry of the note that stands
]
Part = Literal["uniform", "uncertain"]


class Entry(BaseModel):
    """One line of the log. Offsets are code points of the original note's visible text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: Action
    note: str = ""
    start: Annotated[int, Field(ge=0)] = 0
    end: Annotated[int, Field(ge=0)] = 0
    label: str = ""
    removed: bool = False
    """Whether the dataset holds something else in the span's place."""
    value: str = ""
    """Keyed hash of the span's text, hexadecimal."""
    part: Part = "uniform"
    notes: tuple[str, ...] = ()
    """For `sample`: references of the notes drawn, in the order drawn."""
    at: str = ""
    """UTC time, ISO 8601."""


class DecisionLog:
    """An open log. `entries` are those that are on the disk."""

    def __init__(self, file: IO[bytes], key: bytes, dataset: str) -> None:
        self._file = file
        self._key = key
        self._mac = keyed_hash(key, "review-log", dataset).hex()
        self._entries: list[Entry] = []
        self._read()

    @classmethod
    @contextmanager
    def open(cls, path: Path, site_key: SiteKey, collection: str, dataset: str) -> Iterator[DecisionLog]:
        """Open the log, or begin it.

        Args:
            path: the file; readable by its owner only.
            site_key: makes the keyed hashes.
            collection: of the dataset.
            dataset: what identifies the dataset; a log of another one is refused.

        Raises:
            InputError: another review has it open, or it was altered or belongs to another dataset or key.
        """
        new = not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InputError(f"{path}: another review has it open.", "Finish that one first.") from None
            if new:
                atomic.sync_folder(path.parent)
            try:
                yield cls(file, site_key.subkey("reference", collection), dataset)
            except _BrokenChainError as problem:
                raise InputError(
                    f"{path}, line {problem.line}: not what this site's key wrote here for this dataset.",
                    "Restore the log from a backup. If the notes were cleaned anew, move it away and review anew.",
                ) from None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything decided so far, in order."""
        return tuple(self._entries)

    def append(self, entry: Entry) -> None:
        """Write an entry; when this returns it is on the disk."""
        stamped = entry.model_copy(update={"at": datetime.now(UTC).isoformat(timespec="seconds")})
        document = stamped.model_dump(mode="json")
        mac = self._next(document)
        self._file.seek(0, os.SEEK_END)
        self._file.write(json.dumps({**document, "mac": mac}).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._mac = mac
        self._entries.append(stamped)

    def value_hash(self, note: str, text: str) -> str:
        """The keyed hash of a span's text: 32 hexadecimal digits, different in every note."""
        return keyed_hash(self._key, "review-value", note, text).hex()[:32]

    def _next(self, document: dict[str, object]) -> str:
        return keyed_hash(self._key, "review-entry", self._mac, canonical_json(document).decode()).hex()

    def _read(self) -> None:
        whole = 0
        for number, line in enumerate(self._file, 1):
            if not line.endswith(b"\n"):
                break
            try:
                document = parse_json(line)
                mac = document.pop("mac")
                entry = Entry.model_validate(document)
                expected = self._next(entry.model_dump(mode="json"))
            except (ValueError, KeyError, AttributeError, TypeError, ValidationError):
                raise _BrokenChainError(number) from None
            if not isinstance(mac, str) or not hmac.compare_digest(mac.encode("utf-8", "replace"), expected.encode()):
                raise _BrokenChainError(number)
            self._mac = expected
            self._entries.append(entry)
            whole += len(line)
        self._file.truncate(whole)


class _BrokenChainError(Exception):
    def __init__(self, line: int) -> None:
        self.line = line

"""Reading `notes.jsonl`, one JSON object a line, as a stream in constant memory.

Keys: `id`, `text`, and optionally `patient_id`, `issuer`, `date`, `type`, `language`, `label`. Others are not read
and therefore not carried on.

A line that cannot be used does not stop the others: it comes out as a refusal with a reason code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from cloister.deid.quarantine import Reason
from cloister.deid.text.documents import UnreadableError, read_document
from cloister.study.errors import DataError, MissingFileError
from cloister.study.population import is_record_number
from cloister.study.untrusted_json import parse_json
from cloister.study.utf8 import has_utf8

MAX_NOTE_CHARACTERS = 1_000_000
MAX_LINE_BYTES = 16 * 1024 * 1024
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Note:
    """One usable note. Offsets into `text` are Unicode code points.

    `offset` and `size`, in bytes, tell where its line stands in the file; `language` is a code of two or three lower-
    case letters, as the line names it, or None. `visible` is what a reader sees of `text`, see `text.documents`.
    """

    line: int
    offset: int
    size: int
    id: str
    text: str
    visible: str
    patient_id: str | None
    issuer: str
    date: date | None
    type: str | None
    language: str | None
    label: str | None


@dataclass(frozen=True)
class RefusedNote:
    """A line that cannot be used. `id` is empty where the line has none that can be read."""

    line: int
    id: str
    reason: Reason


class _RefusalError(Exception):
    def __init__(self, reason: Reason, note_id: str = "") -> None:
        self.reason: Reason = reason
        self.note_id = note_id


def read_notes(path: Path) -> Iterator[Note | RefusedNote]:
    """Read notes, and refusals of lines that are none, in the order of the file.

    The memory taken is that of one line, and 16 bytes a note to recognise duplicate ids.

    Raises:
        MissingFileError: there is no such file.
        DataError: it is a folder.
    """
    seen: set[bytes] = set()
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise MissingFileError(path, "notes file") from None
    except IsADirectoryError:
        raise DataError(f"{path}: is a folder.", "Name the notes file itself (one JSON object a line).") from None
    with file:
        for number, offset, raw in _lines(file):
            if not raw.strip():
                continue
            try:
                note = _read_note(raw, number, offset)
                fingerprint = blake2b(note.id.encode("utf-8", "surrogatepass"), digest_size=16).digest()
                if fingerprint in seen:
                    raise _RefusalError("duplicate-id", note.id)
                seen.add(fingerprint)
                yield note
            except _RefusalError as refusal:
                yield RefusedNote(number, refusal.note_id, refusal.reason)


def read_note_at(file: BinaryIO, line: int, offset: int, size: int) -> Note:
    """One note again, which `read_notes` has found at this place.

    Raises:
        DataError: it is no longer there.
    """
    file.seek(offset)
    raw = file.read(size)
    try:
        return _read_note(raw, line, offset)
    except _RefusalError:
        raise DataError(f"Line {line}: changed while the notes were being read.", "Run it again.") from None


def _lines(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Number, offset and bytes of each line, at most MAX_LINE_BYTES + 1 of them: longer ones are refused later."""
    number, offset = 0, 0
    while raw := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        size, rest = len(raw), raw
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES + 1)
            size += len(rest)
        yield number, offset, raw
        offset += size


def _read_note(raw: bytes, line: int, offset: int) -> Note:
    if len(raw) > MAX_LINE_BYTES:
        raise _RefusalError("too-large")
    try:
        values = parse_json(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise _RefusalError("not-utf-8") from None
    except ValueError:
        raise _RefusalError("nul-bytes" if b"\0" in raw else "not-json") from None
    if not isinstance(values, dict):
        raise _RefusalError("not-json")
    note_id = _text(values.get("id")) or ""
    if not note_id.strip():
        raise _RefusalError("missing-id")
    text = values.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _RefusalError("missing-text", note_id)
    if len(text) > MAX_NOTE_CHARACTERS:
        raise _RefusalError("too-large", note_id)
    if any("\0" in value for value in values.values() if isinstance(value, str)):
        raise _RefusalError("nul-bytes", note_id)
    if not all(has_utf8(value) for value in values.values() if isinstance(value, str)):
        raise _RefusalError("not-utf-8", note_id)
    try:
        visible = read_document(text).text
    except UnreadableError as problem:
        raise _RefusalError(problem.reason, note_id) from None
    return Note(
        line=line,
        offset=offset,
        size=len(raw),
        id=note_id,
        text=text,
        visible=visible,
        patient_id=_patient_id(values.get("patient_id"), note_id),
        issuer=_optional(values.get("issuer"), "bad-patient-id", note_id) or "",
        date=_date(values.get("date"), note_id),
        type=_optional(values.get("type"), "type-not-a-category", note_id),
        language=_language(values.get("language"), note_id),
        label=_optional(values.get("label"), "label-not-a-category", note_id),
    )


def _text(value: object) -> str | None:
    """A string, or a whole number as one; None for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _optional(value: object, reason: Reason, note_id: str) -> str | None:
    if value is None:
        return None
    text = _text(value)
    if text is None or not has_utf8(text):
        raise _RefusalError(reason, note_id)
    return text


def _patient_id(value: object, note_id: str) -> str | None:
    patient_id = _optional(value, "bad-patient-id", note_id)
    if patient_id is not None and not is_record_number(patient_id):
        raise _RefusalError("bad-patient-id", note_id)
    return patient_id


def _date(value: object, note_id: str) -> date | None:
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else _no_date(note_id)
    except ValueError:
        return _no_date(note_id)


def _no_date(note_id: str) -> date:
    raise _RefusalError("bad-date", note_id)


def _language(value: object, note_id: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise _RefusalError("unsupported-language", note_id)
    return re.split("[-_]", value)[0].lower()

"""What a source gives, one item after the other."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from cloister.deid.patient_record import PatientRecord

Reason = Literal[
    "not-utf-8",  # nor in the character set that it names
    "not-json",
    "not-hl7",  # the message cannot be taken apart
    "not-a-table",  # the row has more or fewer cells than the head, a quote without an end, or a date that there is not
    "bad-patient",  # whose the notes are cannot be told, or what is known of the patient cannot be used
    "bad-birth-date",  # it is no date; the rest of what is known of the patient is used
    "missing-text",
    "attachment",  # the text is not in it: a picture, a PDF, a link
    "too-large",
    "link",  # a symbolic link: followed, it could lead out of the folder
    "unsupported-format",  # a kind of file that is not read
    "unreadable-file",
]


@dataclass(frozen=True)
class SourceNote:
    """A note, with the keys of `notes.jsonl`."""

    values: Mapping[str, str]


@dataclass(frozen=True)
class Refused:
    """What could not be read: the file, the place in it (line, row, message or entry, from 1; 0 for all of it), why."""

    file: Path
    place: int
    reason: Reason


Item = SourceNote | PatientRecord | Refused
"""A patient may come several times, each time with what one message or resource says of them."""


def usable_record(known: Mapping[str, Any]) -> tuple[PatientRecord | None, Reason | None]:
    """What a source knows of a patient, as far as it can be used, and what cannot."""
    with suppress(ValidationError):
        return PatientRecord.model_validate(known), None
    with suppress(ValidationError):
        return PatientRecord.model_validate({**known, "birth_date": None}), "bad-birth-date"
    return None, "bad-patient"

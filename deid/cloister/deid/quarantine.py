"""What could not be cleaned: kept back with a reason code, never passed on and never dropped in silence.

One line a record in `quarantine.jsonl`: a keyed hash of the record's id or file name, its position in the input
(line number, or ordinal of the file), and the code. No text and no name: the file travels with the dataset.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cloister.study import atomic
from cloister.study.dataset import QUARANTINE_FILE

Reason = Literal[
    # any record
    "ambiguous-patient",  # the record number is listed, but not surely for this issuer
    "identifier-survived",  # the verification pass found an identifier of the patient's own record
    "label-not-a-category",  # the label could carry text
    "too-large",  # a note, or an image whose pixels or frames are too many, or that does not go into memory
    "missed-in-review",  # a reviewer found an identifier that had been missed
    # notes
    "cleaning-failed",  # an error that nobody had foreseen, while this note was being cleaned
    "not-utf-8",
    "not-json",  # the line is not a JSON object
    "missing-id",
    "missing-text",
    "duplicate-id",
    "nul-bytes",
    "encoded-text",  # an identifier could hide in an encoding, or in RTF, mail or HTML written in an unusual way
    "attachment",  # RTF, mail or HTML with pictures, objects or parts that are no text
    "bad-patient-id",
    "bad-date",
    "type-not-a-category",
    "unsupported-language",
    # images
    "unsupported-format",  # a kind of file that is not read yet
    "not-dicom",
    "truncated",
    "no-pixels",
    "undecodable-pixels",
    "unsupported-sop-class",
    "no-patient-id",
    "multiple-patients-in-study",
    "duplicate-instance",
    "bad-header",
    "unreadable-file",
    "link",  # a symbolic link: followed, it could lead out of the folder
]


@dataclass(frozen=True)
class Quarantined:
    """One record that was kept back."""

    record: str
    """Keyed hash of the record's id or file name, hexadecimal."""
    position: int
    """Line number in the notes file, or ordinal of the file in the sorted folder; both count from 1."""
    code: Reason


@dataclass
class Quarantine:
    """Everything kept back in one run."""

    entries: list[Quarantined] = field(default_factory=list)

    def add(self, record: str, position: int, code: Reason) -> None:
        """Keep a record back."""
        self.entries.append(Quarantined(record, position, code))

    @property
    def counts(self) -> dict[str, int]:
        """Reason code -> how many records."""
        return dict(sorted(Counter(entry.code for entry in self.entries).items()))

    def write(self, folder: Path) -> None:
        """Write `quarantine.jsonl`, in the order of the input."""
        ordered = sorted(self.entries, key=lambda entry: (entry.position, entry.code))
        lines = [
            json.dumps({"record": entry.record, "position": entry.position, "code": entry.code}) + "\n"
            for entry in ordered
        ]
        atomic.write_text(folder / QUARANTINE_FILE, "".join(lines))

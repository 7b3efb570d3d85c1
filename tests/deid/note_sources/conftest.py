"""Sources written to a folder and imported, as `cloister deid import` does it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cloister.deid.note_sources.import_notes import ImportSummary, import_notes
from cloister.deid.patient_record import PatientRecord, read_patients


@dataclass(frozen=True)
class Imported:
    """What came out of a source: notes, patients by record number, and file name, place and reason of refusals."""

    notes: list[dict[str, str]]
    patients: dict[str, PatientRecord]
    refused: list[tuple[str, int, str]]
    summary: ImportSummary


Import = Callable[..., Imported]


@pytest.fixture
def imported(tmp_path: Path) -> Import:
    """Imports a folder of the files given as name -> content."""

    def read(files: dict[str, str | bytes], **how: Any) -> Imported:
        source, output = tmp_path / "source", tmp_path / "raw"
        source.mkdir()
        for name, content in files.items():
            (source / name).write_bytes(content.encode() if isinstance(content, str) else content)
        summary = import_notes(source, output, **how)
        refused = [json.loads(line) for line in (output / "refused.jsonl").read_text().splitlines()]
        known = output / "patients.jsonl"
        records = read_patients(known).records.values() if known.exists() else ()
        return Imported(
            notes=[json.loads(line) for line in (output / "notes.jsonl").read_text().splitlines()],
            patients={record.patient_id: record for record in records},
            refused=[(Path(each["file"]).name, each["place"], each["reason"]) for each in refused],
            summary=summary,
        )

    return read

"""Notes of synthetic hospitals, cleaned as a site cleans them, with everything that an attacker is scored on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from cloister.deid.clean_notes import clean_notes
from cloister.deid.patients import reference
from cloister.deid.review.alignment import Alignment, align
from cloister.simulation.hospitals import PROFILES, generate_mixture
from cloister.study.keys import SiteKey
from cloister.study.population import patient_key

PATIENTS = 60
KEY = SiteKey(bytes(range(32)))


@dataclass(frozen=True)
class AttackedNote:
    """One note in both forms. `patient` is the true record number, `key` the pseudonym that the dataset shows."""

    patient: str
    key: str
    original_date: date
    cleaned_date: date
    alignment: Alignment


@dataclass(frozen=True)
class AttackedDataset:
    """A cleaned dataset and its truth."""

    folder: Path
    notes_file: Path
    records: dict[str, dict[str, Any]]
    notes: tuple[AttackedNote, ...]


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> AttackedDataset:
    root = tmp_path_factory.mktemp("attacked")
    sites = [profile for name, profile in PROFILES.items() if name != "public"]
    generate_mixture(root / "raw", sites, PATIENTS, 7, images=False)
    notes_file, patients_file = root / "raw" / "notes.jsonl", root / "raw" / "patients.jsonl"
    clean_notes(notes_file, root / "clean", site_key=KEY, collection="main", patients=patients_file)
    records = {record["patient_id"]: record for record in _lines(patients_file)}
    rows = {row["example_id"]: row for row in pq.read_table(root / "clean" / "notes.parquet").to_pylist()}
    key = KEY.subkey("reference", "main")
    notes = []
    for note in _lines(notes_file):
        row = rows.get(reference(key, "note", note["id"]))
        if row is not None:
            record = records[note["patient_id"]]
            assert row["patient_key"] == patient_key(KEY, "main", record.get("issuer", ""), record["patient_id"])
            notes.append(
                AttackedNote(
                    note["patient_id"],
                    row["patient_key"],
                    date.fromisoformat(note["date"]),
                    date.fromisoformat(row["date"]),
                    align(note["text"], row["text"]),
                )
            )
    return AttackedDataset(root / "clean", notes_file, records, tuple(notes))


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

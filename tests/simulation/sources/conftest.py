"""Studies over the published data, and the data themselves where they are."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cloister.study.schema import Study

SHARED_DATA = Path(__file__).parents[4] / "shared" / "data"
HEADINGS = ("allergy", "cc", "fam-sochx", "genhx", "pastsurgical")


@pytest.fixture
def published() -> Callable[[str], Path]:
    """The folder of a published data set; the test is skipped where it is absent."""

    def find(name: str) -> Path:
        folder = SHARED_DATA / name
        if not folder.is_dir():
            pytest.skip(f"{folder} is absent")
        return folder

    return find


@pytest.fixture
def make_study() -> Callable[..., Study]:
    """A study over a source of real data."""

    def make(source: str, sites: tuple[str, ...], **settings: Any) -> Study:
        shape: dict[str, Any]
        if source == "mts-dialog":
            shape = {
                "data": {"kind": "notes", "classes": HEADINGS},
                "task": {"name": "note_classification", "model": {"architecture": "bert"}},
            }
        else:
            shape = {
                "data": {"kind": "table", "classes": ["absent", "present"], "features": [{"name": "age"}]},
                "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            }
        return Study.model_validate(
            {
                "name": "test",
                "title": "Test",
                "federation": {"sites": sites},
                "rounds": 1,
                "training": {
                    "sampling": "shuffle",
                    "steps_per_round": 1,
                    "batch_size": 4,
                    "learning_rate": 0.1,
                },
                "privacy": {"mechanism": "none"},
                "simulation": {"data": {"source": source, **settings}},
                **shape,
            }
        )

    return make


@pytest.fixture
def dialogues(tmp_path: Path) -> Path:
    """A small folder in the layout of MTS-Dialog, with line breaks within fields and a byte order mark."""
    folder = tmp_path / "mts"
    folder.mkdir()
    headers = ("ALLERGY", "CC", "FAM/SOCHX", "GENHX", "PASTSURGICAL", "LABS")
    for name, count in (("MTS-Dialog-TrainingSet.csv", 120), ("MTS-Dialog-ValidationSet.csv", 12)):
        with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["ID", "section_header", "section_text", "dialogue"])
            for number in range(count):
                header = headers[number % len(headers)]
                writer.writerow([number, header, f"Text {number} of {name},\nin two lines.", "Doctor: ?\nPatient: !"])
    return folder

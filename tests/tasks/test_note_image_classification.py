"""A note is read with its patient's image; a site whose notes and images share no patient trains on nothing."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from tests.tasks.conftest import TASKS, study_of

from cloister.study import atomic
from cloister.study.dataset import MANIFEST_FILE, Kind, Table, build_manifest
from cloister.study.errors import DataError
from cloister.tasks.note_image_classification import NoteImageClassification


def dataset(folder: Path, kind: Kind, rows: dict[str, list[str | None]]) -> Path:
    folder.mkdir()
    pq.write_table(pa.table(rows), folder / f"{kind}.parquet")
    if kind == "images":
        rng = np.random.default_rng(0)
        for file in rows["file"]:
            Image.fromarray(rng.integers(0, 255, (16, 16), dtype=np.uint8)).save(folder / str(file))
    table = Table(
        kind=kind,
        file=f"{kind}.parquet",
        rows=len(rows["patient_key"]),
        patients=1,
        columns=tuple(rows),
    )
    atomic.write_json(folder / MANIFEST_FILE, build_manifest(folder, "main", (table,)).model_dump(mode="json"))
    return folder


def notes_and_images(folder: Path, imaged: str) -> list[Path]:
    notes: dict[str, list[str | None]] = {
        "patient_key": ["a", "b"],
        "date": [None, None],
        "text": ["cough", "fever"],
        "label": ["copd", "copd"],
    }
    images: dict[str, list[str | None]] = {"patient_key": [imaged], "date": [None], "file": ["x.png"]}
    return [dataset(folder / "n", "notes", notes), dataset(folder / "i", "images", images)]


def test_a_note_without_an_image_is_read_beside_one_that_has_one(tmp_path: Path, base: Path) -> None:
    task = NoteImageClassification(study_of(*TASKS["notes and images"]))
    examples = task.read(notes_and_images(tmp_path, "b"), base)
    assert examples.columns["has_image"].tolist() == [0.0, 1.0]
    assert not examples.columns["pixel_values"][0].any()


def test_where_no_note_has_an_image_reading_is_refused(tmp_path: Path, base: Path) -> None:
    task = NoteImageClassification(study_of(*TASKS["notes and images"]))
    with pytest.raises(DataError, match="no note has an image to train with") as problem:
        task.read(notes_and_images(tmp_path, "c"), base)
    assert "--default-issuer" in problem.value.remedy

"""Public records as a dataset folder, without de-identification: they are nobody's.

Such a folder has a manifest and no certificate, so no site's guard would ever admit it; only the base model's warm
start reads it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cloister.simulation.sources.source_data import RawData
from cloister.study import atomic
from cloister.study.dataset import MANIFEST_FILE, Kind, Table, build_manifest
from cloister.study.errors import DataError
from cloister.study.untrusted_json import parse_json

_NOTE_FIELDS = ("patient_id", "id", "date", "type", "text", "label")
_NOTE_COLUMNS = ("patient_key", "example_id", "date", "type", "text", "label")
_IMAGE_COLUMNS = ("patient_key", "example_id", "date", "file", "label")


def write_public_dataset(raw: RawData, folder: Path) -> tuple[Path, ...]:
    """Write dataset folders `folder/notes` and `folder/images` for public records; those already there are kept.

    Images are not copied: their rows point to the raw files.

    Returns:
        The folders written.
    """
    written = []
    if raw.notes is not None:
        written.append(_write(folder / "notes", "notes", list(_notes(raw.notes))))
    if raw.images is not None:
        written.append(_write(folder / "images", "images", list(_images(raw.images, folder / "images"))))
    return tuple(written)


def _notes(path: Path) -> Iterator[dict[str, Any]]:
    for note in _json_lines(path, _NOTE_FIELDS):
        yield dict(zip(_NOTE_COLUMNS, (note[field] for field in _NOTE_FIELDS), strict=True))


def _images(raw: Path, folder: Path) -> Iterator[dict[str, Any]]:
    import pydicom

    for entry in _json_lines(raw / "labels.jsonl", ("file", "label")):
        path = raw / entry["file"]
        header = pydicom.dcmread(path, specific_tags=["PatientID", "StudyDate"], stop_before_pixels=True)
        day = str(header.StudyDate)
        values = (
            str(header.PatientID),
            entry["file"],
            f"{day[:4]}-{day[4:6]}-{day[6:8]}",
            os.path.relpath(path.resolve(), folder.resolve()),
            entry["label"],
        )
        yield dict(zip(_IMAGE_COLUMNS, values, strict=True))


def _json_lines(path: Path, fields: Sequence[str]) -> Iterator[dict[str, str]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                values = parse_json(line)
                found = {field: values[field] for field in fields}
            except (ValueError, KeyError, TypeError):
                found = {}
            if not found or not all(isinstance(value, str) for value in found.values()):
                raise DataError(
                    f"{path}, line {number}: not a public record with {', '.join(fields)}.",
                    "Delete the folder that it is in; the simulation prepares it again.",
                )
            yield found


def _write(folder: Path, kind: Kind, rows: list[dict[str, Any]]) -> Path:
    if (folder / MANIFEST_FILE).exists():
        return folder
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, folder / f"{kind}.parquet")
    patients = len({row["patient_key"] for row in rows})
    written = Table(
        kind=kind, file=f"{kind}.parquet", rows=len(rows), patients=patients, columns=tuple(table.column_names)
    )
    atomic.write_json(folder / MANIFEST_FILE, build_manifest(folder, "public", (written,)).model_dump(mode="json"))
    return folder

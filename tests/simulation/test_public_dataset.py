"""Public records of a simulation's own folder, which may be damaged, are read or named by their line."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cloister.simulation.public_dataset import write_public_dataset
from cloister.simulation.sources.source_data import RawData
from cloister.study.errors import DataError

NOTE = {"patient_id": "p", "id": "1", "date": "2020-01-01", "type": "letter", "text": "Well.", "label": "a"}


def test_notes_become_rows(tmp_path: Path) -> None:
    (tmp_path / "notes.jsonl").write_text(json.dumps(NOTE) + "\n")
    (folder,) = write_public_dataset(RawData(notes=tmp_path / "notes.jsonl"), tmp_path / "public")
    (row,) = pq.read_table(folder / "notes.parquet").to_pylist()
    assert tuple(row.values()) == ("p", "1", "2020-01-01", "letter", "Well.", "a")


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b"{}", b"\xff", b"", json.dumps(NOTE | {"text": None}).encode(), b"[" * 10**5]
)
def test_a_line_that_is_no_note_is_named(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_bytes(json.dumps(NOTE).encode() + b"\n" + line + b"\n")
    with pytest.raises(DataError, match=r"notes\.jsonl, line 2: not a public record"):
        write_public_dataset(RawData(notes=path), tmp_path / "public")

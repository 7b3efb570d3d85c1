"""Tables: no row's text becomes another's, and no record number becomes another one."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.deid.note_sources.conftest import Import

from cloister.deid import declared
from cloister.deid.note_sources import parquet_rows
from cloister.deid.note_sources.import_notes import import_notes
from cloister.deid.note_sources.item import Refused, SourceNote
from cloister.deid.note_sources.parquet_rows import LONGEST_CELL
from cloister.deid.note_sources.tables import Columns, read_parquet
from cloister.study.errors import DataError

HEAD = "id,patient_id,text\n"


def test_a_quote_that_is_not_closed_puts_no_text_into_another_patients(imported: Import) -> None:
    found = imported({"t.csv": HEAD + '0,p0,fine\n1,p1,"unterminated text\n2,p2,"text two"\n'})
    assert [(note["patient_id"], note["text"]) for note in found.notes] == [("p0", "fine")]
    assert found.refused == [("t.csv", 2, "not-a-table")]


def test_what_follows_a_quote_that_is_not_closed_is_told_and_taken_for_nobodys_row(imported: Import) -> None:
    rows = '1,p1,"unterminated\n2,p2,"Seen today:\ncough, fever, chills"\n3,p3,fine\n'
    found = imported({"t.csv": HEAD + rows, "u.csv": HEAD + "1,p1,fine\n"})
    assert [(note["patient_id"], note["text"]) for note in found.notes] == [("p1", "fine")]
    assert found.refused == [("t.csv", place, "not-a-table") for place in (1, 2, 3)]


def test_a_quote_that_is_not_closed_before_the_end_is_told(imported: Import) -> None:
    found = imported({"t.csv": HEAD + '1,p1,fine\n2,p2,"unterminated\n3,p3,text\n'})
    assert [note["text"] for note in found.notes] == ["fine"]
    assert found.refused == [("t.csv", 2, "not-a-table")]


def test_quoted_line_breaks_and_quotes_are_part_of_the_text(imported: Import) -> None:
    found = imported({"t.csv": HEAD + '1,p1,"two\nlines, ""quoted"""\n2,p2,5" long\n'})
    assert [note["text"] for note in found.notes] == ['two\nlines, "quoted"', '5" long']
    assert found.refused == []


def test_the_lines_of_a_cell_that_is_too_long_are_no_rows(imported: Import) -> None:
    found = imported({"t.csv": HEAD + '0,p0,fine\n1,p1,"' + "x" * (16 * 1024 * 1024 + 1) + '\na,b,c"\n'})
    assert [note["text"] for note in found.notes] == ["fine"]
    assert found.refused == [("t.csv", 2, "too-large"), ("t.csv", 3, "not-a-table")]


def test_a_head_with_a_quote_that_is_not_closed_is_a_typed_error(imported: Import) -> None:
    with pytest.raises(DataError, match="head of a table"):
        imported({"t.csv": 'id,"text\n1,"a"b\n'})


def write_parquet(tmp_path: Path, values: Any, name: str = "mrn", kind: Any = None) -> Path:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({name: pa.array(values, kind), "text": ["Stable."] * len(values)}), path)
    return path


@pytest.mark.parametrize("columns", [Columns(id="mrn"), Columns(patient_id="mrn"), Columns(issuer="mrn")])
@pytest.mark.parametrize("values", [[482913.0, None], [Decimal("482913.0"), None], [b"482913", None], [True, None]])
def test_numbers_that_were_stored_as_something_else_are_refused(columns: Columns, values: Any, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'mrn' holds") as problem:
        import_notes(write_parquet(tmp_path, values), tmp_path / "raw", columns=columns)
    assert "text" in problem.value.remedy
    assert "482913" not in f"{problem.value} {problem.value.remedy}"
    assert not (tmp_path / "raw").exists()


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([482913, None], pa.int64()),
        (["482913", None], pa.string()),
        (["482913", None], pa.large_string()),
        (["482913", None], pa.dictionary(pa.int32(), pa.string())),
        ([None, None], pa.null()),
        ([UUID(int=482913).bytes, None], pa.uuid()),
    ],
)
def test_whole_numbers_and_texts_are_record_numbers(values: Any, kind: Any, tmp_path: Path) -> None:
    summary = import_notes(
        write_parquet(tmp_path, values, kind=kind), tmp_path / "raw", columns=Columns(patient_id="mrn")
    )
    assert (summary.notes, summary.without_patient) == (2, values.count(None))


def test_a_float_column_that_is_no_number_of_anybodys_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": ["Stable."], "label": [1.0], "weight": [71.5]}), path)
    assert import_notes(path, tmp_path / "raw").notes == 1


def test_record_numbers_that_a_program_wrote_as_floats_are_refused_in_csv_too(imported: Import) -> None:
    with pytest.raises(DataError, match="'patient_id' holds"):
        imported({"t.csv": HEAD + "1,482913.0,Stable.\n2,,Stable.\n"})


def zoned(zone: str) -> pa.Array:
    return pa.array([0, 1], pa.int64()).cast(pa.timestamp("us", tz=zone))


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        (zoned("Mars/Base"), "timestamp.*Mars/Base"),
        (zoned("../x"), "timestamp"),
        (pa.StructArray.from_arrays([pa.array([1, 2]), pa.array([1, 2])], names=["k", "k"]), "struct"),
        (pa.array([[1], [2]]), "list"),
        (pa.array([b"2020-01-01", b"\xff"]), "binary"),
    ],
)
def test_a_column_of_what_cannot_be_read_as_text_is_told(tmp_path: Path, dates: pa.Array, told: str) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": ["Stable.", "Fine."], "when": dates}), path)
    with pytest.raises(DataError, match=rf"t\.parquet: column 'when' holds .*{told}") as problem:
        list(read_parquet(path, Columns(date="when")))
    assert "text" in problem.value.remedy


@pytest.mark.parametrize("name", ["type", "label", "date", "language"])
@pytest.mark.parametrize(
    "values", [pa.array([["ct"]]), pa.array([{"code": "ct"}]), pa.array([{"a": b"ct"}]), pa.array([b"ct"])]
)
def test_a_column_that_nobody_asked_for_costs_a_word(
    tmp_path: Path, name: str, values: pa.Array, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": ["Stable."], name: values, "patient_id": ["p1"]}), path)
    (note,) = read_parquet(path, Columns())
    assert note == SourceNote({"id": "t-1", "patient_id": "p1", "text": "Stable."})
    assert f"column {name!r} is not read: it holds " in caplog.text
    with pytest.raises(DataError, match=f"column '{name}' holds"):
        list(read_parquet(path, Columns(texts=("text", name))))


def test_uuids_are_read_as_they_are_written_and_json_is_not(tmp_path: Path) -> None:
    """In JSON a letter or the end of a line is spelled in ways that hide a name."""
    path, number = tmp_path / "t.parquet", UUID(int=482913)
    json = pa.array(['{"note": "J\\u00f6rg M\\u00fcller"}'], pa.json_())
    table = pa.table({"text": ["Stable."], "type": json, "patient_id": pa.array([number.bytes], pa.uuid())})
    pq.write_table(table, path)
    assert list(read_parquet(path, Columns())) == [
        SourceNote({"id": "t-1", "patient_id": str(number), "text": "Stable."})
    ]
    with pytest.raises(DataError, match=r"column 'type' holds .*json"):
        list(read_parquet(path, Columns(texts=("type",))))


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("date", pa.array([0, 2**31 - 1], pa.int32()).cast(pa.date32()), "not-a-table"),
        ("date", pa.array([0, -(2**62)], pa.int64()).cast(pa.timestamp("us")), "not-a-table"),
        ("type", pa.array([0, 2**62], pa.int64()).cast(pa.duration("s")), "not-a-table"),
        ("type", pa.array([b"ct", b"\xff"]).view(pa.string()), "not-utf-8"),
        ("type", pa.array(["ct", "x" * (LONGEST_CELL + 1)]), "too-large"),
    ],
)
def test_a_value_that_cannot_be_read_costs_its_row(tmp_path: Path, name: str, values: pa.Array, reason: str) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": ["Stable.", "Fine."], name: values}), path)
    first, second = read_parquet(path, Columns())
    assert isinstance(first, SourceNote)
    assert second == Refused(path, 2, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
@pytest.mark.parametrize("use_dictionary", [True, False])
def test_texts_are_the_same_however_they_are_stored(tmp_path: Path, kind: pa.DataType, use_dictionary: bool) -> None:
    path, texts = tmp_path / "t.parquet", ["Ärztin", None, "x", "Ärztin", ""] * 700
    table = pa.table({"text": pa.array(texts, kind)})
    for written in (table, pa.table({"text": pa.array(texts).dictionary_encode()})):
        pq.write_table(written, path, use_dictionary=use_dictionary, row_group_size=1500)
        found = [
            each.values["text"] if isinstance(each, SourceNote) else None for each in read_parquet(path, Columns())
        ]
        assert found == [text or None for text in texts]


@pytest.mark.parametrize(
    "texts",
    [
        pa.DictionaryArray.from_arrays(pa.array([0] * 5000), pa.array(["x " * 500_000])),
        pa.DictionaryArray.from_arrays(pa.array([0] * 5000), pa.array(["x" * 20_000_000])),
        pa.DictionaryArray.from_arrays(pa.array([0] * 10_000), pa.array(["x"])),
        pa.array(["x" * 1_000_000] * 10),
    ],
)
def test_a_small_file_with_room_for_gigabytes_is_refused(
    tmp_path: Path, texts: pa.Array, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_rows, "_FREE", 2**23)
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": texts}), path, compression="zstd", use_dictionary=len(texts) > 10)
    assert path.stat().st_size < 200_000
    whole = pa.default_memory_pool()
    counted = pa.proxy_memory_pool(whole)
    pa.set_memory_pool(counted)
    try:
        with pytest.raises(DataError, match=r"t\.parquet: holds more than 1,000 times its own size"):
            sum(1 for _ in read_parquet(path, Columns()))
    finally:
        pa.set_memory_pool(whole)
    assert counted.max_memory() < 2**28


def test_a_column_that_does_not_fit_what_the_file_says_of_it_ends_no_process(tmp_path: Path) -> None:
    """The schema was damaged: values that may be missing are now never missing, and their statistics count levels."""
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": ["Stable."], "patient_id": ["p1"]}), path)
    optional, required = (bytes([0x25, kind, 0x18, 10]) + b"patient_id" for kind in (2, 0))
    damaged = path.read_bytes().replace(optional, required)
    assert damaged != path.read_bytes()
    path.write_bytes(damaged)
    with pytest.raises(DataError, match=r"t\.parquet: not a Parquet file that can be read"):
        list(read_parquet(path, Columns()))


def test_a_table_lies_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    pq.write_table(pa.table({"id": ["1"], "text": ["fine"]}), tmp_path / "t.parquet")
    (tmp_path / "t.parquet").rename(folder / "t.parquet")
    assert list(read_parquet(folder / "t.parquet", Columns(("text",)))) == [SourceNote({"id": "1", "text": "fine"})]
    (folder / "t.csv").write_text("patient_id,x\np1,2\n")
    assert declared.read_csv(folder / "t.csv").to_pylist() == [{"patient_id": "p1", "x": 2}]

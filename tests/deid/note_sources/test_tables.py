"""Tables: no row's text becomes another's, and no record number becomes another one."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.deid.note_sources.conftest import Import

from cloister.deid.note_sources.import_notes import import_notes
from cloister.deid.note_sources.tables import Columns
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

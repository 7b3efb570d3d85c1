"""Tables: no row's text becomes another's, and no record number becomes another one."""

import pytest
from tests.deid.note_sources.conftest import Import

from cloister.study.errors import DataError

HEAD = "id,patient_id,text\n"


def test_a_quote_that_is_not_closed_puts_no_text_into_another_patients(imported: Import) -> None:
    found = imported({"t.csv": HEAD + '1,p1,"unterminated text\n2,p2,"text two"\n3,p3,"text three"\n'})
    assert [(note["patient_id"], note["text"]) for note in found.notes] == [("p3", "text three")]
    assert found.refused == [("t.csv", 1, "not-a-table")]


def test_a_quote_that_is_not_closed_before_the_end_is_told(imported: Import) -> None:
    found = imported({"t.csv": HEAD + '1,p1,fine\n2,p2,"unterminated\n3,p3,text\n'})
    assert [note["text"] for note in found.notes] == ["fine"]
    assert found.refused == [("t.csv", 2, "not-a-table")]


def test_quoted_line_breaks_and_quotes_are_part_of_the_text(imported: Import) -> None:
    found = imported({"t.csv": HEAD + '1,p1,"two\nlines, ""quoted"""\n2,p2,5" long\n'})
    assert [note["text"] for note in found.notes] == ['two\nlines, "quoted"', '5" long']
    assert found.refused == []


def test_a_cell_that_is_too_long_is_told_as_that(imported: Import) -> None:
    found = imported({"t.csv": HEAD + "1,p1," + "x" * (16 * 1024 * 1024 + 1) + "\n2,p2,fine\n"})
    assert [note["text"] for note in found.notes] == ["fine"]
    assert found.refused == [("t.csv", 1, "too-large")]


def test_a_head_with_a_quote_that_is_not_closed_is_a_typed_error(imported: Import) -> None:
    with pytest.raises(DataError, match="head of a table"):
        imported({"t.csv": 'id,"text\n1,"a"b\n'})

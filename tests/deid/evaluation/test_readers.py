"""Corpora in brat, i2b2 XML, presidio-research JSON, JSONL and CSV: what is read, and what is refused and how."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Span
from cloister.deid.evaluation.readers import read_corpus
from cloister.deid.evaluation.readers.notes_with_gold import read_notes_with_gold, saved_findings
from cloister.study.errors import CloisterError, DataError, InputError, MissingFileError

MEDDOCAN = Path(__file__).parents[4] / "shared/data/meddocan/corpus/dev/brat"
SYNTHETIC = Path(__file__).parents[4] / "shared/data/presidio_synth/synth_dataset_v2.json"
needs_data = pytest.mark.skipif(not MEDDOCAN.is_dir(), reason="shared/data is not here")


def brat(folder: Path, text: str, annotations: str) -> Path:
    (folder / "note.txt").write_bytes(text.encode())
    (folder / "note.ann").write_bytes(annotations.encode())
    return folder


def test_brat_spans_may_be_discontinuous_and_cross_lines(tmp_path: Path) -> None:
    text = "Zoë\r\nDe Vries, 3/2"
    lines = "T1\tNAME 0 13\tZoë  De Vries\nT2\tDATE 15 16;17 18\t3 2\n#1\tNote T1\tsure\nR1\tOf Arg1:T1 Arg2:T2\n"
    (note,) = read_corpus(brat(tmp_path, text, lines))
    assert note == AnnotatedNote("note", text, (Span(0, 13, "NAME"), Span(15, 16, "DATE"), Span(17, 18, "DATE")))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("T1 NAME 0 3 Ana", "'T1 NAME 0 3 Ana'"),
        ("T1\tNAME 0 99\tAna", "0 to 99"),
        ("T1\tNAME 1 4\tAna", "'na '"),
        ("T1\tNAME 3 3\t", "3 to 3"),
    ],
)
def test_a_brat_line_that_is_wrong_is_named(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(DataError, match=r"note\.ann:2") as caught:
        list(read_corpus(brat(tmp_path, "Ana is well", f"#1\tx\ty\n{line}\n")))
    assert told in caught.value.message
    assert caught.value.remedy


def test_a_brat_line_that_names_the_text_again_and_again_takes_no_more_memory_than_the_text(tmp_path: Path) -> None:
    line = "T1\tNAME " + ";".join(["0 1000000"] * 300) + "\tx\n"
    folder = brat(tmp_path, "x" * 1_000_000, line)
    tracemalloc.start()
    with pytest.raises(DataError, match=r"note\.ann:1.*quotes 'x', the text has 'xxx") as caught:
        list(read_corpus(folder))
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert len(caught.value.message) < 1000


def test_i2b2_of_2014_and_of_2006(tmp_path: Path) -> None:
    of_2014 = """<?xml version="1.0"?><deIdi2b2><TEXT><![CDATA[Seen by Kim & Co on 2067-05-03.]]></TEXT><TAGS>
    <NAME id="P0" start="8" end="11" text="Kim" TYPE="DOCTOR" comment=""/>
    <DATE id="P1" start="20" end="30" text="2067-05-03" TYPE="DATE" comment=""/></TAGS></deIdi2b2>"""
    of_2006 = """<ROOT><RECORD ID="7"><TEXT>Seen by <PHI TYPE="DOCTOR">Kim</PHI> on
    <PHI TYPE="DATE">5/3</PHI>.</TEXT></RECORD></ROOT>"""
    (tmp_path / "a.xml").write_text(of_2014)
    (tmp_path / "b.xml").write_text(of_2006)
    first, second = read_corpus(tmp_path)
    assert [(first.text[s.start : s.end], s.label) for s in first.spans] == [("Kim", "DOCTOR"), ("2067-05-03", "DATE")]
    assert [(second.text[s.start : s.end], s.label) for s in second.spans] == [("Kim", "DOCTOR"), ("5/3", "DATE")]
    assert (first.id, second.id) == ("a", "7")


@pytest.mark.parametrize(
    "source",
    [
        "<deIdi2b2>",
        "<other/>",
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><deIdi2b2><TEXT>&a;</TEXT><TAGS/></deIdi2b2>',
        '<deIdi2b2><TEXT>Kim</TEXT><TAGS><NAME start="0" end="x"/></TAGS></deIdi2b2>',
        '<deIdi2b2><TEXT>Kim</TEXT><TAGS><NAME start="0" end="2" text="Kim"/></TAGS></deIdi2b2>',
        f'<deIdi2b2><TEXT>Kim</TEXT><TAGS><NAME start="0" end="{"9" * 5000}"/></TAGS></deIdi2b2>',
        "<ROOT><RECORD ID='1'/></ROOT>",
    ],
)
def test_xml_that_cannot_be_trusted_is_refused(tmp_path: Path, source: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(source)
    with pytest.raises(DataError, match=r"a\.xml"):
        list(read_corpus(path))


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "utf-32", "no-such-thing", "utf-8"])
def test_xml_that_was_converted_to_utf_8_may_name_its_old_encoding(tmp_path: Path, encoding: str) -> None:
    tag = '<NAME start="3" end="6" text="Zoë" TYPE="PATIENT"/>'
    source = f'<?xml version="1.0" encoding="{encoding}"?><deIdi2b2><TEXT>Fr Zoë</TEXT><TAGS>{tag}</TAGS></deIdi2b2>'
    (tmp_path / "a.xml").write_text(source, encoding="utf-8")
    (note,) = read_corpus(tmp_path)
    assert (note.text, note.spans) == ("Fr Zoë", (Span(3, 6, "PATIENT"),))


def test_presidio_research(tmp_path: Path) -> None:
    span = {"entity_type": "PERSON", "entity_value": "Ana", "start_position": 4, "end_position": 7}
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"full_text": "Ask Ana", "spans": [span]}]))
    assert list(read_corpus(path)) == [AnnotatedNote("0", "Ask Ana", (Span(4, 7, "PERSON"),))]
    samples: tuple[object, ...] = (
        {"full_text": "Ask Ana", "spans": [{**span, "end_position": 6}]},
        {"full_text": "Ask Ana", "spans": [{**span, "entity_type": ["PERSON"]}]},
        {"full_text": ["Ask Ana"], "spans": []},
        {"spans": []},
        7,
    )
    for bad in samples:
        path.write_text(json.dumps([bad]))
        with pytest.raises(DataError, match="sample 0"):
            list(read_corpus(path))


def test_notes_with_gold_in_jsonl_and_in_csv(write_lines: Callable[..., Path], tmp_path: Path) -> None:
    notes = write_lines("notes.jsonl", {"id": "1", "text": "Ana"}, {"id": 2, "text": "well", "language": "en"})
    spans = [{"start": 0, "end": 3, "label": "NAME", "score": 0.9, "source": "x"}]
    gold = write_lines("gold.jsonl", {"id": "1", "spans": spans, "group": "hispanic"}, {"id": "2", "spans": []})
    table = tmp_path / "gold.csv"
    table.write_text("id,start,end,label,group\n1,0,3,NAME,hispanic\n")
    expected = [
        AnnotatedNote("1", "Ana", (Span(0, 3, "NAME"),), "hispanic"),
        AnnotatedNote("2", "well", (), "", "en"),
    ]
    assert read_notes_with_gold(notes, gold) == read_notes_with_gold(notes, table) == expected
    assert saved_findings(gold, expected, notes)(expected[0]) == (Span(0, 3, "NAME"),)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "no JSON"),
        (b"[]", "no JSON object"),
        ({"id": "", "spans": []}, "`id`"),
        ({"id": "1", "spans": 3}, "`spans` is no list: 3"),
        ({"id": "1", "spans": [3]}, "no span: 3"),
        ({"id": "1", "spans": [{"start": "0", "end": 1, "label": "NAME"}]}, "`start` is no whole number: '0'"),
        ({"id": "1", "spans": [{"start": 0, "end": True, "label": "NAME"}]}, "`end`"),
        ({"id": "1", "spans": [{"start": 0, "end": 1}]}, "`label`"),
        ({"id": "1", "spans": [{"start": 0, "end": 4, "label": "NAME"}]}, "0 to 4"),
        ({"id": "1", "spans": [{"start": -1, "end": 2, "label": "NAME"}]}, "-1 to 2"),
        ({"id": "9", "spans": []}, "no note '9'"),
    ],
)
def test_a_gold_line_that_is_wrong_is_named(write_lines: Callable[..., Path], line: object, told: str) -> None:
    notes = write_lines("notes.jsonl", {"id": "0", "text": "Bo"}, {"id": "1", "text": "Ana"})
    gold = write_lines("gold.jsonl", {"id": "0", "spans": []}, line)
    with pytest.raises(DataError) as caught:
        read_notes_with_gold(notes, gold)
    assert f"{gold}:2" in caught.value.message
    assert told in caught.value.message


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1,0," + "9" * 5000 + ",NAME", "`end` is no whole number: '999"),
        ("1,0,1," + "N" * 140_000, "no CSV: field larger"),
    ],
)
def test_a_gold_row_that_is_wrong_is_named(
    write_lines: Callable[..., Path], tmp_path: Path, row: str, told: str
) -> None:
    notes, gold = write_lines("notes.jsonl", {"id": "1", "text": "Ana"}), tmp_path / "gold.csv"
    gold.write_text(f"id,start,end,label\n{row}\n")
    with pytest.raises(DataError) as caught:
        read_notes_with_gold(notes, gold)
    assert f"{gold}:2: " in caught.value.message
    assert told in caught.value.message
    assert len(caught.value.message) < 1000


def test_blanks_around_an_offset_are_none_of_it(write_lines: Callable[..., Path], tmp_path: Path) -> None:
    notes, gold = write_lines("notes.jsonl", {"id": "1", "text": "Ana"}), tmp_path / "gold.csv"
    gold.write_text("id,start,end,label\n1, 0,3\x1d,NAME\n")
    (note,) = read_notes_with_gold(notes, gold)
    assert [(span.start, span.end) for span in note.spans] == [(0, 3)]


def test_gold_rows_of_one_note_take_time_in_proportion(write_lines: Callable[..., Path], tmp_path: Path) -> None:
    rows = 50_000
    notes, gold = write_lines("notes.jsonl", {"id": "1", "text": "x" * rows}), tmp_path / "gold.csv"
    gold.write_text("id,start,end,label\n" + "".join(f"1,{at},{at + 1},NAME\n" for at in reversed(range(rows))))
    started = time.process_time()
    (note,) = read_notes_with_gold(notes, gold)
    assert time.process_time() - started < 20
    assert [span.start for span in note.spans] == list(range(rows))


def test_a_figure_never_rests_on_a_part_of_the_notes(write_lines: Callable[..., Path]) -> None:
    notes = write_lines("notes.jsonl", {"id": "1", "text": "Ana"})
    with pytest.raises(DataError, match="no line for note '1'"):
        read_notes_with_gold(notes, write_lines("gold.jsonl"))
    twice = write_lines("twice.jsonl", {"id": "1", "text": "Ana"}, {"id": "1", "text": "Bo"})
    with pytest.raises(DataError, match=r"twice\.jsonl:2: id '1' stands in line 1 too"):
        read_notes_with_gold(twice, write_lines("gold.jsonl", {"id": "1", "spans": []}))
    gold = write_lines("gold.jsonl", {"id": "1", "spans": []}, {"id": "1", "spans": []})
    with pytest.raises(DataError, match="stands twice"):
        read_notes_with_gold(notes, gold)


def test_what_is_no_corpus_is_told(tmp_path: Path) -> None:
    plain = tmp_path / "notes.jsonl"
    plain.write_text("")
    with pytest.raises(InputError, match="no annotation of its own"):
        read_corpus(plain)
    with pytest.raises(MissingFileError):
        read_corpus(tmp_path / "none")
    with pytest.raises(InputError, match=r"\.jsonl and \.csv"):
        read_notes_with_gold(plain, tmp_path / "gold.xlsx")
    (tmp_path / "bad.json").write_bytes(b"\xff")
    with pytest.raises(DataError, match="byte 0 is not UTF-8"):
        list(read_corpus(tmp_path / "bad.json"))
    table = tmp_path / "gold.csv"
    table.write_text("id,start,end\n")
    plain.write_text('{"id": "1", "text": "Ana"}\n')
    with pytest.raises(CloisterError, match="no column `label`"):
        read_notes_with_gold(plain, table)


@needs_data
def test_the_public_corpora_are_read_whole() -> None:
    meddocan = list(read_corpus(MEDDOCAN))
    assert (len(meddocan), sum(len(note.spans) for note in meddocan)) == (250, 5801)
    synthetic = list(read_corpus(SYNTHETIC))
    assert len(synthetic) == 1500

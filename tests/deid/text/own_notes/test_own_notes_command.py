"""`python -m cloister.deid.text.own_notes`: train, evaluate, detect, and what it says of files it cannot use."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cloister.deid.evaluation.annotated_note import AnnotatedNote
from cloister.deid.text.own_notes.__main__ import main
from cloister.deid.text.own_notes.tagger import OwnNotesTagger


@pytest.fixture
def model(own_tagger: OwnNotesTagger, tmp_path: Path) -> Path:
    path = tmp_path / "own.npz"
    own_tagger.save(path)
    return path


def _brat(folder: Path, notes: list[AnnotatedNote]) -> Path:
    folder.mkdir()
    for note in notes:
        (folder / f"{note.id}.txt").write_text(note.text)
        lines = [
            f"T{n}\t{s.label} {s.start} {s.end}\t{note.text[s.start : s.end]}\n" for n, s in enumerate(note.spans, 1)
        ]
        (folder / f"{note.id}.ann").write_text("".join(lines))
    return folder


def test_detect_writes_spans_into_the_unchanged_text(
    model: Path,
    note_of_invented_hospital: Callable[[int], AnnotatedNote],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    note = note_of_invented_hospital(100)
    notes, output = tmp_path / "notes.jsonl", tmp_path / "spans.jsonl"
    notes.write_text(json.dumps({"id": "a", "text": note.text}) + "\nno JSON\n")
    assert main(["detect", str(model), str(notes), "--output", str(output)]) == 0
    (line,) = output.read_text().splitlines()
    found = json.loads(line)
    assert found["id"] == "a"
    assert {(s["start"], s["end"], s["label"]) for s in found["spans"]} == {
        (s.start, s.end, s.label) for s in note.spans
    }
    assert "notes.jsonl:2" in capsys.readouterr().err
    assert main(["detect", str(model), str(notes), "--output", str(output), "--recall"]) == 0
    assert {span["label"] for span in json.loads(output.read_text())["spans"]} == {"PHI"}


def test_evaluate_prints_both_profiles(
    model: Path,
    note_of_invented_hospital: Callable[[int], AnnotatedNote],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corpus = _brat(tmp_path / "corpus", [note_of_invented_hospital(number) for number in range(100, 104)])
    assert main(["evaluate", str(model), str(corpus)]) == 0
    printed = capsys.readouterr().out
    assert "The recall profile" in printed
    assert "STAFF" in printed


def test_mistakes_end_with_a_remedy_and_no_traceback(
    model: Path,
    note_of_invented_hospital: Callable[[int], AnnotatedNote],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    few = _brat(tmp_path / "few", [note_of_invented_hospital(1)])
    absent, output = str(tmp_path / "absent"), str(tmp_path / "out")
    for arguments in (
        ["train", absent, "--output", output],
        ["train", str(few), "--output", output],
        ["evaluate", absent, str(few)],
        ["evaluate", str(model), absent],
        ["detect", str(few / "note-1.txt"), absent, "--output", output],
        ["detect", str(model), absent, "--output", output],
    ):
        assert main(arguments) == 2
        assert capsys.readouterr().err
        assert not Path(output).exists()


@pytest.mark.heavy
def test_a_tagger_is_trained_from_a_corpus_and_reads_its_hospital_s_other_notes(
    note_of_invented_hospital: Callable[[int], AnnotatedNote], tmp_path: Path
) -> None:
    corpus = _brat(tmp_path / "corpus", [note_of_invented_hospital(number) for number in range(30)])
    output = tmp_path / "own.npz"
    assert main(["train", str(corpus), "--output", str(output)]) == 0
    unseen = note_of_invented_hospital(200)
    assert tuple(OwnNotesTagger.load(output).spans(unseen.text)) == unseen.spans

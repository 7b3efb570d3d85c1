"""A site's own tagger as one more voice: named in the detectors file, joined with ours, told in the certificate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cloister.deid.clean_notes import clean_notes
from cloister.deid.detect_notes import detect_notes
from cloister.deid.evaluation.annotated_note import AnnotatedNote
from cloister.deid.text.adapters.detectors_file import identities, load, read_detectors, settings_digest
from cloister.deid.text.own_notes.tagger import OwnNotesTagger
from cloister.study.canonical import sha256_of_file
from cloister.study.errors import InputError, MissingFileError
from cloister.study.keys import SiteKey

Notes = Callable[[int], AnnotatedNote]
FILE = '[[detector]]\nname = "ours"\nkind = "own-notes"\nmodel = "own.npz"\n'
CASE = 'labels = { CASE = "ID" }\n'


@pytest.fixture
def detectors(own_tagger: OwnNotesTagger, tmp_path: Path) -> Path:
    own_tagger.save(tmp_path / "own.npz")
    path = tmp_path / "detectors.toml"
    path.write_text(FILE + CASE)
    return path


def test_it_finds_what_its_annotators_marked_under_our_labels(
    detectors: Path, note_of_invented_hospital: Notes
) -> None:
    ours = {"PATIENT": "NAME", "STAFF": "NAME", "CASE": "ID", "DATE": "DATE"}
    others = load(read_detectors(detectors))
    wanted, found = 0, 0
    for number in range(100, 110):
        note = note_of_invented_hospital(number)
        heard = {(f.start, f.end, f.label) for f in others.find(note.text, "en")}
        assert all(f.source == "own-notes:ours" and 0.3 <= f.score <= 1 for f in others.find(note.text, "en"))
        wanted += len(note.spans)
        found += sum((span.start, span.end, ours[span.label]) in heard for span in note.spans)
    assert found >= 0.9 * wanted


def test_what_is_mapped_to_nothing_identifies_nobody(detectors: Path, note_of_invented_hospital: Notes) -> None:
    detectors.write_text(FILE + 'labels = { CASE = "", PATIENT = "", STAFF = "", DATE = "" }\n')
    note = note_of_invented_hospital(100)
    assert load(read_detectors(detectors)).find(note.text, "en") == []
    detectors.write_text(FILE + 'labels = { CASE = "", PATIENT = "", STAFF = "" }\n')
    assert {f.label for f in load(read_detectors(detectors)).find(note.text, "en")} == {"DATE"}


def test_labels_that_nothing_maps_are_named(detectors: Path) -> None:
    detectors.write_text(FILE)
    with pytest.raises(InputError, match="its labels CASE are none") as refusal:
        load(read_detectors(detectors))
    assert "labels = " in refusal.value.remedy


def test_it_joins_detect_and_its_file_stands_in_the_certificate(
    detectors: Path, note_of_invented_hospital: Notes, tmp_path: Path, site_key: SiteKey
) -> None:
    notes = tmp_path / "notes.jsonl"
    notes.write_text(json.dumps({"id": "1", "text": note_of_invented_hospital(103).text, "language": "en"}) + "\n")
    detect_notes(notes, tmp_path / "spans.jsonl", detectors=detectors)
    spans = json.loads((tmp_path / "spans.jsonl").read_text())["spans"]
    assert any("own-notes:ours" in span["source"].split("+") for span in spans)
    certificate = clean_notes(
        notes, tmp_path / "out", site_key=site_key, collection="main", mode="tag", detectors=detectors
    )
    (named,) = certificate.detectors or ()
    assert (named.name, named.kind, named.sha256) == ("ours", "own-notes", sha256_of_file(tmp_path / "own.npz"))


def test_another_model_is_other_work(detectors: Path, tmp_path: Path) -> None:
    def digest() -> str:
        added = read_detectors(detectors)
        return settings_digest(added, identities(added))

    first = digest()
    assert digest() == first
    (tmp_path / "own.npz").write_bytes((tmp_path / "own.npz").read_bytes() + b"\0")
    assert digest() != first


def test_a_model_that_is_not_there_or_is_none_is_refused(detectors: Path, tmp_path: Path) -> None:
    (tmp_path / "own.npz").write_bytes(b"words")
    with pytest.raises(InputError, match=r"own\.npz: no model"):
        load(read_detectors(detectors))
    (tmp_path / "own.npz").unlink()
    with pytest.raises(MissingFileError, match=r"own\.npz"):
        read_detectors(detectors)

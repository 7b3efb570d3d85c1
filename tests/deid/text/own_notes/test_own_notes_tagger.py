"""A tagger trained on a hospital's notes finds the identifiers of its other notes, and says so after being stored."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cloister.deid.evaluation.annotated_note import AnnotatedNote
from cloister.deid.evaluation.evaluation import evaluate
from cloister.deid.text.own_notes import tagger as module
from cloister.deid.text.own_notes.tagger import PHI, OwnNotesTagger, flagged
from cloister.study.errors import DataError, InputError, MissingFileError

Notes = Callable[[int], AnnotatedNote]


def test_identifiers_of_unseen_notes_are_found_with_border_and_label(
    own_tagger: OwnNotesTagger, note_of_invented_hospital: Notes
) -> None:
    unseen = [note_of_invented_hospital(number) for number in range(100, 120)]
    strict = evaluate((note, own_tagger.spans(note.text)) for note in unseen).measures["strict"]
    assert strict.f1.value is not None
    assert strict.f1.value > 0.95


def test_the_recall_profile_misses_no_more_than_the_likeliest_labelling(
    own_tagger: OwnNotesTagger, note_of_invented_hospital: Notes
) -> None:
    assert own_tagger.threshold >= 0.5
    for number in range(100, 110):
        text = note_of_invented_hospital(number).text
        covered = {place for span in own_tagger.likely_spans(text) for place in range(span.start, span.end)}
        assert all(span.label == PHI for span in own_tagger.likely_spans(text))
        sure = {
            place
            for span in own_tagger.spans(text)
            for place in range(span.start, span.end)
            if not text[place].isspace()
        }
        assert sure <= covered


def test_a_higher_threshold_flags_what_a_lower_one_does(
    own_tagger: OwnNotesTagger, note_of_invented_hospital: Notes
) -> None:
    text = note_of_invented_hospital(101).text
    read = list(own_tagger.outside_probabilities(text))
    assert all(len(outside) == len(tokens) for tokens, outside in read)
    flags = [
        {place for span in flagged(read, threshold, text) for place in range(span.start, span.end)}
        for threshold in (0.1, 0.5, 0.99, 1.1)
    ]
    assert flags[0] <= flags[1] <= flags[2] <= flags[3]


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "‏שלום‏", "word " * 900, "e\u0301" * 9, "\ud800"])
def test_odd_texts_are_read_without_complaint(own_tagger: OwnNotesTagger, text: str) -> None:
    for span in (*own_tagger.spans(text), *own_tagger.likely_spans(text)):
        assert 0 <= span.start < span.end <= len(text)


def test_a_stored_tagger_reads_as_it_did_but_for_half_precision(
    own_tagger: OwnNotesTagger, note_of_invented_hospital: Notes, tmp_path: Path
) -> None:
    path = tmp_path / "folder" / "own.npz"
    own_tagger.save(path)
    stored = OwnNotesTagger.load(path)
    assert (stored.threshold, stored.lists, stored.chain.labels) == (
        own_tagger.threshold,
        own_tagger.lists,
        own_tagger.chain.labels,
    )
    for number in range(100, 105):
        text = note_of_invented_hospital(number).text
        assert stored.spans(text) == own_tagger.spans(text)
        for (_, now), (_, before) in zip(
            stored.outside_probabilities(text), own_tagger.outside_probabilities(text), strict=True
        ):
            np.testing.assert_allclose(now, before, atol=0.02)


def test_a_long_text_is_read_in_passages_with_offsets_into_the_whole(
    own_tagger: OwnNotesTagger, note_of_invented_hospital: Notes
) -> None:
    note = note_of_invented_hospital(102)
    padding = "Stable.\n" * 4000
    found = own_tagger.spans(padding + note.text)
    assert {replace(span, start=span.start + len(padding), end=span.end + len(padding)) for span in note.spans} <= set(
        found
    )


def test_the_order_of_the_notes_does_not_matter(note_of_invented_hospital: Notes) -> None:
    pytest.importorskip("torch")
    from cloister.deid.text.own_notes.train import train

    notes = [note_of_invented_hospital(number) for number in range(20)]
    one, other = (train(shuffled, {}, iterations=2, epochs=1) for shuffled in (notes, notes[::-1]))
    assert one.threshold == other.threshold
    np.testing.assert_array_equal(one.chain.weights, other.chain.weights)
    for name, array in one.network.arrays.items():
        np.testing.assert_array_equal(array, other.network.arrays[name])


def test_too_few_notes_or_none_annotated_are_refused(note_of_invented_hospital: Notes) -> None:
    from cloister.deid.text.own_notes.train import train

    with pytest.raises(DataError, match="3 annotated notes"):
        train([note_of_invented_hospital(number) for number in range(3)], {})
    with pytest.raises(DataError, match="Nothing is annotated"):
        train([AnnotatedNote(str(number), "Stable.", ()) for number in range(30)], {})


def test_what_is_no_model_is_refused_by_name(own_tagger: OwnNotesTagger, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="absent"):
        OwnNotesTagger.load(tmp_path / "absent")
    path = tmp_path / "own.npz"
    own_tagger.save(path)
    whole = path.read_bytes()
    other = tmp_path / "other.npz"
    np.savez(other, format=np.array(2))
    plain = tmp_path / "plain.npy"
    np.save(plain, np.zeros(3))
    for content in (b"", b"words", whole[: len(whole) // 2], other.read_bytes(), plain.read_bytes()):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"own\.npz: no model"):
            OwnNotesTagger.load(path)


def header(described: str) -> bytes:
    """A member of a numpy archive that is only its header."""
    padded = described.ljust(118) + "\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded.encode()


@pytest.mark.parametrize(
    "member",
    [
        header("("),
        header("-" * 3000 + "1"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000,)}"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999999,)}"),
        header("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': ()}") + bytes(8),
        header("{'descr': '<i8', 'fortran_order': False, 'shape': (2,)}") + bytes(16),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': ()}") + b"\0\0\0\0\0\0\xf0\x7f",
    ],
    ids=["bracket", "signs", "72 TiB", "no size", "record", "two", "infinite"],
)
def test_an_array_that_numpy_stumbles_over_is_no_model(member: bytes, tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("format.npy", member)
    with pytest.raises(InputError, match=r"own\.npz: no model"):
        OwnNotesTagger.load(path)


def test_a_damaged_stream_is_refused_wherever_the_damage_is(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    np.savez_compressed(path, format=np.array(1), labels=np.arange(2000))
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        with pytest.raises(InputError, match=r"own\.npz: no model"):
            OwnNotesTagger.load(path)


def test_a_model_that_would_fill_the_memory_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.npz"
    np.savez_compressed(path, format=np.array(1), labels=np.zeros(10**6, np.uint8))
    monkeypatch.setattr(module, "_MOST_BYTES", 10**6)
    monkeypatch.setattr(np, "load", lambda *_, **__: pytest.fail("unpacked"))
    assert path.stat().st_size < 10_000
    with pytest.raises(InputError, match="more than 1000000"):
        OwnNotesTagger.load(path)


@pytest.mark.parametrize("counts", [[65535] * 3, [0] * 3])
def test_weights_that_are_not_there_are_not_made_room_for(counts: list[int], tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    arrays = {name: np.array([97], np.uint8) for name in ("labels", "columns", "values")}
    attributes = np.frombuffer(b"a\nb\nc", np.uint8)
    np.savez(path, format=np.array(1), attributes=attributes, counts=np.array(counts, np.uint16), **arrays)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="3 attributes, 1 labels, 1 weights"):
        OwnNotesTagger.load(path)


@pytest.mark.parametrize("absent", ["values", "listed", "network.enter", "labels"])
def test_a_model_with_an_array_missing_is_refused(own_tagger: OwnNotesTagger, absent: str, tmp_path: Path) -> None:
    path, cut = tmp_path / "own.npz", tmp_path / "cut.npz"
    own_tagger.save(path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(cut, "w") as new:
        for name in old.namelist():
            if name != f"{absent}.npy":
                new.writestr(name, old.read(name))
    with pytest.raises(InputError, match=r"cut\.npz: no model"):
        OwnNotesTagger.load(cut)

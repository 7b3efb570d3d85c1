"""The benchmark's own notes: as many as promised, spans that fit, and nothing that the taggers were trained on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cloister.deid.evaluation.annotated_note import AnnotatedNote
from cloister.deid.evaluation.readers.notes_with_gold import read_notes_with_gold
from cloister.deid.text.finding import LABELS

DATA = Path(__file__).parents[3] / "benchmarks" / "data"


def read(name: str) -> list[AnnotatedNote]:
    return read_notes_with_gold(DATA / f"{name}.jsonl", DATA / f"{name}.jsonl")


def test_there_are_as_many_notes_as_the_documentation_says() -> None:
    queries = read("clinical_queries")
    assert sum(bool(note.spans) for note in queries) == 210
    assert sum(not note.spans for note in queries) == 158
    assert len(read("german_letters")) == 13
    assert len(read("french_letters")) == 10


@pytest.mark.parametrize("name", ["clinical_queries", "german_letters", "french_letters"])
def test_gold_spans_are_disjoint_whole_words_with_our_labels(name: str) -> None:
    for note in read(name):
        for before, after in zip(note.spans, note.spans[1:], strict=False):
            assert before.end <= after.start, note.id
        for span in note.spans:
            value = note.text[span.start : span.end]
            assert span.label in LABELS
            assert value == value.strip(), (note.id, value)
            around = note.text[span.start - 1 : span.start] + note.text[span.end : span.end + 1]
            assert not (around[:1].isalnum() and span.start and value[0].isalnum()), (note.id, value)
            assert not (note.text[span.end : span.end + 1].isalnum() and value[-1].isalnum()), (note.id, value)


def test_every_culture_group_has_as_many_names_and_none_twice() -> None:
    cultures = json.loads((DATA / "names_by_culture.json").read_text(encoding="utf-8"))
    assert len(cultures) == 27
    assert {len(set(names)) for names in cultures.values()} == {16}


def test_no_sentence_of_the_benchmark_is_in_the_training_data() -> None:
    """Any eight words in a row: a training template that shares them was written with the benchmark in view."""
    training = Path(__file__).parents[3] / "deid" / "cloister" / "deid" / "text"
    sources = "\n".join(path.read_text(encoding="utf-8") for path in training.rglob("*.py")).casefold()
    sources = " ".join(sources.split())
    for name in ("clinical_queries", "german_letters", "french_letters"):
        for note in read(name):
            words = note.text.casefold().split()
            for place in range(len(words) - 7):
                assert " ".join(words[place : place + 8]) not in sources, (note.id, words[place : place + 8])

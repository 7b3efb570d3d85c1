"""Notes of an invented hospital, in a form of its own, and a tagger trained on some of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Span
from cloister.deid.text.own_notes.tagger import OwnNotesTagger

SYLLABLES = ("ba", "ke", "lo", "mi", "ru", "sa", "ten", "vor", "zul", "dan")
LISTS = {"ana": "g", "luis": "g", "lima": "p", "madre": "r"}
COMPLAINTS = ("fever since", "cough since", "no pain after", "headache until", "stable since")


def invented_note(number: int) -> AnnotatedNote:
    """A note in the hospital's form; equal numbers give equal notes."""
    rng = random.Random(number)

    def name() -> str:
        return "".join(rng.choices(SYLLABLES, k=3)).capitalize()

    patient, doctor = f"{name()} {name()}", f"{name()} {name()}"
    parts: Sequence[tuple[str, str]] = (
        ("Patient: ", ""), (patient, "PATIENT"), (".\nCase: ", ""), (f"{rng.randrange(10**6):06}", "CASE"),
        (".\nClinician: ", ""), (doctor, "STAFF"), (".\nReport: Patient with ", ""), (rng.choice(COMPLAINTS), ""),
        (" ", ""), (f"{rng.randint(1, 28)}/{rng.randint(1, 12)}/2021", "DATE"),
        (", potassium 3.9, blood pressure 120/80.\nSigned: Dr. ", ""), (doctor, "STAFF"), (".\n", ""),
    )  # fmt: skip
    text, spans = "", []
    for part, label in parts:
        if label:
            spans.append(Span(len(text), len(text) + len(part), label))
        text += part
    return AnnotatedNote(f"note-{number}", text, tuple(spans))


@pytest.fixture(scope="session")
def note_of_invented_hospital() -> Callable[[int], AnnotatedNote]:
    return invented_note


@pytest.fixture(scope="session")
def own_tagger() -> OwnNotesTagger:
    """Trained on notes 0 to 24."""
    pytest.importorskip("torch")
    pytest.importorskip("pycrfsuite")
    from cloister.deid.text.own_notes.train import train

    return train([invented_note(number) for number in range(25)], LISTS, iterations=25, epochs=2)

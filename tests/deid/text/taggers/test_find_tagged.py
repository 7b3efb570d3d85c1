"""What the shipped taggers find, on sentences that the generator does not hold."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cloister.deid.text.taggers import find_tagged, passages

SENTENCES = [
    ("Is it safe to give amiodarone to my patient Ms. Adaeze Okonkwo, 67, MRN 4471-229?", "Okonkwo"),
    ("Spoke with Mr. Wiśniewski about his warfarin dose today.", "Wiśniewski"),
    ("Patient name: Nguyen Thi Lan, seen in clinic.", "Nguyen"),
    ("She was brought in by her daughter Fatoumata after a fall.", "Fatoumata"),
    ("The MRI on March 3, 2021 was normal.", "March"),
    ("please call mrs. abernathy at 617-555-0182", "abernathy"),
]


@pytest.mark.parametrize(("text", "word"), SENTENCES)
def test_the_taggers_find_who_and_when(text: str, word: str) -> None:
    at = text.index(word)
    found = [finding for finding in find_tagged(text, "en") if finding.score >= 0.5]
    assert any(finding.start <= at and at + len(word) <= finding.end for finding in found)


def test_both_taggers_speak() -> None:
    found = find_tagged("Spoke with Mr. Wiśniewski about his warfarin dose on 3/4/2021.", "en")
    assert {finding.source for finding in found} == {"crf", "neural"}


@pytest.mark.parametrize(
    "text",
    [
        "What is the recommended dose of metformin for type 2 diabetes?",
        "Foley catheter placed; Parkinson's disease is stable on Sinemet.",
        "Heart: regular rate and rhythm. Lungs: clear to auscultation.",
        "Blood cultures grew Staphylococcus aureus, sensitive to vancomycin.",
        "",
        " \n\t ",
    ],
)
def test_medical_text_without_identifiers_is_left(text: str) -> None:
    assert not [finding for finding in find_tagged(text, "en") if finding.score >= 0.9]


def test_offsets_of_a_long_text_are_those_of_the_whole() -> None:
    text = "No fever, no chills, no cough today.\n" * 1500 + "Seen by Dr. Wiśniewski."
    found = [finding for finding in find_tagged(text, "en") if finding.score >= 0.5]
    assert "Wiśniewski" in {text[finding.start : finding.end] for finding in found}


@pytest.mark.parametrize("text", ["", "a", "ab " * 30_000, "x" * 70_000, "line\n" * 12_000, "a\n\n" + "b" * 50_000])
def test_passages_partition_a_text(text: str) -> None:
    cut = list(passages(text))
    assert "".join(text[start:end] for start, end in cut) == text
    assert all(0 < end - start <= 20_000 for start, end in cut)


@pytest.mark.parametrize(
    "text", ["\x00\ud800 \ufeff", "e\u0301" * 500, "مرحبا 123", "a" * 100_000, "1" * 5000, "\r\n" * 50, "٣٤/٥٦ ²³"]
)
def test_odd_text_is_read_without_a_traceback(text: str) -> None:
    assert all(0 <= finding.start < finding.end <= len(text) for finding in find_tagged(text, "en"))


def test_reading_needs_neither_torch_nor_spacy_nor_crfsuite() -> None:
    code = (
        "import sys; from cloister.deid.text.taggers import find_tagged; assert find_tagged('Dr. Smith', 'en');"
        "print(sorted({'torch', 'spacy', 'pycrfsuite', 'faker', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""Cleaning a note: nothing listed survives, tags stay as they are, offsets hold."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.patient_record import PatientRecord
from cloister.deid.patients import Patients
from cloister.deid.text.cleaner import clean_text
from cloister.deid.text.detector import detect
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.verification import listed_identifiers, survivors
from cloister.study.keys import SiteKey

PIECES = st.sampled_from(
    ["Maria", "KOWALSKI", "Dr.", "Smith", ",", "MD", "MRN:", "00482913", "03/07/1951", "on", "Hospital", "[NAME]", "14",
     "Willow", "Street", "555-010-2233", "\n", "92", "year-old", "signed by", "St.", "of", "the", "cough", "Patient:"]
)  # fmt: skip


def test_tagged_note_reads_as_expected(maria: PatientRecord, note: str) -> None:
    cleaned = clean_text(note, KnownIdentifiers(maria), None, date(2021, 5, 4)).text
    assert cleaned.splitlines()[1] == "Patient: [NAME]   MRN: [MRN]  DOB: [DATE]"
    assert (
        "seen by dr. [name] at [organization]; her mother is [age] y/o. bp 120/80, furosemide 40 mg." in cleaned.lower()
    )


@given(st.lists(PIECES, max_size=25))
@settings(max_examples=150)
def test_cleaning_the_clean_changes_nothing(pieces: list[str]) -> None:
    known = KnownIdentifiers(PatientRecord.model_validate({"patient_id": "00482913", "names": ["Maria Kowalski"]}))
    once = clean_text(" ".join(pieces), known, None, None).text
    again = clean_text(once, known, None, None)
    assert again.text == once
    assert not again.findings


@pytest.mark.parametrize("case", [str, str.lower, str.upper])
def test_nothing_listed_survives_in_either_mode(site_key: SiteKey, maria: PatientRecord, note: str, case: type) -> None:
    patient = Patients(site_key, "main").of(maria)
    listed = listed_identifiers(maria)
    assert survivors(case(note), listed) >= 8
    for surrogates in (None, patient.surrogates):
        cleaned = clean_text(case(note), patient.known, surrogates, date(2021, 5, 4)).text
        assert survivors(cleaned, listed) == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_offsets_are_code_points_of_the_unchanged_text(before: str, after: str) -> None:
    text = f"{before}\nMRN: 00482913\n{after}"
    start = text.index("00482913", len(before))
    assert any(f.start <= start and f.end >= start + 8 for f in detect(text))


def test_intervals_between_dates_are_kept(site_key: SiteKey, maria: PatientRecord) -> None:
    from cloister.deid.text.dates import parse_date

    patient = Patients(site_key, "main").of(maria)
    text = "Admitted 04/20/2021 and discharged May 4, 2021."
    cleaned = clean_text(text, patient.known, patient.surrogates, date(2021, 5, 4)).text
    words = cleaned.removesuffix(".").split(" and discharged ")
    first, second = parse_date(words[0].split()[1]), parse_date(words[1])
    assert first is not None and second is not None  # noqa: PT018
    assert (second - first).days == 14
    assert first == date(2021, 4, 20) + patient.shift

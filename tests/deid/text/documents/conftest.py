"""Cleaning of a patient's notes, without the taggers: what these find in addition is tested elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from cloister.deid.patient_record import PatientRecord
from cloister.deid.text.cleaner import clean_text
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.surrogates import Surrogates


@pytest.fixture(autouse=True, scope="package")
def _without_taggers() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cloister.deid.text.taggers.find_tagged", lambda *_: [])
        yield


@pytest.fixture(scope="session")
def clean(maria: PatientRecord) -> Callable[[str, str], str]:
    """A note of Maria Elena Kowalski's without her, in `tag` or `surrogate` mode."""
    known = KnownIdentifiers(maria)
    surrogates = Surrogates(b"k" * 32, "P", known, timedelta(weeks=-10))

    def run(text: str, mode: str) -> str:
        return clean_text(text, known, surrogates if mode == "surrogate" else None, date(2021, 5, 4)).text

    return run

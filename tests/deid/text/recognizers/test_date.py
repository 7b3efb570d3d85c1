"""Years of birth that tell an age over 89 are dates; other years are left, as are numbers that look like them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cloister.deid.patient_record import PatientRecord
from cloister.deid.text.cleaner import clean_text
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.recognizers.date import DATE
from cloister.deid.text.surrogates import Surrogates


@pytest.mark.parametrize(
    "text",
    [
        "born in 1921", "He was born in Warsaw in 1921.", "DOB: 1921", "D.O.B. 1921", "Year of birth 1921",
        "b. 1921", "(b.1921)", "birth year: 1921", "YOB 1921", "Born: 1921", "BORN IN 1921", "date of birth - 1921",
        "geboren 1921", "geb. 1921", "Jahrgang 1921", "*1921", "née en 1921", "né en 1921", "année de naissance : 1921",
        "nacida en 1921", "fecha de nacimiento: 1921", "nata nel 1921", "anno di nascita 1921", "nascido em 1921",
        "data de nascimento: 1921", "geboren in 1921", "born in the year 1898",
    ],
)  # fmt: skip
def test_a_year_of_birth_over_89_years_ago_is_found(text: str) -> None:
    assert [text[f.start : f.end] for f in DATE.find(text)] in (["1921"], ["1898"])


@pytest.mark.parametrize(
    "text",
    [
        "born in 1951", "Infant born at 1930 by section", "birth weight 1930 g", "birthweight was 1920 grams",
        "Baby born, weight 1921", "born 1930 hrs", "preterm, born to a G2P1 mother. 1921 mL out", "BP stable at 1930",
        "reborn 1921", "since 1921", "geboren um 1930", "club. 1921", "born 1921.5",
    ],
)  # fmt: skip
def test_other_years_times_and_weights_are_left(text: str) -> None:
    assert list(DATE.find(text)) == []


def test_the_limit_is_of_today_since_a_note_is_not_older() -> None:
    limit = datetime.now(UTC).year - 90
    assert len(list(DATE.find(f"born in {limit}"))) == 1
    assert list(DATE.find(f"born in {limit + 1}")) == []


@pytest.mark.parametrize("reference", [date(2024, 3, 1), None])
@pytest.mark.parametrize(
    "text", ["She was born in 1921.", "She was born March 1930.", "born 03/1930", "DOB March 7, 1930 10:15"]
)
def test_a_cleaned_note_holds_no_such_year(maria: PatientRecord, text: str, reference: date | None) -> None:
    known = KnownIdentifiers(maria)
    surrogates = Surrogates(b"k" * 32, "P", known, timedelta(weeks=-60))
    cleaned = clean_text(text, known, surrogates, reference).text
    assert "19" not in cleaned
    assert "[DATE]" in cleaned

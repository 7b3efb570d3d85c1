"""Dates in text: every layout is found, and the shifted date stands in the same layout."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.dates import find_dates, parse_date, shift_text

days = st.dates(date(1910, 1, 1), date(2034, 12, 31))
shifts = st.integers(1, 104).map(lambda weeks: timedelta(weeks=-weeks))

FULL_LAYOUTS = (
    "{d:%Y-%m-%d}",
    "{d:%Y/%m/%d}",
    "{d:%Y%m%d}",
    "{d:%m/%d/%Y}",
    "{d.month}/{d.day}/{d.year}",
    "{d:%m-%d-%Y}",
    "{d:%d.%m.%Y}",
    "{d:%B} {d.day}, {d.year}",
    "{d:%b} {d.day} {d.year}",
    "{d:%b}. {d.day}, {d.year}",
    "{d.day} {d:%B} {d.year}",
    "{d:%d-%b-%Y}",
    "{d:%d%b%Y}",
)


def written(day: date, layout: str, upper: bool) -> str:
    text = layout.format(d=day)
    return text.upper() if upper else text


def bare(text: str) -> str:
    """Without what a single date does not tell: whether 10/11 pads its numbers, whether May is short for itself."""
    text = re.sub(r"([A-Za-z]{3})[A-Za-z]+", r"\1", re.sub(r"(?<=[A-Za-z])\.", "", text))
    return re.sub(r"\b0(?=\d\b)", "", text)


@given(days, st.sampled_from(FULL_LAYOUTS), shifts, st.booleans())
def test_a_shifted_date_reads_as_the_shifted_day_in_the_same_layout(
    day: date, layout: str, shift: timedelta, upper: bool
) -> None:
    shifted = shift_text(written(day, layout, upper), shift)
    assert shifted is not None
    assert parse_date(shifted) == day + shift
    assert bare(shifted) == bare(written(day + shift, layout, upper))


@given(
    days, st.sampled_from(FULL_LAYOUTS), st.sampled_from(["Seen on {}, stable.", "({})", "adm {} 14:33", "DOB: {}\n"])
)
def test_every_layout_is_found_in_running_text(day: date, layout: str, sentence: str) -> None:
    mention = layout.format(d=day)
    text = sentence.format(mention)
    spans = {(found.start, found.end) for found in find_dates(text)}
    start = text.index(mention)
    assert any(left <= start and right >= start + len(mention) for left, right in spans)


@given(days, shifts)
def test_a_day_without_year_is_shifted_exactly_if_the_note_is_dated(day: date, shift: timedelta) -> None:
    shifted = shift_text(f"{day.month}/{day.day}", shift, reference=day)
    expected = day + shift
    assert shifted is not None
    month, number = map(int, shifted.split("/"))
    assert (month, number) == (expected.month, expected.day)


@pytest.mark.parametrize("mention", ["March 7", "3/7", "7th of March"])
def test_a_day_without_year_cannot_be_shifted_without_the_note_s_date(mention: str) -> None:
    assert shift_text(mention, timedelta(weeks=-10)) is None


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        ("05/04/2021", "02/23/2021"),
        ("5/4/21", "2/23/21"),
        ("MAY 04, 2021", "FEB 23, 2021"),
        ("4 March 2021", "24 December 2020"),
        ("04-Mar-21", "24-Dec-20"),
        ("March 4th", "December 24th"),
        ("04.05.2021", "23.02.2021"),
        ("23/05/2021", "14/03/2021"),
    ],
)
def test_the_layout_stays(mention: str, expected: str) -> None:
    assert shift_text(mention, timedelta(weeks=-10), date(2021, 5, 4)) == expected


@pytest.mark.parametrize(
    "text", ["BP 120/80", "strength 5/5 throughout", "2/6 systolic murmur", "pain 8/10", "she may 2 take", "WBC 11.2"]
)
def test_measurements_are_no_dates(text: str) -> None:
    assert list(find_dates(text)) == []


@pytest.mark.parametrize(("mention", "year"), [("3/7/51", 1951), ("3/7/21", 2021), ("3/7/22", 2022)])
def test_two_digit_years_lie_before_the_year_after_the_note(mention: str, year: int) -> None:
    assert parse_date(mention, date(2021, 5, 4)) == date(year, 3, 7)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Apgar 9/10/10", "en"),
        ("Apgars were 8/9/9 at birth", "en"),
        ("APGAR scores at 1, 5 and 10 minutes: 7/8/10", "en"),
        ("strength 5/5/5 in all", "en"),
        ("DTRs 2-2-2", "en"),
        ("Apgar: 9/10/10", "es"),
        ("test de Apgar 9/10/10", "es"),
        ("Colitis ulcerosa, subescore Mayo 2.", "es"),
        ("tratado en la Clínica Mayo 2. Antecedentes personales", "es"),
        ("Mayo 2. Exploración", "es"),
        ("Stadium Mai 3.", "de"),
    ],
)
def test_series_of_a_scale_and_numbers_of_headings_are_no_dates(text: str, language: str) -> None:
    assert list(find_dates(text, language)) == []


@pytest.mark.parametrize(
    ("text", "language", "mention"),
    [
        ("Apgar 9/10, born 9/10/10", "en", "9/10/10"),
        ("motor strength 4/5/21 improved", "en", "4/5/21"),
        ("Apgar recorded 9/10/2010", "en", "9/10/2010"),
        ("Pain clinic 3/5/08", "en", "3/5/08"),
        ("She left on May 2.", "en", "May 2."),
        ("ingresó en Mayo 2 con fiebre", "es", "Mayo 2"),
        ("Fecha: Mayo 2", "es", "Mayo 2"),
        ("Mayo 2: alta", "es", "Mayo 2"),
        ("Mayo 2, 2019", "es", "Mayo 2, 2019"),
        ("alta el 2 de mayo", "es", "2 de mayo"),
    ],
)
def test_dates_beside_them_are(text: str, language: str, mention: str) -> None:
    assert mention in {text[found.start : found.end] for found in find_dates(text, language)}

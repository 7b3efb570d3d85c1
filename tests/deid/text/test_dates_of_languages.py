"""Dates in the other languages, partial and relative ones, and holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.dates import find_dates, parse_date, shift_text
from cloister.deid.text.holidays import easter, holiday
from cloister.deid.text.month_names import MONTH_NAMES

NOTE = date(2021, 5, 4)
TEN_WEEKS = timedelta(weeks=-10)
days = st.dates(date(1940, 1, 1), date(2034, 12, 31))
shifts = st.integers(1, 104).map(lambda weeks: timedelta(weeks=-weeks))
LAYOUTS = {
    "es": "{d} de {month} de {y}",
    "pt": "{d} de {month} de {y}",
    "de": "{d}. {month} {y}",
    "fr": "{d} {month} {y}",
    "it": "{d} {month} {y}",
    "nl": "{d} {month} {y}",
}


@given(days, shifts, st.sampled_from(sorted(LAYOUTS)), st.integers(0, 1))
def test_a_date_in_another_language_moves_exactly(day: date, shift: timedelta, language: str, form: int) -> None:
    names = MONTH_NAMES[language][day.month - 1]
    mention = LAYOUTS[language].format(d=day.day, month=names[min(form, len(names) - 1)], y=day.year)
    assert parse_date(mention, None, language) == day
    assert (0, len(mention)) in {(found.start, found.end) for found in find_dates(mention, language)}
    shifted = shift_text(mention, shift, None, language)
    assert shifted is not None
    assert parse_date(shifted, None, language) == day + shift


@given(days, shifts, st.sampled_from(sorted(LAYOUTS)), st.sampled_from("/-."))
def test_a_numeric_date_is_day_first_outside_english(day: date, shift: timedelta, language: str, sign: str) -> None:
    mention = f"{day.day:02d}{sign}{day.month:02d}{sign}{day.year}"
    moved = day + shift
    assert shift_text(mention, shift, None, language) == f"{moved.day:02d}{sign}{moved.month:02d}{sign}{moved.year}"


@given(days, days, shifts, st.sampled_from(["to", "until", "-", "and"]))
def test_both_ends_of_a_range_move_alike(first: date, last: date, shift: timedelta, between: str) -> None:
    shifted = shift_text(f"{first:%m/%d/%Y} {between} {last:%m/%d/%Y}", shift)
    assert shifted == f"{first + shift:%m/%d/%Y} {between} {last + shift:%m/%d/%Y}"


@pytest.mark.parametrize(
    ("mention", "language", "expected"),
    [
        ("7 MARZO 2021", "it", "27 DICEMBRE 2020"),
        ("1er mars 2021", "fr", "21 décembre 2020"),
        ("12 mars 2021", "fr", "1 janvier 2021"),
        ("7. Mrz. 21", "de", "27. Dez. 20"),
        ("marzo de 2021", "es", "enero de 2021"),
        ("March 2021", "en", "January 2021"),
        ("03/2021", "en", "01/2021"),
        ("Tuesday, March 2, 2021 at 10:15", "en", "Tuesday, December 22, 2020 at 10:15"),
        ("last Tuesday", "en", "last Tuesday"),
        ("el martes pasado", "es", "el martes pasado"),
        ("vor drei Wochen", "de", "vor drei Wochen"),
        ("3 weeks ago", "en", "3 weeks ago"),
        ("2019", "en", "2019"),
        ("Christmas 2020", "en", "October 16 2020"),
        ("on Thanksgiving", "en", "on September 17"),
        ("Navidad", "es", "16 de octubre"),
    ],
)
def test_partial_and_relative_dates_move_consistently(mention: str, language: str, expected: str) -> None:
    assert shift_text(mention, TEN_WEEKS, NOTE, language) == expected


@pytest.mark.parametrize("mention", ["30.02.2021", "Thanksgiving", "the 5th", "3/1/2021 bed 14", "41"])
def test_what_cannot_be_moved_exactly_is_refused(mention: str) -> None:
    assert shift_text(mention, TEN_WEEKS, None, "en") is None


@pytest.mark.parametrize(
    ("year", "month", "day"), [(1954, 4, 18), (1981, 4, 19), (2000, 4, 23), (2024, 3, 31), (2038, 4, 25)]
)
def test_easter_is_where_the_tables_have_it(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


@given(st.integers(1950, 2040))
def test_a_holiday_without_a_year_is_the_one_nearest_to_the_note(year: int) -> None:
    found = holiday("since Labor Day", date(year, 1, 2))
    assert found is not None
    assert found[0].weekday() == 0
    assert (found[0].year, found[0].month) == (year - 1, 9)

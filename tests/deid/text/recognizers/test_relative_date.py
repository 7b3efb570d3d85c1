"""Days that are named: every holiday whose day is known in English is also recognised, and moves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cloister.deid.text.dates import shift_text
from cloister.deid.text.holidays import ENGLISH_HOLIDAYS, holiday
from cloister.deid.text.recognizers.relative_date import RELATIVE_DATE


@pytest.mark.parametrize("name", ENGLISH_HOLIDAYS)
@pytest.mark.parametrize("cased", [str.lower, str.upper, str.title])
def test_a_holiday_with_a_known_day_is_found_whole_and_moves(name: str, cased: object) -> None:
    assert callable(cased)
    text = f"she was well until {cased(name)} 2021, then fell"
    found = {text[f.start : f.end] for f in RELATIVE_DATE.find(text)}
    assert f"{cased(name)} 2021" in found
    moved = shift_text(f"{cased(name)} 2021", timedelta(weeks=-10))
    assert moved is not None
    assert cased(name) not in moved


@pytest.mark.parametrize(
    "name", ["Hanukkah", "Ramadan", "Eid al-Fitr", "Yom Kippur", "Lunar New Year", "new year’s eve"]
)
def test_feasts_of_moving_calendars_and_other_apostrophes_are_found(name: str) -> None:
    text = f"came home before {name} with her family"
    assert name in {text[f.start : f.end] for f in RELATIVE_DATE.find(text)}


@pytest.mark.parametrize("text", ["Christmas disease", "a new year of life", "natal care", "the ascension of pressure"])
def test_what_only_sounds_like_one_is_left(text: str) -> None:
    assert list(RELATIVE_DATE.find(text)) == []


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Black Friday 2024", date(2024, 11, 29)),
        ("Mardi Gras 2024", date(2024, 2, 13)),
        ("Ash Wednesday 2024", date(2024, 2, 14)),
        ("Palm Sunday 2024", date(2024, 3, 24)),
        ("Columbus Day 2023", date(2023, 10, 9)),
    ],
)
def test_days_that_follow_from_others_are_where_the_calendar_has_them(name: str, day: date) -> None:
    found = holiday(name, None)
    assert found is not None
    assert found[0] == day

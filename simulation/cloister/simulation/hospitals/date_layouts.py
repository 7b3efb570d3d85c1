"""Dates as people write them in notes, headers and on images."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

Layout = Callable[[date], str]


def iso(day: date) -> str:
    """2021-05-04"""
    return f"{day.year}-{day.month:02d}-{day.day:02d}"


def us_padded(day: date) -> str:
    """05/04/2021"""
    return f"{day.month:02d}/{day.day:02d}/{day.year}"


def us_short(day: date) -> str:
    """5/4/21"""
    return f"{day.month}/{day.day}/{day.year % 100:02d}"


def us_dashed(day: date) -> str:
    """05-04-2021"""
    return f"{day.month:02d}-{day.day:02d}-{day.year}"


def long_us(day: date) -> str:
    """May 4, 2021"""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def long_ordinal(day: date) -> str:
    """May 4th, 2021"""
    suffix = "th" if 11 <= day.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{MONTHS[day.month - 1]} {day.day}{suffix}, {day.year}"


def day_month_year(day: date) -> str:
    """4 May 2021"""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def military(day: date) -> str:
    """04MAY2021"""
    return f"{day.day:02d}{MONTHS[day.month - 1][:3].upper()}{day.year}"


def dashed_month(day: date) -> str:
    """04-May-2021"""
    return f"{day.day:02d}-{MONTHS[day.month - 1][:3]}-{day.year}"


def dotted(day: date) -> str:
    """04.05.2021"""
    return f"{day.day:02d}.{day.month:02d}.{day.year}"


def compact(day: date) -> str:
    """20210504"""
    return f"{day.year}{day.month:02d}{day.day:02d}"


def month_day(day: date) -> str:
    """5/4"""
    return f"{day.month}/{day.day}"


def month_name_day(day: date) -> str:
    """May 4"""
    return f"{MONTHS[day.month - 1]} {day.day}"


def month_year(day: date) -> str:
    """May 2021"""
    return f"{MONTHS[day.month - 1]} {day.year}"


FULL: dict[str, tuple[Layout, ...]] = {
    "narrative": (long_us, long_us, us_padded, long_ordinal),
    "telegraphic": (us_short, us_short, us_padded, military, compact),
    "templated": (us_padded, iso, us_dashed, dashed_month),
    "textbook": (day_month_year, dotted, iso),
}
"""Complete dates, by style of note."""

PARTIAL: dict[str, tuple[Layout, ...]] = {
    "narrative": (month_name_day, month_year),
    "telegraphic": (month_day,),
    "templated": (month_year, month_day),
    "textbook": (month_year, month_name_day),
}
"""Dates that leave out the year or the day, by style of note."""

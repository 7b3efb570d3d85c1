"""Holidays that notes name instead of a date, and the day they fall on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta


def holiday(mention: str, reference: date | None) -> tuple[date, str, bool] | None:
    """The day of a holiday that a text names.

    Args:
        mention: such as `Thanksgiving` or `Christmas 2020`.
        reference: the date of the note, for holidays without a year: the one nearest to it.

    Returns:
        The day, the holiday's name as it stands in the text, and whether the year stands there too; None if there is
        no holiday, or one without a year in a note without a date.
    """
    found = _NAMES.search(mention)
    if found is None:
        return None
    day_in = _DAYS[" ".join(found[0].lower().replace("’", "'").split())]
    year = re.search(r"\b(?:19|20)\d\d\b", mention)
    if year is not None:
        return day_in(int(year[0])), found[0], True
    if reference is None:
        return None
    days = [day_in(number) for number in (reference.year - 1, reference.year, reference.year + 1)]
    return min(days, key=lambda day: abs(day - reference)), found[0], False


def easter(year: int) -> date:
    """Easter Sunday (the Gregorian computus of Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _weekday(month: int, weekday: int, which: int) -> Callable[[int], date]:
    """The `which`-th given weekday (Monday is 0) of a month, or the last for -1."""

    def day_in(year: int) -> date:
        if which > 0:
            first = date(year, month, 1)
            return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)

    return day_in


def _after(day_in: Callable[[int], date], days: int) -> Callable[[int], date]:
    return lambda year: day_in(year) + timedelta(days=days)


_TABLE: tuple[tuple[Callable[[int], date], str, str], ...] = (
    (_fixed(12, 24), "christmas eve", "nochebuena/heiligabend/heiliger abend"),
    (_fixed(12, 25), "christmas day/christmas/xmas", "navidad/weihnachten/noël/noel/natale/natal/kerst/kerstmis"),
    (_fixed(12, 26), "boxing day/kwanzaa", "zweiter weihnachtstag"),
    (_fixed(12, 31), "new year's eve/new year eve", "nochevieja/silvester/saint-sylvestre/oudjaarsavond"),
    (
        _fixed(1, 1),
        "new year's day/new year day",
        "new year's/new years/año nuevo/neujahr/nouvel an/jour de l'an/capodanno/nieuwjaar",
    ),
    (_fixed(1, 6), "", "epiphany/reyes/epifanía/dreikönig/heilige drei könige/épiphanie/epifania"),
    (
        _fixed(2, 14),
        "valentine's day/valentines day/valentine day/valentine's/valentines/valentine",
        "san valentín/valentinstag/saint-valentin",
    ),
    (_fixed(3, 17), "st. patrick's day/st patrick's day/st. patricks day/st patricks day", ""),
    (_fixed(5, 5), "cinco de mayo", ""),
    (_fixed(7, 4), "independence day/fourth of july/4th of july/july 4th", ""),
    (_fixed(6, 19), "juneteenth", ""),
    (_fixed(10, 31), "halloween", ""),
    (_fixed(11, 11), "veterans day/veteran's day/veterans' day", ""),
    (_fixed(11, 1), "all saints' day/all saints day/all saints", "todos los santos/allerheiligen/toussaint/ognissanti"),
    (_fixed(8, 15), "", "assumption day/mariä himmelfahrt/assomption/ferragosto"),
    (_fixed(10, 3), "", "tag der deutschen einheit"),
    (_weekday(11, 3, 4), "thanksgiving day/thanksgiving", ""),
    (_after(_weekday(11, 3, 4), 1), "black friday", ""),
    (_weekday(9, 0, 1), "labor day", ""),
    (_weekday(5, 0, -1), "memorial day", ""),
    (_weekday(10, 0, 2), "columbus day", ""),
    (_weekday(1, 0, 3), "martin luther king day/martin luther king jr. day/martin luther king, jr. day/mlk day", ""),
    (_weekday(2, 0, 3), "presidents day/presidents' day/president's day/president day", ""),
    (_weekday(5, 6, 2), "mother's day/mothers day", "muttertag"),
    (_weekday(6, 6, 3), "father's day/fathers day", ""),
    (_after(easter, -47), "mardi gras", ""),
    (_after(easter, -46), "ash wednesday", "aschermittwoch/miércoles de ceniza/mercredi des cendres"),
    (_after(easter, -7), "palm sunday", "palmsonntag/domingo de ramos/rameaux"),
    (_after(easter, -2), "good friday", "viernes santo/karfreitag/vendredi saint"),
    (_after(easter, 1), "easter monday", "ostermontag/lundi de pâques/pasquetta"),
    (easter, "easter sunday/easter", "ostersonntag/ostern/pâques/pasqua/páscoa/pasen"),
    (_after(easter, 39), "", "ascension day/christi himmelfahrt/ascension"),
    (_after(easter, 49), "", "whitsun/pentecost/pfingsten/pentecôte/pinksteren"),
)
"""The day in a year, its English names, and names in other languages or that mean other things too in English."""
ENGLISH_HOLIDAYS = tuple(name for _, english, _ in _TABLE for name in english.split("/") if name)
"""In lower case, with straight apostrophes."""
_DAYS = {name: day_in for day_in, *both in _TABLE for names in both for name in names.split("/") if name}


def any_of(names: Iterable[str]) -> str:
    """An expression for any of these names, with any apostrophe and any white space."""
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(re.escape(name).replace("'", "['’]").replace(r"\ ", r"\s+") for name in longest_first)


_NAMES = re.compile(rf"(?<!\w)(?:{any_of(_DAYS)})(?!\w)", re.IGNORECASE)

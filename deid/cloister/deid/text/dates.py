"""Dates as clinicians write them: recognising their layouts, and writing another date in the same layout.

Numeric dates are read month first with slashes and hyphens (03/07/2021 is the seventh of March) and day first with
dots (07.03.2021), the other way round where that is impossible (23/07/2021). A two-digit year lies at most one year
after the reference date, otherwise in the century before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cloister.deid.text.folded import folded

_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_MONTH = (
    r"(?P<mon>(?:january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug|september|sept|sep"
    r"|october|oct|november|nov|december|dec)\b\.?)"
)
_SOME_MONTH = re.compile(r"(?<![^\W\d_])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)")
_DAY = r"(?P<d>0?[1-9]|[12]\d|3[01])"
_ORDINAL = r"(?P<th>st|nd|rd|th)?"
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_YEAR_2_OR_4 = r"(?P<y>(?:19|20)\d\d|'?\d\d)"
_START, _END = r"(?<![\w./-])", r"(?![\w])(?![./-]\d)"

PIVOT = date(2035, 12, 31)
"""Reference for two-digit years where nothing better is known."""


@dataclass(frozen=True)
class _Layout:
    name: str
    expression: re.Pattern[str]
    score: float


def _layout(name: str, expression: str, score: float) -> _Layout:
    return _Layout(name, re.compile(expression), score)


_LAYOUTS = (
    _layout("iso", rf"(?<![\w.-]){_YEAR}(?P<s>[-/.])(?P<m>0?[1-9]|1[0-2])(?P=s){_DAY}(?!\d)(?![-/.]\d)", 0.95),
    _layout(
        "numeric", rf"{_START}(?P<a>\d{{1,2}})(?P<s>[-/.]|\s/\s){{1}}(?P<b>\d{{1,2}})(?P=s){_YEAR_2_OR_4}{_END}", 0.9
    ),
    _layout("compact", r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)", 0.7),
    _layout("month-day-year", rf"\b{_MONTH}[\s-]{{0,2}}{_DAY}{_ORDINAL}(?:\s*,\s*|\s+|-){_YEAR_2_OR_4}(?![\w%])", 0.95),
    _layout(
        "day-month-year",
        rf"(?<![\w.]){_DAY}{_ORDINAL}(?:\s+of)?[\s/-]{{0,2}}{_MONTH}[\s,/-]{{0,2}}{_YEAR_2_OR_4}(?![\w%])",
        0.95,
    ),
    _layout(
        "compact-month",
        rf"(?<![\w.]){_DAY}(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec){_YEAR_2_OR_4}(?!\w)",
        0.95,
    ),
    _layout("month-day", rf"\b{_MONTH}[\s-]{{0,2}}{_DAY}{_ORDINAL}(?:-(?:0?[1-9]|[12]\d|3[01]))?(?![\w%]|\.\d)", 0.8),
    _layout("day-month", rf"(?<![\w./]){_DAY}{_ORDINAL}(?:\s+of)?[\s/-]{{1,2}}{_MONTH}(?!\w)", 0.8),
    _layout("month-year", rf"\b{_MONTH}(?:\s+of)?[\s,/-]{{1,2}}{_YEAR}(?!\w)", 0.8),
    _layout("month-slash-year", rf"{_START}(?P<m>0?[1-9]|1[0-2])/{_YEAR}{_END}", 0.7),
    _layout("month-slash-day", rf"{_START}(?P<m>0?[1-9]|1[0-2])/{_DAY}{_END}", 0.4),
)

# What a numeric month/day would otherwise be mistaken for: scores, visual acuity, doses, gravity of findings.
_FRACTION_AFTER = re.compile(
    r"\s*(?:mg|ml|mcg|g\b|strength|power|systolic|murmur|pain|points?|tabs?|tablets?|%|times|x\b)", re.I
)
_DATE_BEFORE = re.compile(
    r"(?:\b(?:on|since|until|till|from|dated?|by|of|through|thru|d/c|dc|admitted|adm|admission|seen|visit|started"
    r"|last|due|f/u|dob|born|cxr|ct|mri|echo|surgery|labs?|comp(?:ared|arison)?(?: to| with)?|prior|prev(?:ious)?|film"
    r"|discharged?|appt|scheduled|stay)\b[:\s(]*)$"
)
_SCORE_BEFORE = re.compile(
    r"(?:\b(?:pain|strength|motor|power|murmur|grade|score|scale|gcs|ratio|reflex(?:es)?|dtrs?|pulses?|edema"
    r"|level|apgars?|a&o|rass|vision|acuity|at|was|is)\b[:\s(x]*|[~=<>x])$"
)
_PERSON_BEFORE = re.compile(r"(?:d/w|f/u|spoke w/|seen by|called|per)\s[^\d\n.;:]{2,30}$")
_SCALES = frozenset((3, 4, 5, 6, 10))
"""Denominators of strength, murmurs, pulses, pain: there a date needs a word that announces it."""


@dataclass(frozen=True)
class DateMention:
    """A date in a text: where it stands and in what layout."""

    start: int
    end: int
    layout: str
    score: float


def find_dates(text: str) -> Iterator[DateMention]:
    """Every mention of a date, full or partial; mentions may overlap."""
    lowered = folded(text)
    has_month = _SOME_MONTH.search(lowered) is not None
    for layout in _LAYOUTS:
        if "mon" in layout.expression.groupindex and not has_month:
            continue
        for match in layout.expression.finditer(lowered):
            if _plausible(layout, match, text):
                yield DateMention(match.start(), match.end(), layout.name, layout.score)


def shift_text(mention: str, shift: timedelta, reference: date | None = None) -> str | None:
    """The same mention with its date shifted, in the same layout.

    Args:
        mention: exactly one date, in any layout that `find_dates` knows.
        shift: what to add, in whole days.
        reference: the date of the note; decides on missing and two-digit years.

    Returns:
        The shifted mention; for a month of a year only the shifted year; None for what cannot be shifted exactly
        (a day without a year and without a reference, an impossible date, an unknown layout).
    """
    for layout in _LAYOUTS:
        match = layout.expression.fullmatch(folded(mention))
        if match is not None:
            shifted = _shift_match(layout.name, match, mention, shift, reference)
            if shifted is not None:
                return shifted
    return None


def parse_date(mention: str, reference: date | None = None) -> date | None:
    """The date that a mention in a full layout names; None for a partial, impossible or unknown one."""
    for layout in _LAYOUTS:
        match = layout.expression.fullmatch(folded(mention))
        if match is not None and match.groupdict().keys() >= {"y"} and match.groupdict().keys() & {"d", "b"}:
            found = _read(match, reference)
            if found is not None:
                return found[0]
    return None


def _plausible(layout: _Layout, match: re.Match[str], text: str) -> bool:
    if layout.name == "numeric":
        return _read(match, None) is not None
    if layout.name == "month-slash-day":
        before = folded(text[max(0, match.start() - 40) : match.start()])
        if _FRACTION_AFTER.match(text, match.end()) or _SCORE_BEFORE.search(before):
            return False
        if int(match["d"]) not in _SCALES or int(match["m"]) > int(match["d"]) or _PERSON_BEFORE.search(before):
            return True
        return _both_wide(match) or bool(_DATE_BEFORE.search(before))
    if layout.name in {"month-day", "day-month"}:
        month = text[match.start("mon") : match.end("mon")]
        # "may 2" and "mar 3" in running text: the verb, not the month.
        return not month.islower() or len(month.rstrip(".")) > 3
    return True


def _both_wide(match: re.Match[str]) -> bool:
    return len(match["m"]) == 2 and match["m"].startswith("0") and len(match["d"]) == 2


def _shift_match(
    layout: str, match: re.Match[str], mention: str, shift: timedelta, reference: date | None
) -> str | None:
    if layout in {"month-year", "month-slash-year"}:
        middle = date(int(match["y"]), _month(match), 15) + shift
        return str(middle.year)
    if layout in {"month-day", "day-month", "month-slash-day"}:
        if reference is None or (match[0].count("-") and layout == "month-day" and re.search(r"\d\w*-\d", match[0])):
            return None
        return _shift_day_of_year(match, mention, shift, reference)
    found = _read(match, reference)
    if found is None:
        return None
    day, groups = found
    try:
        return _write(match, mention, day + shift, groups)
    except OverflowError:
        return None


def _shift_day_of_year(match: re.Match[str], mention: str, shift: timedelta, reference: date) -> str | None:
    candidates = []
    for year in (reference.year - 1, reference.year, reference.year + 1):
        try:
            candidates.append(date(year, _month(match), int(match["d"])))
        except ValueError:
            continue
    if not candidates:
        return None
    nearest = min(candidates, key=lambda day: abs(day - reference))
    return _write(match, mention, nearest + shift, {"d": "d", "m": "m"})


def _read(match: re.Match[str], reference: date | None) -> tuple[date, dict[str, str]] | None:
    """The date, and which group holds the day and which the month."""
    groups = match.groupdict()
    year = _full_year(groups["y"], reference)
    orders = [("a", "b"), ("b", "a")] if "a" in groups else [("m", "d")]
    if groups.get("s") == ".":
        orders.reverse()
    for month_group, day_group in orders:
        try:
            month = int(groups[month_group]) if groups.get(month_group) else _month(match)
            return date(year, month, int(groups[day_group])), {"d": day_group, "m": month_group}
        except ValueError:
            continue
    return None


def _full_year(text: str, reference: date | None) -> int:
    year = int(text.lstrip("'"))
    if year >= 100:
        return year
    latest = (reference or PIVOT).year + 1
    return latest - (latest - year) % 100


def _month(match: re.Match[str]) -> int:
    groups = match.groupdict()
    if groups.get("mon"):
        return next(number for number, name in enumerate(_MONTHS, 1) if groups["mon"].lower().startswith(name[:3]))
    return int(groups["m"])


def _write(match: re.Match[str], mention: str, day: date, groups: dict[str, str]) -> str:
    """`mention`, which `match` matched in lower case, with its day, month and year exchanged."""
    named = match.groupdict()
    pieces = {groups["d"]: _number(named[groups["d"]], day.day, match, groups)}
    if named.get("mon"):
        pieces["mon"] = _month_name(mention[match.start("mon") : match.end("mon")], day.month)
    else:
        pieces[groups["m"]] = _number(named[groups["m"]], day.month, match, groups)
    if named.get("th"):
        pieces["th"] = _cased_like(mention[match.start("th") : match.end("th")], _ordinal(day.day))
    if named.get("y"):
        pieces["y"] = _year_like(named["y"], day.year)
    for group in sorted(pieces, key=match.start, reverse=True):
        mention = mention[: match.start(group)] + pieces[group] + mention[match.end(group) :]
    return mention


def _number(original: str, value: int, match: re.Match[str], groups: dict[str, str]) -> str:
    """Padded to two digits where the layout pads.

    Numbers tell by a leading zero, or by both having two digits; beside a month's name a day of two digits is taken
    for padded where nothing but a hyphen lies between (07-Mar-2021, 07MAR2021).
    """
    named = match.groupdict()
    parts = [named.get(groups[key]) or original for key in ("d", "m")]
    tight = not named.get("mon") or " " not in match[0]
    padded = any(part.startswith("0") for part in parts) or (tight and all(len(part) == 2 for part in parts))
    return f"{value:02d}" if padded else str(value)


def _month_name(original: str, month: int) -> str:
    bare = original.rstrip(".")
    name = _MONTHS[month - 1]
    if len(bare) <= 4 and bare.lower() not in {"june", "july"}:
        name = name[:3]
    dot = "." if original.endswith(".") and len(name) == 3 else ""
    return _cased_like(bare, name) + dot


def _year_like(original: str, year: int) -> str:
    digits = original.lstrip("'")
    return original[: len(original) - len(digits)] + (str(year) if len(digits) == 4 else f"{year % 100:02d}")


def _cased_like(original: str, text: str) -> str:
    if original.isupper():
        return text.upper()
    return text.capitalize() if original[:1].isupper() else text.lower()


def _ordinal(day: int) -> str:
    if 11 <= day <= 13:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")

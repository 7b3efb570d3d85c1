"""Dates as clinicians write them: recognising their layouts, and writing another date in the same layout.

Numeric dates with slashes and hyphens are read month first in English (03/07/2021 is the seventh of March) and day
first in the other languages; with dots always day first (07.03.2021); the other way round where that is impossible
(23/07/2021). A two-digit year lies at most one year after the reference date, otherwise in the century before.
Months are named in English, Spanish, German, French, Italian, Portuguese and Dutch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from cloister.deid.text.folded import folded
from cloister.deid.text.holidays import holiday
from cloister.deid.text.month_names import MONTH_NAMES
from cloister.deid.text.squeezed import normal_form

_DAY = r"(?P<d>0?[1-9]|[12]\d|3[01])"
_ORDINALS = {"en": "st|nd|rd|th", "fr": "er", "es": "º|°|ro", "it": "º|°", "pt": "º|°"}
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_YEAR_2_OR_4 = r"(?P<y>(?:19|20)\d\d|'?\d\d)"
_START, _END = r"(?<![\w./-])", r"(?![\w])(?![./-]\d)"
_OF = r"(?:\s+(?:of|de|del|di|do)\b)?"

_OVER_89_YEARS = 90
_YEAR_OLD_ENOUGH = re.compile(r"(?<!\w)(?<!\d[.,/-])(?P<year>1[89]\d\d)(?![\w%]|[.,:/]\d)")
_TIME_OR_WEIGHT_BEFORE = re.compile(r"(?:\b(?:at|um|om|a las|alle|às)|@|\b(?:weigh\w*|wt|gewicht|poids|peso)\b\D*)\W*$")
_MEASURED_AFTER = re.compile(r"[ -]?(?:g|gms?|gr|gramm?e?s?|grams?|gramos|kg|ml|cc|h|hrs?|hours?|uhr|heures?|uur)\b")

PIVOT = date(2035, 12, 31)
"""Reference for two-digit years where nothing better is known."""


@dataclass(frozen=True)
class _Layout:
    name: str
    expression: re.Pattern[str]
    score: float


@lru_cache(maxsize=16)
def _some_month(language: str) -> re.Pattern[str]:
    starts = {name.lower()[:3] for names in _months(language) for name in names}
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(sorted(starts))})")


@lru_cache(maxsize=16)
def _layouts(language: str) -> tuple[_Layout, ...]:
    names = sorted({name.lower() for names in _months(language) for name in names}, key=len, reverse=True)
    month = rf"(?P<mon>(?:{'|'.join(names)})\b\.?)"
    ordinal = rf"(?P<th>{_ORDINALS.get(language, 'st|nd|rd|th')})?\.?"
    short = "|".join(sorted({name for name in names if len(name) == 3}))
    layouts = (
        ("iso", rf"(?<![\w.-]){_YEAR}(?P<s>[-/.])(?P<m>0?[1-9]|1[0-2])(?P=s){_DAY}(?!\d)(?![-/.]\d)", 0.95),
        (
            "numeric",
            rf"{_START}(?P<a>\d{{1,2}})(?P<s>[-/.]|\s/\s|\.\s)(?P<b>\d{{1,2}})(?P=s){_YEAR_2_OR_4}{_END}",
            0.9,
        ),
        ("compact", r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)", 0.7),
        ("month-day-year", rf"\b{month}[\s-]{{0,2}}{_DAY}{ordinal}(?:\s*,\s*|\s+|-){_YEAR_2_OR_4}(?![\w%])", 0.95),
        (
            "day-month-year",
            rf"(?<![\w.]){_DAY}{ordinal}{_OF}[\s/-]{{0,2}}{month}(?:{_OF}[\s,/-]{{0,2}}){_YEAR_2_OR_4}(?![\w%])",
            0.95,
        ),
        (
            "compact-month",
            rf"(?<![\w.]){_DAY}(?P<mon>{short}){_YEAR_2_OR_4}(?!\w)",
            0.95,
        ),
        ("month-day", rf"\b{month}[\s-]{{0,2}}{_DAY}{ordinal}(?:-(?:0?[1-9]|[12]\d|3[01]))?(?![\w%]|\.\d)", 0.8),
        ("day-month", rf"(?<![\w./]){_DAY}{ordinal}{_OF}[\s/-]{{1,2}}{month}(?!\w)", 0.8),
        ("month-year", rf"\b{month}{_OF}[\s,/-]{{1,2}}{_YEAR}(?!\w)", 0.8),
        ("month-slash-year", rf"{_START}(?P<m>0?[1-9]|1[0-2])/{_YEAR}{_END}", 0.7),
        ("month-slash-day", rf"{_START}(?P<m>0?[1-9]|1[0-2])/{_DAY}{_END}", 0.4),
    )
    kept = layouts if language == "en" else layouts[:-1]  # "3/14" alone is a date in English notes only
    return tuple(_Layout(name, re.compile(expression), score) for name, expression, score in kept)


def _months(language: str) -> tuple[tuple[str, ...], ...]:
    return MONTH_NAMES.get(language, MONTH_NAMES["en"])


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
_SERIES_BEFORE = re.compile(
    r"\b(?:apgars?|gcs|glasgow|strength|motor|power|reflex(?:es)?|dtrs?|pulses|fuerza|kraft|force)"
    r"(?:[\s,]+(?:scores?|test|index|was|were|are|is|of|de|fue|war|von|at|and|y|und|et|1|5|10|min(?:utes?)?))*[:=\s(]*$"
)
"""A scale that is given as a series of numbers, such as the Apgar score at one, five and ten minutes."""
_HIGHEST_IN_SERIES = 10
_MONTH_FIRST_BEFORE = re.compile(
    r"(?:\b(?:en|el|del?|desde|hasta|para|fecha|d[ií]a|am|im|vom|seit|bis|le|du|au|depuis|dal|il|al|em|no|op|sinds|tot)"
    r"|[:(,;-])\s*$"
)
"""Outside English the day comes first; the other way round a month has to be announced, or to begin its line."""
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


def find_dates(text: str, language: str = "en") -> Iterator[DateMention]:
    """Every mention of a date, full or partial; mentions may overlap.

    Args:
        text: the note.
        language: decides on the names of months.
    """
    lowered = folded(text)
    has_month = _some_month(language).search(lowered) is not None
    for layout in _layouts(language):
        if "mon" in layout.expression.groupindex and not has_month:
            continue
        for match in layout.expression.finditer(lowered):
            if _plausible(layout, match, text, language):
                yield DateMention(match.start(), match.end(), layout.name, layout.score)


def shift_text(mention: str, shift: timedelta, reference: date | None = None, language: str = "en") -> str | None:
    """The same mention with its date shifted, in the same layout.

    Args:
        mention: one date in any layout that `find_dates` knows, or a text that holds such dates and, besides them,
            times, weekdays and other words without digits ("3/1/2021 to 3/5/2021", "Tuesday, May 4, 2021 10:15").
        shift: what to add, in whole weeks, so that weekdays and "last Tuesday" stay true.
        reference: the date of the note; decides on missing and two-digit years.
        language: of the note; decides between day and month, and which month's name is meant.

    Returns:
        The shifted mention; a month of a year by the shift of its middle, a year by that of its middle; a relative
        date ("last Tuesday", "three weeks ago") as it is; a holiday as the day and month it has moved to. None for
        what cannot be shifted exactly (a day without a year and without a reference, an impossible date).
    """
    for shifter in (_shift_whole, _shift_inside):
        for tongue in _tongues(language):
            shifted = shifter(mention, shift, reference, tongue)
            if shifted is not None:
                return shifted
    return _shift_other(mention, shift, reference, language)


def parse_date(mention: str, reference: date | None = None, language: str = "en") -> date | None:
    """The date that a mention in a full layout names; None for a partial, impossible or unknown one."""
    for tongue in _tongues(language):
        for layout in _layouts(tongue):
            match = layout.expression.fullmatch(folded(mention))
            if match is not None and match.groupdict().keys() >= {"y"} and match.groupdict().keys() & {"d", "b"}:
                found = _read(_Reading(layout.name, tongue, match, mention, reference))
                if found is not None:
                    return found[0]
    return None


def latest_year_over_89(reference: date | None = None) -> int:
    """The latest year that, as somebody's year of birth, tells an age over 89: in a note of that day, or today."""
    return (reference.year if reference is not None else datetime.now(UTC).year) - _OVER_89_YEARS


def years_over_89(text: str) -> Iterator[tuple[int, int]]:
    """Where years stand alone that tell an age over 89 today; not times of day (1930) nor weights (1930 g)."""
    for match in _YEAR_OLD_ENOUGH.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()].lower()
        after = text[match.end() : match.end() + 12].lower()
        told = int(match["year"]) <= latest_year_over_89()
        if told and not _TIME_OR_WEIGHT_BEFORE.search(before) and not _MEASURED_AFTER.match(after):
            yield match.span()


def years_in(mention: str, reference: date | None = None, language: str = "en") -> set[int]:
    """Every year in a mention, of full dates and partial ones, whatever stands around them."""
    reference = reference or datetime.now(UTC).date()
    whole = parse_date(mention, reference, language)
    if whole is not None:
        return {whole.year}
    parts = (parse_date(mention[part.start : part.end], reference, language) for part in find_dates(mention, language))
    return {int(year[0]) for year in _FOUR_DIGITS.finditer(mention)} | {day.year for day in parts if day is not None}


@dataclass(frozen=True)
class _Reading:
    """A mention as one layout of one language reads it."""

    layout: str
    language: str
    match: re.Match[str]
    mention: str
    reference: date | None


def _tongues(language: str) -> tuple[str, ...]:
    first = language if language in MONTH_NAMES else "en"
    return (first, *(other for other in MONTH_NAMES if other != first))


_TIME = re.compile(
    r"\b(?:[01]?\d|2[0-3])[:.h][0-5]\d(?:[:.][0-5]\d)?\s*(?:[ap]\.?m\.?|uhr|h)?|\b(?:1[0-2]|[1-9])\s*[ap]\.?m\b"
)
_RELATIVE_NUMBER = re.compile(
    r"(?i)\b\d{1,3}\s*(?:-\s*\d{1,3}\s*)?(?:days?|weeks?|months?|years?|hours?|d|wks?|mos?|yrs?|días?|dias?|semanas?|mes(?:es)?|años?"
    r"|tage?n?|wochen?|monate?n?|jahre?n?|jours?|semaines?|mois|ans|giorni|settimane|mesi|anni|dagen|weken|maanden|jaar)\b"
)
_YEAR_ALONE = re.compile(r"(?:19|20)\d\d")
_FOUR_DIGITS = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")


def _shift_whole(mention: str, shift: timedelta, reference: date | None, language: str) -> str | None:
    for layout in _layouts(language):
        match = layout.expression.fullmatch(folded(mention))
        if match is not None:
            shifted = _shift_match(_Reading(layout.name, language, match, mention, reference), shift)
            if shifted is not None:
                return shifted
    return None


def _shift_inside(mention: str, shift: timedelta, reference: date | None, language: str) -> str | None:
    """A text around dates: each is shifted; what is left must hold neither a number nor a month's name."""
    pieces: list[str] = []
    rest: list[str] = []
    position = 0
    mentions = sorted(find_dates(mention, language), key=lambda m: (m.start, -m.end))
    for found in mentions:
        if found.start < position:
            continue
        shifted = _shift_whole(mention[found.start : found.end], shift, reference, language)
        if shifted is None:
            return None
        rest.append(mention[position : found.start])
        pieces += (mention[position : found.start], shifted)
        position = found.end
    if not pieces:
        return None
    rest.append(mention[position:])
    left = _TIME.sub("", " | ".join(rest).lower())
    if re.search(r"\d", left) or _names_month(left, language):
        return None
    return "".join([*pieces, mention[position:]])


def _shift_other(mention: str, shift: timedelta, reference: date | None, language: str) -> str | None:
    stripped = mention.strip().lstrip("'’")
    if _YEAR_ALONE.fullmatch(stripped):
        return mention.replace(stripped, str((date(int(stripped), 7, 1) + shift).year))
    named = holiday(mention, reference)
    if named is not None:
        day, name, year_given = named
        moved = day + shift
        written = _day_and_month(moved, language) + (f" {moved.year}" if year_given else "")
        return re.sub(
            re.escape(name) + r"(?:\W{1,3}(?:of\s+)?(?:19|20)\d\d)?", lambda _: written, mention, flags=re.IGNORECASE
        )
    left = _RELATIVE_NUMBER.sub("", _TIME.sub("", mention.lower()))
    if re.search(r"\d", left) or _names_month(left, language):
        return None
    return mention if _is_relative(left) or left != mention.lower() else None


_RELATIVE_WORDS = frozenset(
    normal_form(word)
    for word in """
    last next this previous past coming yesterday today tomorrow tonight ago week weekend month monday tuesday wednesday
    thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun morning evening afternoon night earlier
    later
    lunes martes miércoles jueves viernes sábado domingo ayer hoy mañana anteayer pasado próximo semana
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag gestern heute morgen vorgestern letzten
    letzte letzter nächsten nächste woche vor
    lundi mardi mercredi jeudi vendredi samedi dimanche hier demain dernier dernière prochain semaine
    lunedì martedì mercoledì giovedì venerdì sabato domenica ieri oggi domani scorso
    segunda terça quarta quinta sexta ontem hoje amanhã
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag gisteren vandaag afgelopen
    """.split()  # noqa: SIM905
)


def _names_month(text: str, language: str) -> bool:
    """Whether a month is named; those of all languages are not asked for, as `ago` is August in some."""
    names = {normal_form(name) for tongue in {language, "en"} for names in _months(tongue) for name in names}
    return any(normal_form(word) in names for word in re.findall(r"[^\W\d_]+", text))


def _is_relative(text: str) -> bool:
    """Words that stay true when every date moves by whole weeks."""
    return any(normal_form(word) in _RELATIVE_WORDS for word in re.findall(r"[^\W\d_]+", text))


def _day_and_month(day: date, language: str) -> str:
    month = _months(language)[day.month - 1][0]
    if language in {"es", "pt"}:
        return f"{day.day} de {month}"
    if language == "de":
        return f"{day.day}. {month}"
    return f"{month} {day.day}" if language not in MONTH_NAMES or language == "en" else f"{day.day} {month}"


def _plausible(layout: _Layout, match: re.Match[str], text: str, language: str) -> bool:
    if layout.name == "numeric":
        return _read(_Reading(layout.name, "en", match, text, None)) is not None and not _is_series(match, text)
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
        if month.islower() and len(month.rstrip(".")) <= 3:
            return False
        return language == "en" or layout.name == "day-month" or _is_month_first(match, text)
    return True


def _is_series(match: re.Match[str], text: str) -> bool:
    """Whether three numbers are those of a scale, such as `Apgar 9/10/10`."""
    numbers = [match["a"], match["b"], match["y"].lstrip("'")]
    before = folded(text[max(0, match.start() - 60) : match.start()])
    return all(int(number) <= _HIGHEST_IN_SERIES for number in numbers) and _SERIES_BEFORE.search(before) is not None


def _is_month_first(match: re.Match[str], text: str) -> bool:
    """Whether `Mayo 2` is a day where days come first: neither a score nor a name before the heading `2.`."""
    before = folded(text[max(0, match.start() - 20) : match.start()])
    if _MONTH_FIRST_BEFORE.search(before) is not None:
        return True
    begins_line = not before.rpartition("\n")[2].strip()
    return begins_line and not match[0].endswith(".")


def _both_wide(match: re.Match[str]) -> bool:
    return len(match["m"]) == 2 and match["m"].startswith("0") and len(match["d"]) == 2


def _shift_match(reading: _Reading, shift: timedelta) -> str | None:
    match, reference = reading.match, reading.reference
    if reading.layout in {"month-year", "month-slash-year"}:
        # The middle of a month moves by whole weeks too; the month it falls in stands for it.
        return _written(reading, date(int(match["y"]), _month(reading), 15) + shift, {"m": "m"})
    if reading.layout in {"month-day", "day-month", "month-slash-day"}:
        if reference is None or (reading.layout == "month-day" and re.search(r"\d\w*-\d", match[0])):
            return None
        nearest = _nearest_day(reading, reference)
        return None if nearest is None else _written(reading, nearest + shift, {"d": "d", "m": "m"})
    found = _read(reading)
    if found is None:
        return None
    day, groups = found
    try:
        return _written(reading, day + shift, groups)
    except OverflowError:
        return None


def _nearest_day(reading: _Reading, reference: date) -> date | None:
    candidates = []
    for year in (reference.year - 1, reference.year, reference.year + 1):
        try:
            candidates.append(date(year, _month(reading), int(reading.match["d"])))
        except ValueError:
            continue
    return min(candidates, key=lambda day: abs(day - reference), default=None)


def _read(reading: _Reading) -> tuple[date, dict[str, str]] | None:
    """The date, and which group holds the day and which the month."""
    groups = reading.match.groupdict()
    year = _full_year(groups["y"], reading.reference)
    orders = [("a", "b"), ("b", "a")] if "a" in groups else [("m", "d")]
    if (groups.get("s") or "").startswith(".") or reading.language != "en":
        orders.reverse()
    for month_group, day_group in orders:
        try:
            month = int(groups[month_group]) if groups.get(month_group) else _month(reading)
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


def _month(reading: _Reading) -> int:
    groups = reading.match.groupdict()
    if groups.get("mon"):
        return _month_place(groups["mon"], reading.language)[0]
    return int(groups["m"])


def _month_place(name: str, language: str) -> tuple[int, int]:
    """The number of a month's name, and which of its forms it is."""
    bare = name.lower().rstrip(".")
    for number, names in enumerate(_months(language), 1):
        for form, known in enumerate(names):
            if known.lower() == bare:
                return number, form
    raise ValueError(f"not a month in {language}")


def _written(reading: _Reading, day: date, groups: dict[str, str]) -> str:
    """The mention, which was matched in lower case, with its day, month and year exchanged."""
    match, mention = reading.match, reading.mention
    named = match.groupdict()
    pieces = {}
    if "d" in groups:
        pieces[groups["d"]] = _number(named[groups["d"]], day.day, match, groups)
    if named.get("mon"):
        pieces["mon"] = _month_name(mention[match.start("mon") : match.end("mon")], day.month, reading.language)
    else:
        pieces[groups["m"]] = _number(named[groups["m"]], day.month, match, groups)
    if named.get("th"):
        th = mention[match.start("th") : match.end("th")]
        pieces["th"] = _cased_like(th, _ordinal(day.day)) if reading.language == "en" else th if day.day == 1 else ""
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
    parts = [named.get(groups[key]) or original for key in ("d", "m") if key in groups]
    tight = not named.get("mon") or " " not in match[0]
    padded = any(part.startswith("0") for part in parts) or (tight and all(len(part) == 2 for part in parts))
    return f"{value:02d}" if padded else str(value)


def _month_name(original: str, month: int, language: str) -> str:
    bare = original.rstrip(".")
    number, form = _month_place(bare, language)
    full, *short = _months(language)[month - 1]
    # A name that is its own abbreviation, such as May, tells by its length.
    abbreviated = form > 0 and len(bare) < len(_months(language)[number - 1][0])
    abbreviated = abbreviated or (form == 0 and len(bare) == 3)
    name = short[0] if abbreviated and short else full
    dot = "." if original.endswith(".") and name != full else ""
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

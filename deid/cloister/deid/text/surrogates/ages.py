"""Ages: over 89 become 90+, as Safe Harbor allows; others, where a profile removes them, a range of five years."""

from __future__ import annotations

import re

from cloister.deid.text.surrogates.layout import digits_of

_OVER_89 = 90
_NUMBER = re.compile(r"\d+")
_IN_WORDS = re.compile(
    r"\b(?:(?:a|one)[\s-]+hundred(?:[\s-]+and[\s-]+[a-z]+)?|ninety(?:[\s-][a-z]+)?|cien(?:to(?:\s\w+)?)?|noventa(?:\sy\s\w+)?"
    r"|\w*neunzig|(?:ein)?hundert\w*|quatre-vingt-(?:dix|onze|douze|treize|quatorze|quinze|seize)\w*(?:-\w+)*|cent(?:o\w*|\s\w+)?"
    r"|novanta\w*|noventa\se\s\w+|cem|\w*negentig|honderd\w*)\b",
    re.IGNORECASE,
)
_SMALL_UNITS = re.compile(
    r"(?i)month|week|day|hour|m[eo]s(?:es)?\b|semana|d[ií]a|monat|woche|tag|mois|semaine|jour|mese|mesi|giorn|maand|dag"
)


def age(value: str) -> str:
    """The age generalised, everything around its number as it is; `[AGE]` for what cannot be read."""
    number = _NUMBER.search(value)
    if number is None:
        words = _IN_WORDS.search(value)
        return value[: words.start()] + "90+" + value[words.end() :] if words else "[AGE]"
    if _SMALL_UNITS.search(value) or _NUMBER.search(value, number.end()):
        return "[AGE]"
    years = int(digits_of(number[0]))
    low = years // 5 * 5
    return value[: number.start()] + ("90+" if years >= _OVER_89 else f"{low}-{low + 4}") + value[number.end() :]

"""Dates in every layout of `cloister.deid.text.dates`: numeric, with month names, ISO, compact, partial.

A year alone is left, as Safe Harbor allows, unless it is one of birth that tells an age over 89: of dates indicative of
such an age, the year is an identifier too (45 CFR 164.514(b)(2)(i)(C)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cloister.deid.text.dates import find_dates, years_over_89
from cloister.deid.text.finding import Finding, Label

_PORTION = re.compile(r"\d{1,2}/\d{1,2}")
_OF_WHAT = re.compile(
    r"(?i)[ -]?(?:ns|normal saline|tab\w*|pills?|doses?|cups?|strength|bottles?|(?:blood )?cultures?)\b"
)
"""After "1/2" or "2/2" what it is a half or two of."""
_OF_BIRTH = re.compile(
    r"(?:(?<!\w)(?:born|birth|birth(?:date|day|year)|dob|d\.o\.b\.|yob|geboren|geb\.|geburts(?:jahr|datum|tag)|jahrgang|jg\."
    r"|n[eé]e?|naissance|nacid[oa]|naci[oó]|nacimiento|nat[oa]|nascita|nascid[oa]|nasceu|nascimento|geboorte(?:jaar|datum))"
    r"(?!\w)[^\d.;\n]{0,40}|(?<!\w)b\.\s*|\*\s?)$"
)
_BIRTH_REACH = 60
_BIRTH_SCORE = 0.9


@dataclass(frozen=True)
class DateRecognizer:
    """Finds dates, and years of birth that tell an age over 89."""

    name: str = "date"

    @property
    def labels(self) -> tuple[Label, ...]:
        """DATE."""
        return ("DATE",)

    def find(self, text: str) -> Iterator[Finding]:
        """Every mention of a date, and every such year."""
        for mention in find_dates(text):
            if _PORTION.fullmatch(text, mention.start, mention.end) and _OF_WHAT.match(text, mention.end):
                continue
            yield Finding(mention.start, mention.end, "DATE", mention.score, self.name)
        for start, end in years_over_89(text):
            if _OF_BIRTH.search(text[max(0, start - _BIRTH_REACH) : start].lower()):
                yield Finding(start, end, "DATE", _BIRTH_SCORE, self.name)


DATE = DateRecognizer()

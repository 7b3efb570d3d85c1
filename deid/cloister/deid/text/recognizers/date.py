"""Dates in every layout of `cloister.deid.text.dates`: numeric, with month names, ISO, compact, partial."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cloister.deid.text.dates import find_dates
from cloister.deid.text.finding import Finding, Label

_PORTION = re.compile(r"\d{1,2}/\d{1,2}")
_OF_WHAT = re.compile(
    r"(?i)[ -]?(?:ns|normal saline|tab\w*|pills?|doses?|cups?|strength|bottles?|(?:blood )?cultures?)\b"
)
"""After "1/2" or "2/2" what it is a half or two of."""


@dataclass(frozen=True)
class DateRecognizer:
    """Finds dates. Years alone are left: they identify nobody, and Safe Harbor allows them."""

    name: str = "date"

    @property
    def labels(self) -> tuple[Label, ...]:
        """DATE."""
        return ("DATE",)

    def find(self, text: str) -> Iterator[Finding]:
        """Every mention of a date."""
        for mention in find_dates(text):
            if _PORTION.fullmatch(text, mention.start, mention.end) and _OF_WHAT.match(text, mention.end):
                continue
            yield Finding(mention.start, mention.end, "DATE", mention.score, self.name)


DATE = DateRecognizer()

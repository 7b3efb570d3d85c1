"""Dates that need the language: with names of months, and without a year where the language writes them so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cloister.deid.text.dates import find_dates
from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.patterns import Pattern


@dataclass(frozen=True)
class LanguageDates:
    """Finds the dates of one language.

    Args:
        language: two-letter code; decides on the names of the months.
        patterns: layouts beyond those of `cloister.deid.text.dates`.
    """

    language: str
    patterns: tuple[Pattern, ...] = ()
    name: str = "date"

    @property
    def labels(self) -> tuple[Label, ...]:
        """DATE."""
        return ("DATE",)

    def find(self, text: str) -> Iterator[Finding]:
        """Every mention of a date."""
        for mention in find_dates(text, self.language):
            yield Finding(mention.start, mention.end, "DATE", mention.score, self.name)
        for pattern in self.patterns:
            for start, end, score in pattern.matches(text):
                yield Finding(start, end, "DATE", score, self.name)

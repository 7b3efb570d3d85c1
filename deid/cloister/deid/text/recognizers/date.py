"""Dates in every layout of `cloister.deid.text.dates`: numeric, with month names, ISO, compact, partial."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cloister.deid.text.dates import find_dates
from cloister.deid.text.finding import Finding, Label


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
            yield Finding(mention.start, mention.end, "DATE", mention.score, self.name)


DATE = DateRecognizer()

"""What of a note's annotation has to be found under a profile's rules.

A corpus may mark more than a rule removes: Safe Harbor leaves ages under 90 and countries in the text, a limited
data set also dates and towns. What may stay is neutral: finding it is no error, leaving it is none either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Span
from cloister.deid.evaluation.corpus_labels import COUNTRY, SEX
from cloister.deid.text.profiles import Profile

_NUMBER = re.compile(r"\d+")
_MOST_DIGITS = 12
"""Of an age, with all its leading zeros; Python itself refuses to make a number of more than 4,300."""
_OLDEST_UNIDENTIFYING = 89
_HOUSE = re.compile(r"\d[\w-]*,?[ ][^\W\d_]{2}|[^\W\d_]{2,}\.?,?[ ]\d{1,4}(?!\d)")


@dataclass(frozen=True)
class Scope:
    """Which gold spans count.

    Attributes:
        kept: labels that may stay in the text.
        oldest_kept_age: ages up to this many years may stay; -1 for none. An age without a number always counts.
        streets_only: whether of the addresses only those with a house number or a box have to go.
    """

    kept: frozenset[str] = frozenset()
    oldest_kept_age: int = -1
    streets_only: bool = False

    def split(self, note: AnnotatedNote) -> tuple[list[Span], list[Span]]:
        """The note's spans that have to be found, and those that need not be."""
        gold: list[Span] = []
        neutral: list[Span] = []
        for span in note.spans:
            (neutral if self._may_stay(note.text, span) else gold).append(span)
        return gold, neutral

    def _may_stay(self, text: str, span: Span) -> bool:
        if span.label in self.kept:
            return True
        if span.label == "ADDRESS":
            return self.streets_only and not _HOUSE.search(text, span.start, span.end)
        if span.label != "AGE":
            return False
        number = _NUMBER.search(text, span.start, span.end)
        return number is not None and len(number[0]) <= _MOST_DIGITS and int(number[0]) <= self.oldest_kept_age


EVERYTHING = Scope()


def scope_of(profile: Profile) -> Scope:
    """What has to be found under a profile; sex and country under none but the maximal one."""
    kept = profile.kept | (frozenset() if profile.all_ages else {SEX, COUNTRY})
    return Scope(kept, -1 if profile.all_ages else _OLDEST_UNIDENTIFYING, not profile.places)

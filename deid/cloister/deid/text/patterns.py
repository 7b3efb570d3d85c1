"""A recogniser made of regular expressions: what most identifiers need."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.folded import folded, titled

FAILED_CHECK = 0.6
"""Share of its score that a value with a wrong checksum keeps."""
FOUR_DIGITS = r"\d(?:[a-z ()./_*:,-]{0,3}\d){3}"
"""For `Pattern.around`: four digits, with letters and separators between them."""
_REACH = 200
"""Characters before and after a match of `Pattern.around` that are searched."""


@dataclass(frozen=True)
class Pattern:
    """One regular expression with the score of what it matches.

    The finding is the group named `it` where the expression has one (the rest is context), else the whole match. An
    expression that is `folded` is written in lower case and matches any case. Unless one of `needs`, in lower case,
    stands in the text, the expression cannot match and is not tried; nor is it further than a line or two from a match
    of `around`, an expression in lower case. A value that fails its `check`, a checksum, keeps `FAILED_CHECK` of its
    score: typing errors identify as well.
    """

    expression: str
    score: float
    folded: bool = False
    needs: tuple[str, ...] = ()
    check: Callable[[str], bool] | None = None
    around: str | None = None

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression, ready to use."""
        return re.compile(self.expression)

    def matches(self, text: str) -> Iterator[tuple[int, int, float]]:
        """Start, end and score of every match."""
        lowered = folded(text)
        if self.needs and not any(needed in lowered for needed in self.needs):
            return
        group = "it" if "it" in self.compiled.groupindex else 0
        searched = lowered if self.folded else text
        for start, end in ((0, len(text)),) if self.around is None else _neighbourhoods(lowered, self.around):
            for match in self.compiled.finditer(searched, start, end):
                holds = self.check is None or self.check(text[match.start(group) : match.end(group)])
                yield (*match.span(group), self.score if holds else self.score * FAILED_CHECK)


@dataclass(frozen=True)
class PatternRecognizer:
    """Reports what any of its patterns matches.

    Args:
        name: the source that its findings carry.
        label: what it finds.
        patterns: tried one after the other over the whole text.
        by_capitals: they go by capitals, so a text in one case is read as if every word had one.
    """

    name: str
    label: Label
    patterns: tuple[Pattern, ...]
    by_capitals: bool = False

    @property
    def labels(self) -> tuple[Label, ...]:
        """The one label."""
        return (self.label,)

    def find(self, text: str) -> Iterator[Finding]:
        """Every match of every pattern."""
        read = (titled(text) or text) if self.by_capitals else text
        for pattern in self.patterns:
            for start, end, score in pattern.matches(read):
                if start < end:
                    yield Finding(start, end, self.label, score, self.name)


@lru_cache(maxsize=8)
def _neighbourhoods(lowered: str, around: str) -> tuple[tuple[int, int], ...]:
    """The stretches of a text near the matches of an expression, disjoint and in order."""
    stretches: list[tuple[int, int]] = []
    for match in re.finditer(around, lowered):
        start, end = max(0, match.start() - _REACH), min(len(lowered), match.end() + _REACH)
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    return tuple(stretches)

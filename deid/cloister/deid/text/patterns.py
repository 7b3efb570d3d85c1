"""A recogniser made of regular expressions: what most identifiers need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.folded import folded


@dataclass(frozen=True)
class Pattern:
    """One regular expression with the score of what it matches.

    The finding is the group named `it` where the expression has one (the rest is context), else the whole match. An
    expression that is `folded` is written in lower case and matches any case. Unless one of `needs`, in lower case,
    stands in the text, the expression cannot match and is not tried.
    """

    expression: str
    score: float
    folded: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class PatternRecognizer:
    """Reports what any of its patterns matches.

    Args:
        name: the source that its findings carry.
        label: what it finds.
        patterns: tried one after the other over the whole text.
    """

    name: str
    label: Label
    patterns: tuple[Pattern, ...]

    def __post_init__(self) -> None:
        compiled = tuple((re.compile(pattern.expression), pattern) for pattern in self.patterns)
        object.__setattr__(self, "_compiled", compiled)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The one label."""
        return (self.label,)

    def find(self, text: str) -> Iterator[Finding]:
        """Every match of every pattern."""
        compiled: tuple[tuple[re.Pattern[str], Pattern], ...] = getattr(self, "_compiled")  # noqa: B009
        lowered = folded(text)
        for expression, pattern in compiled:
            if pattern.needs and not any(needed in lowered for needed in pattern.needs):
                continue
            group = "it" if "it" in expression.groupindex else 0
            for match in expression.finditer(lowered if pattern.folded else text):
                start, end = match.span(group)
                yield Finding(start, end, self.label, pattern.score, self.name)

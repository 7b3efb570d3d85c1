"""Patterns that go by capitals: a note in one case is read as if every word had one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.folded import titled
from cloister.deid.text.patterns import Pattern


@dataclass(frozen=True)
class CapitalisedPatterns:
    """Reports what any of its patterns matches in the text or, if that is in one case, in its capitalised form.

    Args:
        name: the source that its findings carry.
        label: what it finds.
        patterns: tried one after the other over the whole text.
    """

    name: str
    label: Label
    patterns: tuple[Pattern, ...]

    @property
    def labels(self) -> tuple[Label, ...]:
        """The one label."""
        return (self.label,)

    def find(self, text: str) -> Iterator[Finding]:
        """Every match of every pattern."""
        read = titled(text) or text
        for pattern in self.patterns:
            for start, end, score in pattern.matches(read):
                if start < end:
                    yield Finding(start, end, self.label, score, self.name)

"""A note whose identifiers somebody has marked: what every corpus is read into and every measure is taken on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol


class Located(Protocol):
    """Anything with a place and a label: a gold span, or a finding of any detector."""

    @property
    def start(self) -> int:
        """First code point."""

    @property
    def end(self) -> int:
        """One past the last code point."""

    @property
    def label(self) -> str:
        """What kind of identifier it is."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a note, in code points of the unchanged text, end exclusive."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class AnnotatedNote:
    """A note and the truth about it.

    `spans` may overlap; a note without any is a negative. `group` is what results are broken down by (a culture, a
    note type, a perturbation), empty if nothing. `language` is a two-letter code, None if unknown.
    """

    id: str
    text: str
    spans: tuple[Span, ...]
    group: str = ""
    language: str | None = None

    def relabelled(self, label_of: Callable[[str], str]) -> AnnotatedNote:
        """The same note with every span's label replaced by what `label_of` makes of it."""
        return replace(self, spans=tuple(Span(s.start, s.end, label_of(s.label)) for s in self.spans))

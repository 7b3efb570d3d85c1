"""What counts as found: six measures of one note, from the strictest to the most lenient.

    strict      a span with the same start, the same end and the same label (i2b2, MEDDOCAN sub-track 1)
    boundaries  a span with the same start and end, whatever its label (MEDDOCAN sub-track 2, strict)
    covered     every character of the span is covered, by one finding or several; for precision: the finding lies
                wholly inside what is marked
    relaxed     one character in common
    tokens      words and numbers (runs of letters and digits), each PHI or not
    characters  characters other than white space, each PHI or not

Spans may be *neutral*: places that are marked but need not be found (what a profile leaves in by rule, such as an age
under 90). Their tokens and characters count neither way, and a finding that touches nothing but neutral places and
nothing else that is marked is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cloister.deid.evaluation.annotated_note import Located, Span

Measure = Literal["strict", "boundaries", "covered", "relaxed", "tokens", "characters"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Counts:
    """Of what is marked (`gold`), how much was found; of what was found, how much is marked."""

    gold: int
    gold_hit: int
    found: int
    found_hit: int

    def __add__(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(
            self.gold + other.gold,
            self.gold_hit + other.gold_hit,
            self.found + other.found,
            self.found_hit + other.found_hit,
        )


NOTHING = Counts(0, 0, 0, 0)


class Comparison:
    """One note's gold spans beside the findings of a detector.

    Args:
        text: the note.
        gold: what is marked and has to be found.
        found: what a detector reports; may overlap.
        neutral: what is marked but need not be found.
    """

    def __init__(
        self, text: str, gold: Iterable[Located], found: Iterable[Located], neutral: Iterable[Located] = ()
    ) -> None:
        self.text = text
        self.gold = _spans(gold)
        self._gold_mask = _mask(text, self.gold)
        self._neutral_mask = _mask(text, _spans(neutral)) & ~self._gold_mask
        self.found = [span for span in _spans(found) if not self._is_neutral(span)]
        self._found_mask = _mask(text, self.found)
        self._visible = np.fromiter((not c.isspace() for c in text), bool, len(text))

    def counts(self, measure: Measure) -> Counts:
        """The counts of one measure."""
        match measure:
            case "strict":
                return _agreement(set(self.gold), set(self.found))
            case "boundaries":
                return _agreement({(s.start, s.end) for s in self.gold}, {(s.start, s.end) for s in self.found})
            case "covered":
                return self._by_span([self.covers(s) for s in self.gold], self._inside(self.found))
            case "relaxed":
                gold_hit = self._any(self._found_mask, self.gold)
                return self._by_span(gold_hit, self._any(self._gold_mask, self.found))
            case "tokens":
                return self._tokens()
            case "characters":
                counted = self._visible & ~self._neutral_mask
                return _overlap(self._gold_mask & counted, self._found_mask & counted)

    def covers(self, span: Span) -> bool:
        """Whether the findings cover every character of a span, white space aside."""
        missed = self._visible[span.start : span.end] & ~self._found_mask[span.start : span.end]
        return not missed.any()

    @property
    def leaks(self) -> bool:
        """Whether any gold span is not fully covered."""
        return not all(self.covers(span) for span in self.gold)

    @property
    def false_tokens(self) -> tuple[int, int]:
        """Tokens without PHI that a finding touches, and tokens without PHI in all."""
        starts, ends = _token_borders(self.text)
        free = ~_touched(self._gold_mask, starts, ends) & ~_touched(self._neutral_mask, starts, ends)
        return int((free & _touched(self._found_mask, starts, ends)).sum()), int(free.sum())

    def _is_neutral(self, span: Span) -> bool:
        place = slice(span.start, span.end)
        return bool(self._neutral_mask[place].any()) and not self._gold_mask[place].any()

    def _tokens(self) -> Counts:
        starts, ends = _token_borders(self.text)
        gold, found = _touched(self._gold_mask, starts, ends), _touched(self._found_mask, starts, ends)
        counted = gold | ~_touched(self._neutral_mask, starts, ends)
        return _overlap(gold & counted, found & counted)

    def _inside(self, spans: Sequence[Span]) -> list[bool]:
        outside = self._visible & ~self._gold_mask & ~self._neutral_mask
        return [not outside[s.start : s.end].any() for s in spans]

    @staticmethod
    def _any(mask: NDArray[np.bool_], spans: Sequence[Span]) -> list[bool]:
        return [bool(mask[s.start : s.end].any()) for s in spans]

    @staticmethod
    def _by_span(gold_hit: Sequence[bool], found_hit: Sequence[bool]) -> Counts:
        return Counts(len(gold_hit), sum(gold_hit), len(found_hit), sum(found_hit))


def _spans(items: Iterable[Located]) -> list[Span]:
    return sorted({Span(item.start, item.end, item.label) for item in items if item.start < item.end})


def _mask(text: str, spans: Iterable[Span]) -> NDArray[np.bool_]:
    mask = np.zeros(len(text), bool)
    for span in spans:
        mask[span.start : span.end] = True
    return mask


def _token_borders(text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    borders = np.array([match.span() for match in TOKEN.finditer(text)], np.int64).reshape(-1, 2)
    return borders[:, 0], borders[:, 1]


def _touched(mask: NDArray[np.bool_], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which tokens hold a marked character."""
    before = np.concatenate([[0], np.cumsum(mask)])
    touched: NDArray[np.bool_] = before[ends] > before[starts]
    return touched


def _agreement(gold: set[Span] | set[tuple[int, int]], found: set[Span] | set[tuple[int, int]]) -> Counts:
    agreed = len(gold & found)
    return Counts(len(gold), agreed, len(found), agreed)


def _overlap(gold: NDArray[np.bool_], found: NDArray[np.bool_]) -> Counts:
    agreed = int((gold & found).sum())
    return Counts(int(gold.sum()), agreed, int(found.sum()), agreed)

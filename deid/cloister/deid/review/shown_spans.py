"""The spans of one note that a reviewer decides on: what was removed, and what nearly was.

What was removed is read from the cleaned note itself; the detectors add label, score and source. A finding that the
cleaned note still holds, and a candidate just below its threshold, are shown as left in the dataset: confirming one
reports a leak.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cloister.deid.review.alignment import Alignment
from cloister.deid.text.finding import LABELS, Finding, Label

CLEANING = "cleaning"
"""Source of what the cleaned note does not hold although no detector names it now, such as a later pass' findings."""

_SURE = 0.5
_TAG = re.compile(rf"\[({'|'.join(LABELS)})\]")
_STATISTICAL = frozenset({"crf", "neural"})


@dataclass(frozen=True)
class ShownSpan:
    """A stretch of the original note. `removed`: the dataset holds something else in its place."""

    start: int
    end: int
    label: Label
    score: float
    source: str
    removed: bool

    @property
    def uncertain(self) -> bool:
        """Whether it deserves a look: left in place, a bare id net, little certainty, one statistical voice alone."""
        return not self.removed or self.label == "ID" or self.score < _SURE or self.source in _STATISTICAL


def shown_spans(
    alignment: Alignment,
    findings: Iterable[Finding],
    candidates: Iterable[Finding],
    unwritten: Sequence[tuple[int, int]] = (),
) -> list[ShownSpan]:
    """Everything to decide on, disjoint and in order.

    Args:
        alignment: of the note with its cleaned form.
        findings: what the detectors find at the dataset's thresholds; disjoint, in order.
        candidates: what they find at lower ones; disjoint, in order.
        unwritten: stretches that are not written whatever they say; in order. What no detector names in them is
            nothing to decide on, or confirming it would count a comment as an identifier that was found.
    """

    def removed(f: Finding) -> bool:
        return is_within(f.start, f.end, unwritten) or alignment.removed(f.start, f.end)

    shown = [ShownSpan(f.start, f.end, f.label, f.score, f.source, removed(f)) for f in findings]
    shown += _without_finding(alignment, shown, unwritten)
    for f in candidates:
        clear = all(f.end <= span.start or f.start >= span.end for span in shown)
        if clear and alignment.left(f.start, f.end) and not is_within(f.start, f.end, unwritten):
            shown.append(ShownSpan(f.start, f.end, f.label, f.score, f.source, alignment.removed(f.start, f.end)))
    return sorted(shown, key=lambda span: span.start)


def is_within(start: int, end: int, stretches: Iterable[tuple[int, int]]) -> bool:
    """Whether one of the stretches covers `start` to `end`."""
    return any(left <= start and end <= right for left, right in stretches)


def _without_finding(
    alignment: Alignment, shown: list[ShownSpan], unwritten: Sequence[tuple[int, int]]
) -> Iterator[ShownSpan]:
    for start, end in _outside(alignment.stretches(), unwritten):
        position = start
        for span in [*shown, None]:
            left = end if span is None else min(max(span.start, position), end)
            yield from _piece(alignment, position, left)
            if span is not None:
                position = max(position, min(span.end, end))


def _outside(stretches: Iterable[tuple[int, int]], unwritten: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in stretches:
        position = start
        for left, right in unwritten:
            if left < end and right > position:
                if position < left:
                    yield position, left
                position = right
        if position < end:
            yield position, end


def _piece(alignment: Alignment, start: int, end: int) -> Iterator[ShownSpan]:
    text = alignment.original[start:end]
    kept = text.strip(" \t\r\n,.;:-")
    if not any(map(str.isalnum, kept)):
        return
    first = start + text.index(kept)
    left, right = alignment.replacement(first, first + len(kept))
    tag = _TAG.search(alignment.cleaned[left:right])
    label: Label = next((label for label in LABELS if tag is not None and tag[1] == label), "ID")
    yield ShownSpan(first, first + len(kept), label, 1.0, CLEANING, True)

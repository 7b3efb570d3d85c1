"""Spans as labels of tokens, and back.

A token has the label of its span; `B-` stands before it only where a span of the same label ends just before. Most
corpora need no more, and half as many labels as a full BIO scheme make training several times as fast.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cloister.deid.evaluation.annotated_note import Located, Span
from cloister.deid.text.taggers.crf import OUTSIDE
from cloister.deid.text.taggers.tokens import Tokens

_BEGINS = "B-"
LONGEST = 400
"""Tokens that are labelled together at most."""


def labels_of(tokens: Tokens, spans: Sequence[Located]) -> list[str]:
    """A label for every token that a span touches, `OUTSIDE` for the others."""
    labels = [OUTSIDE] * len(tokens)
    place = 0
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        while place < len(tokens) and tokens.end[place] <= span.start:
            place += 1
        begins = True
        while place < len(tokens) and tokens.start[place] < span.end:
            follows = begins and place > 0 and labels[place - 1].removeprefix(_BEGINS) == span.label
            labels[place] = f"{_BEGINS}{span.label}" if follows else span.label
            begins = False
            place += 1
    return labels


def spans_of_labels(tokens: Tokens, labels: Sequence[str], text: str) -> Iterator[Span]:
    """The reverse: neighbours of one label on one line are one span; `B-` begins a new one."""
    first = 0
    for place in range(1, len(tokens) + 1):
        label = labels[first].removeprefix(_BEGINS)
        goes_on = (
            place < len(tokens)
            and labels[place] == label
            and "\n" not in text[tokens.end[place - 1] : tokens.start[place]]
        )
        if goes_on:
            continue
        if label != OUTSIDE:
            yield Span(tokens.start[first], tokens.end[place - 1], label)
        first = place


def stretches(tokens: Tokens) -> list[tuple[int, int]]:
    """Tokens that are labelled together: whole lines, cut where they are very long."""
    return [
        (start, min(start + LONGEST, tokens.last[first] + 1))
        for first in sorted(set(tokens.first))
        for start in range(first, tokens.last[first] + 1, LONGEST)
    ]

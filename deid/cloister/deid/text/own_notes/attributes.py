"""The hand features of a token in its note: the package's own, and those that need the whole note."""

from __future__ import annotations

from collections.abc import Iterator

from cloister.deid.text.own_notes.note_layout import NoteLayout, shape
from cloister.deid.text.taggers.features import LONGEST, Lists, attributes
from cloister.deid.text.taggers.tokens import Tokens

_CHUNKS_AROUND = (-3, -2, -1, 0, 1, 2)
_FIRST_WORDS = 8
"""Places in a line that are told apart in a section."""


def note_attributes(tokens: Tokens, layout: NoteLayout, lists: Lists) -> list[list[str]]:
    """For every token the strings that the CRF has weights of."""
    found = attributes(tokens, lists)
    shapes = [shape(chunk) for chunk in layout.chunks]
    words = [chunk.lower()[:LONGEST] for chunk in layout.chunks]
    for place, own in enumerate(found):
        for offset in _CHUNKS_AROUND:
            at = layout.chunk[place] + offset
            if 0 <= at < len(words):
                own.append(f"{offset}chunk={words[at]}")
                own.append(f"{offset}shape={shapes[at]}")
        own.extend(_of_note(tokens, layout, place))
    return found


def _of_note(tokens: Tokens, layout: NoteLayout, place: int) -> Iterator[str]:
    yield f"top={layout.top[place]}"
    yield f"bottom={layout.bottom[place]}"
    for field in layout.fields[place]:
        yield f"field={field}"
    yield f"section={layout.section[place]}"
    yield f"above={layout.above[place]}"
    yield f"section{min(place - tokens.first[place], _FIRST_WORDS)}={layout.section[place]}"

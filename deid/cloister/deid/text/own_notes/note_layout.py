"""What a token's note says about it: its field, its section, its place from top to bottom, who else is called so.

Notes are forms. "Médico: Ana Ruiz" in the header tells who signs at the end; "Antecedentes familiares:" tells whose
illnesses follow; the line below "Localidad:" holds the postal code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cloister.deid.text.taggers.features import folded_word
from cloister.deid.text.taggers.tokens import Tokens

LINES_FROM_TOP, LINES_FROM_BOTTOM = 20, 6
"""Lines are counted up to here from either end."""
_FIELD_LINES = 25
"""Lines at either end of a note in which fields are looked for."""
_LONGEST_HEADING = 6
"""Words before a line's colon that can be its heading."""


@dataclass(frozen=True)
class NoteLayout:
    """Columns with one entry a token.

    `chunk` is the word as white space cuts it, by its number in `chunks`; `fields` are those elsewhere in the note
    that hold the same word, by name; `section` is the nearest heading at the beginning of this line or one above,
    `above` the heading of the line above; `top` and `bottom` count lines.
    """

    chunks: tuple[str, ...]
    chunk: tuple[int, ...]
    fields: tuple[tuple[str, ...], ...]
    section: tuple[str, ...]
    above: tuple[str, ...]
    top: tuple[int, ...]
    bottom: tuple[int, ...]


def note_layout(tokens: Tokens) -> NoteLayout:
    """The layout of a note."""
    starts = sorted(set(tokens.first))
    number = {first: index for index, first in enumerate(starts)}
    headings = [_heading(tokens, first) for first in starts]
    sections: list[str] = []
    for heading in headings:
        sections.append(heading or (sections[-1] if sections else ""))
    line = [number[first] for first in tokens.first]
    chunk, chunks = _chunks(tokens)
    return NoteLayout(
        chunks=tuple(chunks),
        chunk=tuple(chunk),
        fields=_fields_of_tokens(tokens, starts),
        section=tuple(sections[at] for at in line),
        above=tuple(headings[at - 1] if at else "^" for at in line),
        top=tuple(min(at, LINES_FROM_TOP) for at in line),
        bottom=tuple(min(len(starts) - 1 - at, LINES_FROM_BOTTOM) for at in line),
    )


def shape(chunk: str) -> str:
    """Digits one by one, runs of letters as one sign, other signs as they are: "28-3-01," is "dd-d-dd,"."""
    found = ""
    for character in chunk[:24]:
        sign = "d" if character.isdigit() else "A" if character.isupper() else "a" if character.isalpha() else character
        if sign not in "Aa" or not found.endswith(sign):
            found += sign
    return found


def _chunks(tokens: Tokens) -> tuple[list[int], list[str]]:
    chunk: list[int] = []
    chunks: list[str] = []
    for place, word in enumerate(tokens.words):
        if place and tokens.glued[place]:
            chunks[-1] += word
        else:
            chunks.append(word)
        chunk.append(len(chunks) - 1)
    return chunk, chunks


def _heading(tokens: Tokens, first: int) -> str:
    """The words before a colon near the beginning of a line; empty if there is none."""
    for place in range(first, min(first + _LONGEST_HEADING + 1, tokens.last[first] + 1)):
        if tokens.words[place] == ":":
            return "_".join(map(folded_word, tokens.words[first:place]))
    return ""


def _fields_of_tokens(tokens: Tokens, starts: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """For every token the fields that hold its word, other than the one it stands in itself."""
    holding = _fields(tokens, starts)
    own = [tokens.words[key].lower() if key >= 0 else "" for key in tokens.key]
    return tuple(
        tuple(field for field in holding.get(word.lower(), ()) if field != this)
        for word, this in zip(tokens.words, own, strict=True)
    )


def _fields(tokens: Tokens, starts: Sequence[int]) -> Mapping[str, tuple[str, ...]]:
    """Which fields of the note hold a word: "Médico: Ana Ruiz" puts "ana" and "ruiz" under "médico"."""
    fields: dict[str, set[str]] = defaultdict(set)
    ends = {*starts[:_FIELD_LINES], *starts[-_FIELD_LINES:]}
    for place, word in enumerate(tokens.words):
        key = tokens.key[place]
        if key >= 0 and word[0].isalnum() and len(word) > 2 and tokens.first[place] in ends:
            fields[word.lower()].add(tokens.words[key].lower())
    return {word: tuple(sorted(names)) for word, names in fields.items()}

"""The same note written differently: lower case, capitals, typing errors, errors of optical character recognition.

A perturbation replaces single characters by none, one or more; gold spans move along, so that what had to be found
before has to be found after. The same seed gives the same errors.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Span

Perturbation = Callable[[AnnotatedNote], AnnotatedNote]

TYPING_ERRORS = 0.02
"""Share of letters with a typing error: one in every ten words of five letters."""
OCR_ERRORS = 0.02
"""Share of confusable characters that are misread."""

_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {key: row[max(0, i - 1) : i] + row[i + 1 : i + 2] for row in _KEYBOARD for i, key in enumerate(row)}
_MISREAD = {
    "l": "1", "1": "l", "I": "l", "O": "0", "0": "O", "m": "rn", "B": "8", "8": "B", "S": "5", "5": "S", "g": "q",
    "e": "c", "c": "e", "h": "b", "i": "í", "u": "ü", "Z": "2", "2": "Z", "n": "ri", "t": "f",
}  # fmt: skip


def lower_cased(note: AnnotatedNote) -> AnnotatedNote:
    """Everything in lower case."""
    return _rewritten(note, [character.lower() for character in note.text])


def upper_cased(note: AnnotatedNote) -> AnnotatedNote:
    """Everything in capitals."""
    return _rewritten(note, [character.upper() for character in note.text])


def mistyped(note: AnnotatedNote, share: float = TYPING_ERRORS, seed: int = 0) -> AnnotatedNote:
    """With typing errors in letters: a neighbouring key, a letter lost, doubled or swapped with the next one.

    Digits stay: another digit would be another number, and no less an identifier.
    """
    rng = random.Random(f"{seed}/{note.id}")  # noqa: S311 - repeatable errors, no secret
    pieces = list(note.text)
    index = 0
    while index < len(pieces):
        if pieces[index].isalpha() and rng.random() < share:
            index += _mistype(pieces, index, rng)
        index += 1
    return _rewritten(note, pieces)


def misread(note: AnnotatedNote, share: float = OCR_ERRORS, seed: int = 0) -> AnnotatedNote:
    """With characters taken for others that look alike, as optical character recognition does."""
    rng = random.Random(f"{seed}/{note.id}")  # noqa: S311 - repeatable errors, no secret
    pieces = [_MISREAD[c] if c in _MISREAD and rng.random() < share else c for c in note.text]
    return _rewritten(note, pieces)


def _mistype(pieces: list[str], index: int, rng: random.Random) -> int:
    """Put one error at `index`; returns how many further characters it used up."""
    letter = pieces[index]
    kind = rng.choice(("neighbour", "lost", "doubled", "swapped"))
    if kind == "swapped" and index + 1 < len(pieces) and pieces[index + 1].isalpha():
        pieces[index], pieces[index + 1] = pieces[index + 1], letter
        return 1
    if kind == "lost":
        pieces[index] = ""
    elif kind == "neighbour" and letter.lower() in _NEIGHBOURS:
        other = rng.choice(_NEIGHBOURS[letter.lower()])
        pieces[index] = other.upper() if letter.isupper() else other
    else:
        pieces[index] = letter * 2
    return 0


def _rewritten(note: AnnotatedNote, pieces: Sequence[str]) -> AnnotatedNote:
    """The note with every character replaced by its piece; spans that became empty are gone."""
    place = [0, *accumulate(map(len, pieces))]
    spans = (Span(place[s.start], place[s.end], s.label) for s in note.spans)
    return replace(note, text="".join(pieces), spans=tuple(s for s in spans if s.start < s.end))

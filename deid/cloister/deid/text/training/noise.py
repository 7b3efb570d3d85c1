"""How clinical text departs from clean text: case, typing errors, scanning errors, lost accents, spaces and signs.

Each function takes the characters of a text with a label each, and returns both changed in step.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

Kind = TypeVar("Kind")
Labelled = Sequence[tuple[str, Kind]]
"""One character each, with what it belongs to."""

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LOOKALIKES = {
    "l": "1", "1": "l", "O": "0", "0": "O", "I": "l", "S": "5", "5": "S", "B": "8", "8": "B", "e": "c", "c": "e",
    "a": "o", "u": "ii", "m": "rn", "h": "b", "t": "f", "i": "j", "g": "q", "v": "y", ".": ",", ",": ".",
}  # fmt: skip


def lower(text: Labelled[Kind], _: random.Random) -> list[tuple[str, Kind]]:
    """All in lower case."""
    return [(small if len(small := character.lower()) == 1 else character, kind) for character, kind in text]


def upper(text: Labelled[Kind], _: random.Random) -> list[tuple[str, Kind]]:
    """All in capitals."""
    return [(large if len(large := character.upper()) == 1 else character, kind) for character, kind in text]


def typed(text: Labelled[Kind], draw: random.Random, rate: float = 0.012) -> list[tuple[str, Kind]]:
    """Letters left out, doubled, swapped, or hit beside."""
    changed: list[tuple[str, Kind]] = []
    held: tuple[str, Kind] | None = None
    for character, kind in text:
        if held is not None:
            changed += [(character, held[1]), (held[0], kind)]
            held = None
        elif not character.isalpha() or draw.random() >= rate:
            changed.append((character, kind))
        else:
            error = draw.randrange(4)
            if error == 1:
                changed += [(character, kind)] * 2
            elif error == 2:
                held = (character, kind)
            elif error == 3:
                changed.append((_beside(character, draw), kind))
    return changed if held is None else [*changed, held]


def scanned(text: Labelled[Kind], draw: random.Random, rate: float = 0.015) -> list[tuple[str, Kind]]:
    """Letters and digits taken for what looks like them."""
    changed: list[tuple[str, Kind]] = []
    for character, kind in text:
        wrong = _LOOKALIKES.get(character) if draw.random() < rate else None
        changed += [(piece, kind) for piece in wrong or character]
    return changed


def unaccented(text: Labelled[Kind], _: random.Random) -> list[tuple[str, Kind]]:
    """Without accents; letters that do not decompose stay."""
    return [(unicodedata.normalize("NFKD", c)[0] if c.isalpha() else c, kind) for c, kind in text]


def squeezed(text: Labelled[Kind], draw: random.Random, rate: float = 0.02) -> list[tuple[str, Kind]]:
    """Some spaces lost, some doubled, some signs gone."""
    changed: list[tuple[str, Kind]] = []
    for character, kind in text:
        error = draw.random() / rate
        if error >= 1 or character.isalnum():
            changed.append((character, kind))
        elif character == " " and error < 0.5:
            changed += [(character, kind)] * 2
        elif character in ".,;:" and error < 0.5:
            changed.append((" ", kind))
        elif character == "\n":
            changed.append((character, kind))
    return changed


def wrapped(text: Labelled[Kind], draw: random.Random) -> list[tuple[str, Kind]]:
    """Broken into lines of a fixed width, within identifiers too."""
    width = draw.randint(50, 90)
    changed: list[tuple[str, Kind]] = []
    column = 0
    for character, kind in text:
        column = 0 if character == "\n" else column + 1
        if character == " " and column >= width:
            character, column = "\n", 0
        changed.append((character, kind))
    return changed


NOISE: tuple[tuple[float, Callable[..., list[tuple[str, Kind]]]], ...] = (
    (0.12, typed),
    (0.04, scanned),
    (0.12, unaccented),
    (0.06, squeezed),
    (0.06, wrapped),
)
"""Share of documents, and what happens to them; a document may suffer several."""


def _beside(character: str, draw: random.Random) -> str:
    for row in _KEYS:
        at = row.find(character.lower())
        if at >= 0:
            return row[max(0, min(len(row) - 1, at + draw.choice((-1, 1))))]
    return character

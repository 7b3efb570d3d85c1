"""Leaks planted in cleaned notes, to measure attacks on the surrogates.

How well an attacker tells leaks from surrogates can be scored only where the truth is known. So some of what was
replaced is put back, in memory: the notes then look as they would if the de-identification had missed just these. The
attacker is given what a careful human reader has: all that looks like PHI, without knowing which of it is real.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

SHARE = 0.05
"""Of the replaced values, those that are put back."""

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")


@dataclass(frozen=True)
class Hidden:
    """An identifier and what stands in its place."""

    original: str
    surrogate: str


@dataclass(frozen=True)
class CleanedNote:
    """A note as written, in pieces: text that was left as it is, and replaced identifiers."""

    patient: str
    pieces: tuple[str | Hidden, ...]


@dataclass(frozen=True)
class Span:
    """PHI-like tokens of a note, `start` to `end` (exclusive); whether they are a planted leak."""

    start: int
    end: int
    leak: bool


@dataclass(frozen=True)
class PlantedNote:
    """What the attacker sees: tokens and PHI-like spans. `Span.leak` is for scoring only."""

    patient: str
    tokens: tuple[str, ...]
    spans: tuple[Span, ...]


def plant(notes: Sequence[CleanedNote], seed: int, share: float = SHARE) -> list[PlantedNote]:
    """Put some identifiers back, each with probability `share`, independently."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible experiment, no secret
    return [_plant(note, chance, share) for note in notes]


def _plant(note: CleanedNote, chance: random.Random, share: float) -> PlantedNote:
    tokens: list[str] = []
    spans: list[Span] = []
    for piece in note.pieces:
        if isinstance(piece, str):
            tokens += _TOKEN.findall(piece)
            continue
        leak = chance.random() < share
        fresh = _TOKEN.findall(piece.original if leak else piece.surrogate)
        if fresh:
            spans.append(Span(len(tokens), len(tokens) + len(fresh), leak))
            tokens += fresh
    return PlantedNote(note.patient, tuple(tokens), tuple(spans))

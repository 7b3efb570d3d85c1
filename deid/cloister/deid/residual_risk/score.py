"""Scoring an attack: of the planted leaks, how many were named; of what was named, how much was a leak."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Literal

from cloister.deid.residual_risk.bounds import rate
from cloister.deid.residual_risk.planted import PlantedNote, Span
from cloister.study.residual_risk import Attack


def score(
    name: Literal["parrot", "rarity"],
    notes: Sequence[PlantedNote],
    named: Sequence[Collection[Span]],
    attacked: date,
) -> Attack:
    """The result of an attack.

    Args:
        name: of the attack.
        notes: that were attacked.
        named: for each note, the spans that the attacker called leaks.
        attacked: the day.
    """
    planted = sum(span.leak for note in notes for span in note.spans)
    guesses = [span for spans in named for span in spans]
    right = sum(span.leak for span in guesses)
    return Attack(
        name=name,
        attacked=attacked,
        notes=len(notes),
        spans=sum(len(note.spans) for note in notes),
        planted=planted,
        recall=rate(right, planted),
        precision=rate(right, len(guesses)),
    )

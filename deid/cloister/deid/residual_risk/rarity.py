"""The rarity attack: surrogates come from lists and therefore repeat among patients; what stands out is a leak.

The attacker counts, over all PHI-like spans, in how many patients' notes each word stands, and names the spans whose
rarest word is one patient's alone. Numbers are not counted: surrogate numbers do not repeat either.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cloister.deid.residual_risk.planted import PlantedNote, Span
from cloister.deid.residual_risk.score import score
from cloister.study.residual_risk import Attack

_SHORTEST = 3
"""Letters of a word that is counted."""


def rarity_attack(notes: Sequence[PlantedNote], attacked: date) -> Attack | None:
    """Attack notes with planted leaks.

    Args:
        notes: with leaks, see `planted`.
        attacked: the day.

    Returns:
        How well it went; None where there is nothing to attack.
    """
    patients: dict[str, set[str]] = {}
    for note in notes:
        for span in note.spans:
            for word in _words(note, span):
                patients.setdefault(word, set()).add(note.patient)
    if not patients:
        return None
    named = [
        {span for span in note.spans if any(len(patients[word]) == 1 for word in _words(note, span))} for note in notes
    ]
    return score("rarity", notes, named, attacked)


def _words(note: PlantedNote, span: Span) -> list[str]:
    tokens = note.tokens[span.start : span.end]
    return [token.casefold() for token in tokens if token.isalpha() and len(token) >= _SHORTEST]

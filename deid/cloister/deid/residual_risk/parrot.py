"""The parrot attack (Carrell et al., JAMIA 26(12), 2019, 1536-1544).

Surrogates hide leaks among them. But the de-identification finds what looks to it like PHI, and what it misses looks
different. The attacker marks all that looks like PHI in half of the notes, trains a tagger on these marks, and lets it
tag the other half, as a parrot of the tagger that cleaned the notes: what looks like PHI to a reader and not to the
parrot is named a leak. The halves then change places. In the original study, on 800 notes, the attacker named 211 of
310 leaks and 191 surrogates.

The parrot is a linear-chain CRF over the words, their shapes and their neighbours. Halves are of patients, since
surrogates of one patient repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any

from cloister.deid.residual_risk.planted import PlantedNote, Span
from cloister.deid.residual_risk.score import score
from cloister.deid.text.nameless_model import fitted
from cloister.study.residual_risk import Attack

_ITERATIONS = 40
_PHI, _OTHER = "P", "O"


def parrot_attack(notes: Sequence[PlantedNote], attacked: date) -> Attack | None:
    """Attack notes with planted leaks.

    Args:
        notes: with leaks, see `planted`.
        attacked: the day.

    Returns:
        How well it went; None where a half holds nothing to learn from.
    """
    halves = [note for note in notes if _half(note)], [note for note in notes if not _half(note)]
    if not all(any(note.spans for note in half) for half in halves):
        return None
    named: dict[int, set[Span]] = {}
    for learnt, attacked_half in (halves, halves[::-1]):
        with fitted(_trainer(learnt)) as tagger:
            for note in attacked_half:
                tags = tagger.tag(list(_features(note.tokens)))
                named[id(note)] = {span for span in note.spans if _PHI not in tags[span.start : span.end]}
    return score("parrot", notes, [named[id(note)] for note in notes], attacked)


def _half(note: PlantedNote) -> bool:
    return blake2b(note.patient.encode(), digest_size=1).digest()[0] % 2 == 0


def _trainer(notes: Iterable[PlantedNote]) -> Any:
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params({"c1": 0.1, "c2": 0.01, "max_iterations": _ITERATIONS})
    for note in notes:
        trainer.append(list(_features(note.tokens)), _marks(note))
    return trainer


def _marks(note: PlantedNote) -> list[str]:
    marks = [_OTHER] * len(note.tokens)
    for span in note.spans:
        marks[span.start : span.end] = [_PHI] * (span.end - span.start)
    return marks


def _features(tokens: Sequence[str]) -> Iterator[list[str]]:
    lowered = ["<", "<", *(token.lower() for token in tokens), ">", ">"]
    shapes = ["<", *(_shape(token) for token in tokens), ">"]
    for place, token in enumerate(tokens):
        before, left, word, right, after = lowered[place : place + 5]
        yield [
            f"w={word}",
            f"s={shapes[place + 1]}",
            f"e={token[-3:].lower()}",
            f"l={left}",
            f"r={right}",
            f"ll={before}|{left}",
            f"rr={right}|{after}",
            f"ls={shapes[place]}",
            f"rs={shapes[place + 2]}",
            f"lsr={shapes[place]}|{shapes[place + 1]}|{shapes[place + 2]}",
        ]


def _shape(token: str) -> str:
    if token.isdigit():
        return f"d{min(len(token), 9)}"
    if not token.isalpha():
        return token
    kind = "X" if token.isupper() else "x" if token.islower() else "Xx" if token[0].isupper() else "xX"
    return kind + ("1" if len(token) == 1 else "")

"""Attacks on the surrogates of a dataset, on leaks planted in notes of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cloister.deid.residual_risk.parrot import parrot_attack
from cloister.deid.residual_risk.planted import CleanedNote, Hidden, plant
from cloister.deid.residual_risk.rarity import rarity_attack
from cloister.deid.review.alignment import Alignment, align
from cloister.deid.review.reviewed_dataset import ReviewedDataset
from cloister.study.residual_risk import Attack

ATTACKED_NOTES = 400
"""Of the notes, in the keyed order, those on which the attacks are measured."""


def attack_surrogates(dataset: ReviewedDataset, notes: Path, day: date) -> tuple[Attack, ...]:
    """Run the parrot and the rarity attack.

    Args:
        dataset: whose surrogates are attacked.
        notes: the original notes file.
        day: the day that stands in the results.

    Returns:
        The results; of an attack that finds too little to learn from, none.

    Raises:
        MissingFileError: there is no notes file.
        DataError: it does not hold a note of the dataset.
    """
    chosen = dataset.ordered()[:ATTACKED_NOTES]
    cleaned, originals = dataset.cleaned(chosen), dataset.originals(notes, chosen)
    sample = [
        CleanedNote(cleaned[name].patient, tuple(pieces(align(originals[name].visible, cleaned[name].text))))
        for name in chosen
    ]
    planted = plant(sample, seed=int(dataset.identity[:16], 16))
    return tuple(attack for attack in (parrot_attack(planted, day), rarity_attack(planted, day)) if attack is not None)


def pieces(alignment: Alignment) -> Iterator[str | Hidden]:
    """The cleaned note in pieces; neighbouring changes that only blanks part are one identifier."""
    cleaned = 0
    for start, end in alignment.stretches():
        left, right = alignment.replacement(start, end)
        yield alignment.cleaned[cleaned:left]
        yield Hidden(alignment.original[start:end], alignment.cleaned[left:right])
        cleaned = right
    yield alignment.cleaned[cleaned:]

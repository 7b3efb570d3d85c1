"""The attacks find leaks that stand out, find nothing where nothing stands out, and are scored on the truth."""

from __future__ import annotations

import random
from datetime import date

import pytest

from cloister.deid.residual_risk.bounds import lower_bound
from cloister.deid.residual_risk.parrot import parrot_attack
from cloister.deid.residual_risk.planted import CleanedNote, Hidden, plant
from cloister.deid.residual_risk.rarity import rarity_attack

DAY = date(2026, 11, 21)
FILLER = ["seen", "today", "with", "stable", "angina", "and", "oedema", "after", "discharge", "by", "the", "team"]


def corpus(surrogates: list[str], originals: list[str], seed: int = 3, notes: int = 240) -> list[CleanedNote]:
    """Notes of one patient each, whose names stand anywhere between ordinary words."""
    chance = random.Random(seed)

    def note(number: int) -> CleanedNote:
        pieces: list[str | Hidden] = []
        for _ in range(6):
            pieces.append(" ".join(chance.choices(FILLER, k=chance.randint(2, 8))))
            pieces.append(Hidden(chance.choice(originals), chance.choice(surrogates)))
        return CleanedNote(f"patient-{number}", (*pieces, "."))

    return [note(number) for number in range(notes)]


LISTED = [f"{first}{second}" for first in ("Bar", "Hol", "Mor", "Win") for second in ("ton", "ley", "mer", "by")]
UNUSUAL = [f"Q{letter}{other}zhx" for letter in "aeiou" for other in "bcdfghjklmnpqrstvwxz"]


def test_originals_that_look_unlike_surrogates_are_found() -> None:
    planted = plant(corpus(LISTED, UNUSUAL), seed=1, share=0.04)
    found = parrot_attack(planted, DAY)
    rare = rarity_attack(planted, DAY)
    assert found is not None
    assert rare is not None
    assert found.planted == rare.planted > 30
    assert rare.recall.events / rare.planted > 0.3
    assert rare.precision.events == rare.precision.trials > 0
    assert found.precision.trials == 0 or found.precision.events / found.precision.trials > 0.5


def test_originals_that_look_like_surrogates_are_hidden() -> None:
    """Precision above chance at 99.9 % would be a fault of the attack: the leaks were drawn as the surrogates were."""
    planted = plant(corpus(LISTED, LISTED), seed=2, share=0.2)
    for attack in (parrot_attack(planted, DAY), rarity_attack(planted, DAY)):
        assert attack is not None
        assert lower_bound(attack.precision.events, attack.precision.trials, 0.999) <= 0.2


def test_a_parrot_finds_leaks_in_contexts_that_the_cleaning_never_saw() -> None:
    """Surrogates follow a title; what was missed stood without one, between words that never surround surrogates."""
    chance = random.Random(5)
    notes = []
    for number in range(160):
        words = [" ".join(chance.choices(FILLER, k=5)) for _ in range(4)]
        titled = [piece for word in words for piece in (f"{word} Dr.", Hidden("x", chance.choice(LISTED)))]
        notes.append(CleanedNote(f"p{number}", tuple(titled)))
    planted = plant(notes, seed=0, share=0.0)
    leak = CleanedNote("leak", ("tel", Hidden("Zwqhx", "Zwqhx"), "tel", Hidden("Xzaaq", "Xzaaq"), "tel"))
    missed = plant([leak], seed=0, share=1.0)
    found = parrot_attack([*planted, *missed], DAY)
    assert found is not None
    assert (found.recall.events, found.planted) == (2, 2)
    assert found.precision.events / found.precision.trials > 0.9


def test_planting_puts_back_about_the_share_asked_and_nothing_else() -> None:
    """6 x 240 draws at 5 %: outside 40 to 110 once in some 100,000 seeds; the seed is fixed."""
    planted = plant(corpus(LISTED, UNUSUAL), seed=9)
    leaks = [(note, span) for note in planted for span in note.spans if span.leak]
    assert 40 <= len(leaks) <= 110
    assert all(note.tokens[span.start] in UNUSUAL for note, span in leaks)
    others = [(note, span) for note in planted for span in note.spans if not span.leak]
    assert all(note.tokens[span.start] in LISTED for note, span in others)
    assert plant(corpus(LISTED, UNUSUAL), seed=9) == planted


@pytest.mark.parametrize("notes", [[], [CleanedNote("a", ("nothing here",))], [CleanedNote("a", (Hidden("b", "c"),))]])
def test_too_little_to_attack_is_no_result(notes: list[CleanedNote]) -> None:
    assert parrot_attack(plant(notes, seed=1), DAY) is None

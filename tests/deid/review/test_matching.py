"""Common runs of two sequences are common, in order, found whole where they are long, and found in time."""

from __future__ import annotations

import random
import time
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.review import matching
from cloister.deid.review.alignment import align
from cloister.deid.review.matching import Block, matching_blocks

PIECES = st.lists(st.sampled_from("abcde "), max_size=60)


def checked(first: list[str], second: list[str]) -> int:
    """How many pieces are matched, after all blocks were looked at."""
    i = j = matched = 0
    for block in matching_blocks(first, second):
        assert block.size > 0
        assert i <= block.first
        assert j <= block.second
        i, j = block.first + block.size, block.second + block.size
        assert first[block.first : i] == second[block.second : j] != []
        matched += block.size
    assert i <= len(first)
    assert j <= len(second)
    return matched


@given(PIECES, PIECES)
def test_blocks_are_common_and_in_order_however_they_are_found(first: list[str], second: list[str]) -> None:
    compared = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    assert list(matching_blocks(first, second)) == [Block(*block) for block in compared if block.size]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "_MOST_STEPS", -1)
        patch.setattr(matching, "_SHARE", 7)
        checked(first, second)
        assert checked(first, first) == len(first)


def test_words_that_stay_in_a_long_line_are_matched_and_those_that_go_are_not() -> None:
    """Every twentieth word goes; of so long a line difflib alone takes the frequent words for noise, or minutes."""
    rng = random.Random(7)
    usual = ["the", "of", "and", *(f"w{number}" for number in range(400))]
    original = [rng.choice(usual) for _ in range(6000)]
    cleaned = [f"new{number}" if number % 20 == 19 else word for number, word in enumerate(original)]
    alignment = align(" ".join(original), " ".join(cleaned))
    place, wrong = 0, 0
    for number, word in enumerate(original):
        wrong += alignment.removed(place, place + len(word)) != (number % 20 == 19)
        place += len(word) + 1
    assert wrong <= 6


@pytest.mark.parametrize(
    ("original", "cleaned"),
    [
        ("Doe\n" * 1900, "Horvat\n" * 1900),
        ("x " * 1900, "y " * 1900),
        ("1 2 3 4 " * 450, "4 3 2 1 " * 450),
        ("Doe\n\n" * 1900, "Ng\n\n" * 1950),
        ("x " * 100, "y " * 100_000),
    ],
)
def test_pieces_that_repeat_take_time_in_proportion(original: str, cleaned: str) -> None:
    started = time.process_time()
    assert align(original, cleaned).changes
    assert time.process_time() - started < 20

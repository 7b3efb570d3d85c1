"""The lists that the taggers look words up in: what is on them, and how much of them training sees."""

from __future__ import annotations

import pytest

pytest.importorskip("faker")

from cloister.deid.text.training.examples import Coverage, lists_of
from cloister.deid.text.training.pool import pool

POOLS = [pool(False), pool(True)]
COMPLETE = lists_of(POOLS)


def test_a_word_is_told_by_the_lists_it_is_on() -> None:
    assert "g" in COMPLETE["patricia"]
    assert "f" in COMPLETE["ramirez"]
    assert "c" in COMPLETE["biopsies"]
    assert COMPLETE["van"] == "c"
    assert "xqwertz" not in COMPLETE


def test_names_of_the_gazetteers_are_only_on_the_shipped_lists() -> None:
    added = lists_of(POOLS, further=True)
    assert set(COMPLETE) < set(added)
    assert not {letter for word in set(added) - set(COMPLETE) for letter in added[word]} - {"f", "g"}


def test_training_sees_the_shares_it_is_to_see() -> None:
    partial = lists_of(POOLS, Coverage(names=0.6, words=0.85))
    # Some 60,000 words of each kind are drawn by hash: off by .02 with a chance below 1 in a million.
    for letter, share in (("c", 0.85), ("f", 0.6)):
        whole = [word for word, letters in COMPLETE.items() if letters == letter]
        assert sum(word in partial for word in whole) / len(whole) == pytest.approx(share, abs=0.02)

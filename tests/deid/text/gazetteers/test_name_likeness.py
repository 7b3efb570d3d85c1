"""Names that no list holds are spelt like names, words that no list holds like words."""

from __future__ import annotations

import pytest

from cloister.deid.text.gazetteers.name_likeness import name_likeness
from cloister.deid.text.gazetteers.names import is_name


@pytest.mark.parametrize("name", ["Mitropoulos", "sivakumar", "wickremesinghe", "thorvaldsen", "KOUYATÉ"])
def test_unlisted_names_are_likelier_names(name: str) -> None:
    assert not is_name(name)
    assert name_likeness(name) > 0


@pytest.mark.parametrize("word", ["thrombasthenia", "defibrillated", "unresponsiveness", "mucosal"])
def test_unlisted_words_are_likelier_words(word: str) -> None:
    assert name_likeness(word) < 0


def test_case_and_accents_do_not_count() -> None:
    assert name_likeness("FAGERSTRÖM") == name_likeness("fagerstrom")


def test_what_has_no_letters_tells_nothing() -> None:
    assert name_likeness("") == 0

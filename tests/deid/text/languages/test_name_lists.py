"""The lists of names that the generator, the gazetteers and the surrogates draw from."""

from __future__ import annotations

import unicodedata

import pytest

from cloister.deid.text.training.names import CULTURES, Names
from cloister.deid.text.training.names.listed import listed

LEAST = 60


def test_at_least_25_culture_groups() -> None:
    assert len(CULTURES) >= 25


@pytest.mark.parametrize("culture", sorted(CULTURES))
def test_lists_are_long_clean_and_without_repetition(culture: str) -> None:
    names = CULTURES[culture]
    for entries in (names.GIVEN_FEMALE, names.GIVEN_MALE, names.FAMILY):
        assert len(entries) >= LEAST
        assert len(set(entries)) == len(entries)
        for entry in entries:
            assert entry == unicodedata.normalize("NFC", entry) == entry.strip()
            assert all(c.isalpha() or c in " -'." for c in entry), entry
            assert any(c.isupper() for c in entry), entry


@pytest.mark.parametrize("culture", sorted(CULTURES))
def test_latin_lists_are_in_latin_script_and_native_ones_are_not(culture: str) -> None:
    names: Names = CULTURES[culture]
    for entry in (*names.GIVEN_FEMALE, *names.GIVEN_MALE, *names.FAMILY):
        assert all("LATIN" in unicodedata.name(c) for c in entry if c.isalpha()), entry
    for entry in names.NATIVE_SCRIPT:
        assert not any("LATIN" in unicodedata.name(c) for c in entry if c.isalpha()), entry


def test_family_comes_first_where_records_keep_it_so() -> None:
    assert {culture for culture, names in CULTURES.items() if names.FAMILY_FIRST} == {"chinese", "korean", "vietnamese"}


def test_entries_are_separated_by_commas() -> None:
    assert listed("Ana,\n  María del\n Carmen, ") == ("Ana", "María del Carmen")

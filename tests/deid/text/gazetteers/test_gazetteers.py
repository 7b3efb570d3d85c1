"""The lists know names of all cultures and places of the world, in any case and without accents; they are small."""

from __future__ import annotations

from importlib.resources import files

import pytest

from cloister.deid.text.gazetteers import is_country, is_family_name, is_given_name, is_place, is_us_state
from cloister.deid.text.gazetteers.places import find_places


@pytest.mark.parametrize(
    "town", ["Boise", "boise", "SAN FRANCISCO", "Zürich", "zurich", "Maricopa", "Lagos", "St. Louis"]
)
def test_places_are_known_in_any_case(town: str) -> None:
    assert is_place(town)


@pytest.mark.parametrize("word", ["metformin", "Tuesday", "pain", "Texas", "France"])
def test_other_words_states_and_countries_are_no_towns(word: str) -> None:
    assert not is_place(word)


def test_states_and_countries_are_told_apart() -> None:
    assert is_us_state("new mexico")
    assert is_country("Deutschland")
    assert not is_us_state("Deutschland")


@pytest.mark.parametrize(
    ("given", "family"),
    [("Maria", "Garcia"), ("John", "Smith"), ("Hans", "Müller"), ("Giulia", "Rossi"), ("Derrick", "Ramirez")],
)
def test_names_are_known_without_their_accents_and_case(given: str, family: str) -> None:
    assert is_given_name(given.upper())
    assert is_family_name(family.lower())
    assert is_family_name(family.replace("ü", "u"))


def test_the_longest_place_is_found() -> None:
    text = "from New York to san luis obispo and Santa Fe"
    assert [text[a:b] for a, b in find_places(text)] == ["New York", "san luis obispo", "Santa Fe"]


def test_data_files_are_small() -> None:
    folder = files("cloister.deid.text.gazetteers")
    assert sum(len(f.read_bytes()) for f in folder.iterdir() if f.name.endswith(".txt")) < 1_000_000

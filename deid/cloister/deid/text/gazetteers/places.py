"""Towns, counties and countries.

Only what Safe Harbor counts, geography below a state, is found as an identifier; countries and American states are
told apart so that they can stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from cloister.deid.text.folded import folded
from cloister.deid.text.gazetteers.listed_terms import read_entries
from cloister.deid.text.squeezed import normal_form

US_STATES = (
    "Alabama", "Alaska", "Arizona", "Arkansas", "California", "Colorado", "Connecticut", "Delaware", "Florida",
    "Georgia", "Hawaii", "Idaho", "Illinois", "Indiana", "Iowa", "Kansas", "Kentucky", "Louisiana", "Maine",
    "Maryland", "Massachusetts", "Michigan", "Minnesota", "Mississippi", "Missouri", "Montana", "Nebraska", "Nevada",
    "New Hampshire", "New Jersey", "New Mexico", "New York", "North Carolina", "North Dakota", "Ohio", "Oklahoma",
    "Oregon", "Pennsylvania", "Rhode Island", "South Carolina", "South Dakota", "Tennessee", "Texas", "Utah",
    "Vermont", "Virginia", "Washington", "West Virginia", "Wisconsin", "Wyoming",
)  # fmt: skip
_PIECE = re.compile(r"[^\W\d_]+")
_LONGEST = 4
"""Words of the longest place in the lists."""


def is_place(name: str) -> bool:
    """Whether a town or county of this name is listed."""
    return _normal(name) in _places()


def is_place_word(word: str) -> bool:
    """Whether a word, in any case, is part of the name of a listed town, county, state or country."""
    return normal_form(word) in _place_words()


def is_us_state(name: str) -> bool:
    """Whether this is the full name of a state of the United States."""
    return _normal(name) in _states()


def is_country(name: str) -> bool:
    """Whether this is the name of a country."""
    return _normal(name) in _countries()


def find_places(text: str) -> Iterator[tuple[int, int]]:
    """Spans of listed towns and counties in a text, in any case; the longest where several begin at one word."""
    places, firsts = _places(), _first_words()
    tokens = [(_fold(match[0]), match.start(), match.end()) for match in _PIECE.finditer(folded(text))]
    index = 0
    while index < len(tokens):
        length = 1
        if tokens[index][0] in firsts:
            for count in range(min(_LONGEST, len(tokens) - index), 0, -1):
                words = tokens[index : index + count]
                adjoining = all(b[1] - a[2] <= 2 for a, b in pairwise(words))
                if adjoining and " ".join(word[0] for word in words) in places:
                    yield words[0][1], words[-1][2]
                    length = count
                    break
        index += length


def _fold(lowered: str) -> str:
    return lowered if lowered.isascii() else normal_form(lowered)


def _normal(name: str) -> str:
    return " ".join(map(normal_form, _PIECE.findall(name)))


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    entries = [entry for name in ("us_cities", "us_counties", "world_cities") for entry in read_entries(f"{name}.txt")]
    return frozenset(map(_normal, entries))


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(place.split()[0] for place in _places())


@lru_cache(maxsize=1)
def _states() -> frozenset[str]:
    return frozenset(map(_normal, US_STATES))


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(map(_normal, read_entries("countries.txt")))


@lru_cache(maxsize=1)
def _place_words() -> frozenset[str]:
    return frozenset(word for place in (*_places(), *_states(), *_countries()) for word in place.split())

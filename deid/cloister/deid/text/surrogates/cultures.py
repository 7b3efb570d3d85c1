"""Whose name a word is: cultures, gender and role of the names that are known, from the lists of the generator."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from cloister.deid.text.nicknames import NICKNAMES
from cloister.deid.text.squeezed import normal_form

Role = Literal["given-female", "given-male", "family"]
ROLES: tuple[Role, ...] = ("given-female", "given-male", "family")
DEFAULT_CULTURE = "anglo"

_ENDINGS: tuple[tuple[str, str], ...] = (
    ("ski", "slavic"), ("ska", "slavic"), ("czyk", "slavic"), ("ova", "slavic"), ("ov", "slavic"), ("enko", "slavic"),
    ("vic", "slavic"), ("vich", "slavic"), ("poulos", "greek"), ("idis", "greek"), ("akis", "greek"),
    ("oglu", "turkish"), ("sson", "nordic"), ("sen", "nordic"), ("dottir", "nordic"), ("ez", "hispanic"),
    ("mann", "german"), ("bauer", "german"), ("hofer", "german"), ("elli", "italian"), ("ini", "italian"),
    ("etti", "italian"), ("ucci", "italian"), ("eau", "french"), ("ault", "french"), ("oux", "french"),
    ("stra", "dutch"), ("zadeh", "persian"), ("pour", "persian"), ("wala", "south_asian"), ("singh", "south_asian"),
)  # fmt: skip
"""What family names that stand in no list often end in."""


@dataclass(frozen=True)
class Culture:
    """The names of one culture that are single words, by role, and those in its own script."""

    words: Mapping[Role, tuple[str, ...]]
    native: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where a word stands in the lists: the earlier, the more usual it is."""

    culture: str
    role: Role
    rank: int


@lru_cache(maxsize=1)
def cultures() -> Mapping[str, Culture]:
    """Every culture by its name."""
    from cloister.deid.text.training.names import CULTURES as listed  # noqa: N811

    return {
        name: Culture(
            words={
                "given-female": _words(names.GIVEN_FEMALE),
                "given-male": _words(names.GIVEN_MALE),
                "family": _words(names.FAMILY),
            },
            native=tuple(dict.fromkeys(word for entry in names.NATIVE_SCRIPT for word in entry.split())),
        )
        for name, names in sorted(listed.items())
    }


def places_of(part: str) -> tuple[Place, ...]:
    """Where a word in normal form stands in the lists, the most usual place first; short forms stand as given names."""
    return _index().get(part, ())


def spelling(culture: str, role: Role, part: str) -> str:
    """How the list spells a word in normal form; the normal form itself if it is not in the list."""
    return _spellings().get((culture, role, part), part)


def culture_by_ending(part: str) -> str | None:
    """A guess from how a family name ends."""
    return next((culture for ending, culture in _ENDINGS if part.endswith(ending) and culture in cultures()), None)


def natives_in_script_of(word: str) -> tuple[str, ...]:
    """Name words in the script of a word that is not in Latin letters; none if no culture has them."""
    script = _script(word)
    if script == "LATIN":
        return ()
    found = (name for culture in cultures().values() for name in culture.native if _script(name) == script)
    return tuple(dict.fromkeys(found))


def _script(word: str) -> str:
    return unicodedata.name(word[0], "LATIN").split()[0].removesuffix("-COMPATIBILITY")


def _words(names: Iterable[str]) -> tuple[str, ...]:
    single = (name for name in names if len(name) > 2 and name.replace("-", "").isalpha())
    return tuple({normal_form(name): name for name in single if _script(name) == "LATIN"}.values())


@lru_cache(maxsize=1)
def _index() -> Mapping[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = {}
    for name, culture in cultures().items():
        for role, words in culture.words.items():
            for rank, word in enumerate(words):
                found.setdefault(normal_form(word), []).append(Place(name, role, rank))
    for formal, nicknames in NICKNAMES.items():
        for place in found.get(normal_form(formal), [])[:1]:
            for nickname in map(normal_form, nicknames):
                found.setdefault(nickname, [Place(place.culture, place.role, len(found))])
    return {part: tuple(sorted(places, key=_order)) for part, places in found.items()}


def _order(place: Place) -> tuple[int, bool, str, str]:
    return place.rank // 25, place.culture != DEFAULT_CULTURE, place.culture, place.role


@lru_cache(maxsize=1)
def _spellings() -> Mapping[tuple[str, Role, str], str]:
    return {
        (name, role, normal_form(word)): word
        for name, culture in cultures().items()
        for role, words in culture.words.items()
        for word in words
    }

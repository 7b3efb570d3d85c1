"""The names and places that the generator draws from, and which of them only validation sees.

Our own lists by culture (`names`) and the locale providers of the `faker` package (MIT; needed for training only).
Every list is split by a hash of the entry: a tenth is held out, so that the held-out figures and the calibration are
about names, places and terms that the models have never seen.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from cloister.deid.text.training.names import CULTURES

_AFTER_LATIN = "\u0250"
_GENERIC = ("city_names", "real_city_names", "cities", "towns", "municipalities", "localities", "villages")
_STREETS = ("streets", "street_names", "common_street_names", "frequent_street_names", "road_names")


@dataclass(frozen=True)
class People:
    """Names of one culture: given and family names, and whether the family name comes first."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    family_first: bool = False


@dataclass(frozen=True)
class Pool:
    """Everything to draw from, either for training or for validation; entries of the two never meet.

    `latin` and `native` are the cultures whose names are in Latin script and in another; `cities` and `streets` are
    international, the packs hold the local ones.
    """

    held_out: bool
    cultures: Mapping[str, People]
    cities: tuple[str, ...]
    streets: tuple[str, ...]

    latin: tuple[People, ...]
    native: tuple[People, ...]

    def part(self, entries: Iterable[str]) -> tuple[str, ...]:
        """This side's share of a list; the whole list where it is too short to be split."""
        return part(entries, self.held_out)


SHORTEST = 30
"""Lists shorter than this (months, titles, layouts) are not split."""


def part(entries: Iterable[str], held_out: bool) -> tuple[str, ...]:
    """The entries of a list that validation (`held_out`) or training may see."""
    return _part(tuple(entries), held_out)


@lru_cache(maxsize=1024)
def _part(whole: tuple[str, ...], held_out: bool) -> tuple[str, ...]:
    if len(whole) < SHORTEST:
        return whole
    return tuple(entry for entry in whole if is_held_out(entry) == held_out) or whole


def is_held_out(entry: str) -> bool:
    """Whether an entry, in any case, is only for validation: a tenth of all are."""
    return hashlib.sha256(entry.lower().encode()).digest()[0] < 26


@cache
def pool(held_out: bool) -> Pool:
    """The pool for training or for validation."""
    cultures = {
        name: People((*names.GIVEN_FEMALE, *names.GIVEN_MALE), names.FAMILY, names.FAMILY_FIRST)
        for name, names in CULTURES.items()
    }
    for locale, given, family in _faker_people():
        cultures[f"faker-{locale}"] = People(given, family, locale[:2] in {"zh", "ja", "ko", "hu", "vi"})
    cultures = {name: side for name, people in cultures.items() if (side := _side(people, held_out)) is not None}
    return Pool(
        held_out=held_out,
        cultures=cultures,
        cities=part(_faker_places(_GENERIC), held_out),
        streets=part(_faker_places(_STREETS), held_out),
        latin=tuple(people for people in cultures.values() if _is_latin(people)),
        native=tuple(people for people in cultures.values() if not _is_latin(people)),
    )


def _side(people: People, held_out: bool) -> People | None:
    """The names of a culture that one side may see; None where that leaves it without some."""
    given = tuple(name for name in people.given if is_held_out(name) == held_out)
    family = tuple(name for name in people.family if is_held_out(name) == held_out)
    return People(given, family, people.family_first) if given and family else None


def _faker_people() -> Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    from faker.providers import person

    for locale, provider in _providers(person):
        given = _entries(provider, lambda attribute: attribute.startswith(("first_name", "first_romanized")))
        family = _entries(provider, lambda attribute: attribute.startswith(("last_name", "last_romanized")))
        if given and family:
            yield locale, given, family


def _faker_places(attributes: tuple[str, ...]) -> tuple[str, ...]:
    from faker.providers import address

    found: set[str] = set()
    for _, provider in _providers(address):
        found.update(_entries(provider, lambda attribute: attribute in attributes))
    return tuple(entry for entry in sorted(found) if entry[0] < _AFTER_LATIN)


def _providers(package: object) -> Iterable[tuple[str, object]]:
    path, name = package.__path__, package.__name__  # type: ignore[attr-defined]
    for module in sorted(pkgutil.iter_modules(path), key=lambda module: module.name):
        yield module.name, importlib.import_module(f"{name}.{module.name}").Provider


def _entries(provider: object, wanted: object) -> tuple[str, ...]:
    found: set[str] = set()
    for attribute, value in vars(provider).items():
        if wanted(attribute) and isinstance(value, tuple | list | dict):  # type: ignore[operator]
            found.update(entry for entry in value if isinstance(entry, str) and _is_plain(entry))
    return tuple(sorted(found))


def _is_plain(entry: str) -> bool:
    return 1 < len(entry) < 40 and "{" not in entry and any(character.isalpha() for character in entry)


def _is_latin(people: People) -> bool:
    return sum(entry[0] < _AFTER_LATIN for entry in people.family) > len(people.family) / 2

"""Given and family names of many cultures: those that the taggers learn from, and further ones from two lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from cloister.deid.text.gazetteers.listed_terms import read_words
from cloister.deid.text.name_words import PARTICLES
from cloister.deid.text.squeezed import normal_form

_PIECE = re.compile(r"[^\W\d_]+")


def is_given_name(word: str) -> bool:
    """Whether a word, in any case, is a given name somewhere."""
    return normal_form(word) in _given_names()


def is_family_name(word: str) -> bool:
    """Whether a word, in any case, is a family name somewhere."""
    return normal_form(word) in _family_names()


def is_name(word: str) -> bool:
    """Whether a word, in any case, is a given or a family name somewhere."""
    return normal_form(word) in all_names()


@lru_cache(maxsize=1)
def all_names() -> frozenset[str]:
    """Every word of a given or family name, in normal form."""
    return _given_names() | _family_names()


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    further = read_words("given_names.txt")
    return _words((*further, *(n for c in _cultures() for n in (*c.GIVEN_FEMALE, *c.GIVEN_MALE))))


@lru_cache(maxsize=1)
def _family_names() -> frozenset[str]:
    return _words((*read_words("family_names.txt"), *(name for culture in _cultures() for name in culture.FAMILY)))


def _cultures() -> Iterator[ModuleType]:
    """The lists of every culture group that the taggers learn from: one module each."""
    from cloister.deid.text.training import names

    for found in iter_modules(names.__path__):
        module = import_module(f"{names.__name__}.{found.name}")
        if hasattr(module, "FAMILY"):
            yield module


def _words(names: Iterable[str]) -> frozenset[str]:
    """The words of names in normal form, without particles and initials."""
    words = {normal_form(word) for name in names for word in _PIECE.findall(name)}
    return frozenset(word for word in words - PARTICLES if len(word) > 1)

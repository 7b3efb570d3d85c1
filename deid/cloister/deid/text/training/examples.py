"""Documents as labelled tokens, and the lists of names and places as the taggers look them up."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from cloister.deid.text.gazetteers.listed_terms import read_words
from cloister.deid.text.taggers.crf import OUTSIDE
from cloister.deid.text.taggers.features import folded_word
from cloister.deid.text.taggers.tokens import Tokens, tokenize
from cloister.deid.text.training.generator import LOOSE_LANGUAGES, Document, Span
from cloister.deid.text.training.languages import PACKS
from cloister.deid.text.training.pool import Pool
from cloister.deid.text.training.vocabulary import function_words, words

_WORD = re.compile(r"[^\W\d_]{2,}")


def labelled(documents: Iterable[Document]) -> Iterator[tuple[Tokens, list[str]]]:
    """The tokens of each document with the kind of identifier they belong to."""
    for document in documents:
        tokens = tokenize(document.text)
        yield tokens, token_labels(tokens, document.spans)


def token_labels(tokens: Tokens, spans: Iterable[Span]) -> list[str]:
    """A label per token; one that an identifier touches belongs to it."""
    labels = [OUTSIDE] * len(tokens)
    index = 0
    for span in spans:
        while index < len(tokens) and tokens.end[index] <= span.start:
            index += 1
        at = index
        while at < len(tokens) and tokens.start[at] < span.end:
            labels[at] = span.label
            at += 1
    return labels


@dataclass(frozen=True)
class Coverage:
    """The shares of the names and places, and of the common words, that the lists hold, chosen by hash.

    Models are trained with lists that lack some of what the text holds, as every list lacks some of what notes hold.
    """

    names: float = 1.0
    words: float = 1.0


COMPLETE = Coverage()


def lists_of(pools: Iterable[Pool], coverage: Coverage = COMPLETE, *, further: bool = False) -> dict[str, str]:
    """Word -> letters of the lists it is on: g given names, f family names, p places, c common and clinical words.

    Function words ("de", "van", "le") are on the last only. English words are there with their plain inflections.

    Args:
        pools: whose names and places.
        coverage: how much of the lists.
        further: whether the names that the gazetteers have beyond those of the pools are there too.
    """
    found: dict[str, set[str]] = {}
    for pool in pools:
        for people in pool.cultures.values():
            _add(found, people.given, "g")
            _add(found, people.family, "f")
        _add(found, pool.cities, "p")
        for pack in PACKS:
            for key in ("city", "state", "country"):
                _add(found, pool.part(pack.terms.get(key, ())), "p")
        for language in LOOSE_LANGUAGES:
            _add(found, pool.part(words(language)), "c")
        _add(found, pool.part(_english_words()), "c")
    if further:
        _add(found, read_words("given_names.txt"), "g")
        _add(found, read_words("family_names.txt"), "f")
    for language in (*LOOSE_LANGUAGES, "en"):
        for word in function_words(language):
            found[folded_word(word)] = {"c"}
    return {
        word: "".join(sorted(letters)) for word, letters in sorted(found.items()) if _is_kept(word, letters, coverage)
    }


def _add(found: dict[str, set[str]], entries: Iterable[str], letter: str) -> None:
    for entry in entries:
        for word in _WORD.findall(entry):
            found.setdefault(folded_word(word), set()).add(letter)


@cache
def _english_words() -> tuple[str, ...]:
    plain = {word for word in (*read_words("drugs.txt"), *words("en")) if word.isascii() and word.isalpha()}
    inflected = {word + end for word in plain if len(word) > 3 for end in ("s", "ing", "ed", "ly")}
    silent = {word[:-1] + end for word in plain if len(word) > 3 and word[-1] in "ey" for end in ("ing", "ed", "ies")}
    return tuple(sorted(plain | inflected | silent))


def _is_kept(word: str, letters: set[str], coverage: Coverage) -> bool:
    share = coverage.words if "c" in letters else coverage.names
    return hashlib.sha256(f"list:{word}".encode()).digest()[0] < 256 * share

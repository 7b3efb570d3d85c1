"""Whether a word is spelt like a name: how common its letters, three by three, are in names and in other words.

A naive Bayes classifier over trigrams (Cavnar and Trenkle, SDAIR 1994, use the same features for languages), estimated
at first use from the lists that come with the package. Lists of names are never complete; the spelling of a name tells
something of those that they lack.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from cloister.deid.text.gazetteers.listed_terms import read_words
from cloister.deid.text.gazetteers.names import all_names
from cloister.deid.text.squeezed import normal_form

_LETTERS = 3
_PRIOR = 0.5
"""Added to every count (Jeffreys)."""


@lru_cache(maxsize=4096)
def name_likeness(word: str) -> float:
    """Mean logarithm, per trigram, of how many times likelier it is in a name than in another word.

    Above zero for most names, below for most words of everyday and of medicine; zero for what tells nothing.
    """
    weights = _weights()
    found = [weights.get(trigram, 0.0) for trigram in _trigrams(normal_form(word))]
    return sum(found) / len(found)


def _trigrams(word: str) -> Iterator[str]:
    marked = f"^{word}$"
    return (marked[at : at + _LETTERS] for at in range(max(1, len(marked) - _LETTERS + 1)))


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, float]:
    names = all_names()
    lists = ("common_words.txt", "clinical_terms.txt", "drugs.txt")
    words = {normal_form(word) for file in lists for entry in read_words(file) for word in entry.split()}
    here, elsewhere = _counts(names - words), _counts(words - names)
    kinds = here.keys() | elsewhere.keys()
    total_here, total_elsewhere = (sum(counts.values()) + _PRIOR * len(kinds) for counts in (here, elsewhere))
    return {
        kind: math.log((here[kind] + _PRIOR) / total_here) - math.log((elsewhere[kind] + _PRIOR) / total_elsewhere)
        for kind in kinds
    }


def _counts(words: Iterable[str]) -> Counter[str]:
    return Counter(trigram for word in words for trigram in _trigrams(word))

"""Names by what they are made of: given and family names of many cultures, in any case.

Two listed words beside each other, a listed given name where nothing else explains its capital, and a run of
capitalised words that an age, a birth date or a record number follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cloister.deid.text.allow_list import is_eponym, is_medical_use
from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.folded import folded
from cloister.deid.text.gazetteers.names import is_family_name, is_given_name, is_name
from cloister.deid.text.gazetteers.places import is_place_word
from cloister.deid.text.language import all_function_words
from cloister.deid.text.name_words import EVERYDAY_WORDS, PARTICLES
from cloister.deid.text.plausibility import is_common_word

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LONGEST_ABBREVIATION = 4
_JOINT = re.compile(r"[ \t]{1,2}|[ \t]?,[ \t]?")
_PERSON_FOLLOWS = re.compile(
    r"(?i)[ \t]*[,(;-]?[ \t]*\(?(?:(?:an?|is an?|the|who is|aged?|now)[ \t]+)?(?:dob\b|d\.o\.b|mrn\b|born\b"
    r"|\d{1,3}[ \t-]?(?:y/?o\b|yrs?\b|years?[ -]old|-year|m\b[,)]|f\b[,)])"
    r"|age[d]?[ \t]\d|phone\b|ssn\b|'s[ \t](?:mrn|ssn|dob|phone|email|address|chart|labs|record))"
)
_CAPITALISED_RUN = re.compile(
    r"(?<![\w'’-])[^\W\d_a-z](?:[^\W\d_]*['’-])?[^\W\d_A-Z][^\W\d_]*(?:['’-][^\W\d_]+)*"
    r"(?:[ ](?:[^\W\d_a-z]\.|(?:de|del|da|van|von|der|al|bin|el|la)|[^\W\d_a-z][^\W\d_]+(?:['’-][^\W\d_]+)*)){0,3}"
)


@dataclass(frozen=True)
class ListedNameRecognizer:
    """Finds names that the gazetteers know."""

    name: str = "listed-name"

    @property
    def labels(self) -> tuple[Label, ...]:
        """NAME."""
        return ("NAME",)

    def find(self, text: str) -> Iterator[Finding]:
        """Every name of two listed words, and single ones that are likely names."""
        words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
        lowered = folded(text)
        mixed = not (text.islower() or text.isupper())
        index = 0
        while index < len(words):
            if not _is_name(lowered[words[index][0] : words[index][1]]):
                index += 1
                continue
            last = self._run(text, lowered, words, index)
            start, end = words[index][0], words[last][1]
            score = self._score(text, lowered, words[index : last + 1], mixed)
            if score and not is_medical_use(text, start, end):
                yield Finding(start, end, "NAME", score, self.name)
            index = last + 1
        if mixed:
            yield from self._before_personal_data(text)

    def _before_personal_data(self, text: str) -> Iterator[Finding]:
        for run in _CAPITALISED_RUN.finditer(text):
            if _PERSON_FOLLOWS.match(text, run.end()) is None:
                continue
            words = list(_WORD.finditer(run[0]))
            while words and not _may_be_name(words[0][0]):
                words.pop(0)
            if words and all(_may_be_name(word[0]) for word in words):
                yield Finding(run.start() + words[0].start(), run.end(), "NAME", 0.6, self.name)

    @staticmethod
    def _run(text: str, lowered: str, words: list[tuple[int, int]], first: int) -> int:
        """The last word of the run of name words that begins at a word."""
        last = first
        for index in range(first, min(first + 4, len(words))):
            start, end = words[index]
            word = lowered[start:end]
            joined = index == first or _JOINT.fullmatch(text, words[index - 1][1], start) is not None
            if not joined or not (
                _is_name(word) or (index > first and word in PARTICLES) or (index > first and len(word) == 1)
            ):
                break
            if word not in PARTICLES and len(word) > 1:
                last = index
            if index > first and "," in text[words[index - 1][1] : start]:
                break
        return last

    @staticmethod
    def _score(text: str, lowered: str, words: list[tuple[int, int]], mixed: bool) -> float:
        values = [lowered[start:end] for start, end in words]
        full = [value for value in values if value not in PARTICLES and len(value) > 1]
        capital = mixed and all(text[start].isupper() for start, end in words if lowered[start:end] not in PARTICLES)
        plain = [value for value in full if not _is_plain_word(value)]
        given = any(is_given_name(value) for value in full)
        family = any(is_family_name(value) for value in full)
        comma = "," in text[words[0][1] : words[-1][0]]
        if len(full) > 1 and given and (family or len(full) > 2):
            if capital and plain:
                return 0.55 if comma else 0.8
            if not capital and len(plain) == len(full) and not comma:
                return 0.6
        if len(full) > 1 and capital and len(plain) == len(full) and not comma:
            return 0.5
        if len(full) == 1 and len(plain) == 1 and capital and is_given_name(full[0]) and not is_place_word(full[0]):
            abbreviation = text[words[0][0] : words[0][1]].isupper() and len(full[0]) <= _LONGEST_ABBREVIATION
            return 0.0 if is_eponym(full[0]) or abbreviation else 0.4
        return 0.0


def _is_plain_word(word: str) -> bool:
    return word in EVERYDAY_WORDS or word in all_function_words() or is_common_word(word, "en")


def _is_name(word: str) -> bool:
    if is_name(word):
        return True
    if word.isalpha():
        return False
    return all(len(part) == 1 or is_name(part) for part in re.split("['’-]", word))


def _may_be_name(word: str) -> bool:
    lower = word.lower()
    if word.isupper() and len(word) <= _LONGEST_ABBREVIATION:
        return False
    return lower not in EVERYDAY_WORDS and lower not in _NOT_NAMES and not is_common_word(word, "en")


_NOT_NAMES = frozenset(
    """
    for the a an in on at my our this that pt patient dr mr mrs ms miss she he they we i it is was with and or of to
    from
    male female man woman boy girl what can should how does if when please per name today yesterday monday tuesday
    wednesday
    thursday friday saturday sunday january february march april may june july august september october november
    december
    african american hispanic caucasian asian white black latino latina native indian european mexican chinese korean
    japanese vietnamese filipino russian ukrainian polish german french italian spanish english irish jewish arab somali
    nigerian ethiopian haitian cuban puerto rican previously healthy known elderly obese pleasant frail pregnant veteran
    also then same another her his their your history case mother father son daughter infant newborn toddler child teen
    """.split()  # noqa: SIM905
)

LISTED_NAME = ListedNameRecognizer()

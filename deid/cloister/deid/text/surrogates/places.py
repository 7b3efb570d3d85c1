"""Surrogates of addresses and institutions: an invented place of the same country in the same layout.

Words that tell what it is (Street, Hospital, Klinik), states and joining words stay; numbers become other numbers. Of
a United States ZIP code the first three digits stay, as 45 CFR 164.514(b)(2)(i)(B) allows, and the rest become zeros;
where the area has at most 20,000 people, all do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cloister.deid.text.address_words import (
    INSTITUTION_WORDS,
    JOINING_WORDS,
    KEPT_STATES,
    STREET_ENDINGS,
    STREET_WORDS,
)
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.squeezed import squeeze
from cloister.deid.text.surrogate_names import PLACE_NAMES, STREET_STEMS
from cloister.deid.text.surrogates.keyed_choice import KeyedChoice
from cloister.deid.text.surrogates.layout import cased_like
from cloister.deid.text.surrogates.numbers import other_digits

SPARSE_ZIP_AREAS = frozenset(
    """
    036 059 063 102 203 205 369 556 692 753 772 790 821 823 830 831 878 879 884 890 893
    """.split()  # noqa: SIM905
)
"""Three-digit ZIP areas of at most 20,000 people in the census of 2000 or of 2010; in either, all digits go."""

_ATTEMPTS = 32
_WORD = re.compile(r"[^\W\d_]+(?:['’.-]?[^\W\d_]+)*|\d+")
_ZIP = re.compile(r"(?:^|(?<=[\s,]))\d{5}(?:-\d{4})?$")


class PlaceSurrogates:
    """One patient's surrogates of places."""

    def __init__(self, choice: KeyedChoice, known: KnownIdentifiers) -> None:
        self._choice = choice
        self._known = known

    def address(self, value: str, language: str, attempt: int) -> str:
        """Another address of the same country."""
        country = country_of(value, language, STREET_WORDS)
        zip_code = _ZIP.search(value) if country == "en" else None
        if zip_code is None:
            return self._words(value, country, STREET_WORDS, attempt)
        start = self._words(value[: zip_code.start()], country, STREET_WORDS, attempt)
        return start + _generalised(zip_code[0])

    def institution(self, value: str, language: str, attempt: int) -> str:
        """Another institution of the same kind and country."""
        country = country_of(value, language, INSTITUTION_WORDS)
        return self._words(value, country, INSTITUTION_WORDS, attempt)

    def _words(self, value: str, country: str, kept: Mapping[str, frozenset[str]], attempt: int) -> str:
        """Stretches of words that name are replaced as one: `Santa Fe` and `New Haven` are one place each."""
        pieces: list[str] = []
        run: list[re.Match[str]] = []
        position = 0
        words = list(_WORD.finditer(value))
        for place, match in enumerate(words):
            run.append(match)
            following = words[place + 1] if place + 1 < len(words) else None
            if self._names(match[0], country, kept) and following is not None:
                joined = value[match.end() : following.start()] in {" ", "-"}
                if joined and self._names(following[0], country, kept):
                    continue
            pieces += (value[position : run[0].start()], self._other(run, country, kept, attempt))
            position, run = match.end(), []
        return "".join([*pieces, value[position:]])

    def _names(self, word: str, country: str, kept: Mapping[str, frozenset[str]]) -> bool:
        """Whether a word says which place it is."""
        plain = word.lower().replace("’", "'").rstrip(".")
        if len(word) == 1:  # a unit or a direction
            return False
        if word.isdecimal() or plain in kept[country] or plain.replace("'", "") in kept[country]:
            return False
        return plain not in JOINING_WORDS and not (country == "en" and plain in KEPT_STATES)

    def _other(self, run: list[re.Match[str]], country: str, kept: Mapping[str, frozenset[str]], attempt: int) -> str:
        word = run[0][0]
        if word.isdecimal():
            return other_digits(self._choice, "place-number", word, word, attempt)
        if len(run) == 1 and not self._names(word, country, kept):
            return word
        whole = "".join(match[0] for match in run)
        ending = _street_ending(whole, country)
        if ending:
            stem = self._unlisted(squeeze(whole), STREET_STEMS[country], attempt)
            return cased_like(whole, stem + ending)
        return cased_like(whole, self._unlisted(squeeze(whole), PLACE_NAMES[country], attempt))

    def _unlisted(self, canonical: str, options: tuple[str, ...], attempt: int) -> str:
        for retry in range(_ATTEMPTS):
            made = self._choice.one_of("place", canonical, options, attempt * _ATTEMPTS + retry)
            if squeeze(made) != canonical and not self._known.lists_word(made):
                return made
        raise AssertionError("a record cannot list every invented place")


def country_of(value: str, language: str, words: Mapping[str, frozenset[str]]) -> str:
    """The language of the country that the words of a place tell; that of the note if they do not."""
    found = {word.lower().rstrip(".") for word in _WORD.findall(value)}
    scores = {
        country: len(found & known) + 2 * any(_street_ending(word, country) for word in found)
        for country, known in words.items()
    }
    best = max(scores.values())
    if not best or scores.get(language) == best:
        return language if language in words else "en"
    return next(country for country, score in scores.items() if score == best)


def _street_ending(word: str, country: str) -> str:
    lowered = word.lower()
    endings = STREET_ENDINGS.get(country, ())
    return next((word[-len(e) :] for e in endings if lowered.endswith(e) and len(word) > len(e) + 2), "")


def _generalised(zip_code: str) -> str:
    area = zip_code[:3] if zip_code[:3] not in SPARSE_ZIP_AREAS else "000"
    return area + re.sub(r"\d", "0", zip_code[3:])

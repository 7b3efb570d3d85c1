"""Surrogates of people's names: word by word, so that `Maria Kowalski`, `KOWALSKI, M.` and `Kowalski` stay one person.

A word has one role, gender and culture wherever it stands, told by the patient's record and the lists of names, never
by the text around it: else the first note that is read would decide. Order, case, particles, titles, degrees and
suffixes stay as they are. A nickname becomes a nickname of the surrogate, an initial its initial.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from cloister.deid.patient_record import PersonName
from cloister.deid.text.known_identifiers import KnownIdentifiers, nicknames_of
from cloister.deid.text.name_words import PARTICLES
from cloister.deid.text.squeezed import normal_form, normal_words
from cloister.deid.text.surrogates.cultures import (
    DEFAULT_CULTURE,
    Role,
    culture_by_ending,
    cultures,
    natives_in_script_of,
    places_of,
    spelling,
)
from cloister.deid.text.surrogates.keyed_choice import KeyedChoice
from cloister.deid.text.surrogates.layout import cased_like
from cloister.deid.text.surrogates.numbers import other_digits

_ATTEMPTS = 32
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*|\d+")
TITLES = frozenset(
    """
    dr prof professor mr mrs ms miss mx sir madam dame herr frau hr fr sr sra srta don doña dra mme mlle pr me sig
    sra dott
    dottssa signor signora dhr mevr drs ir med univ habil pd oa oä mag dipl ing md do phd rn lpn np pa pac cna fnp
    crna dds dmd
    dpm facs facc facp mph mba msw lcsw bsn msn pharmd psyd mbbs frcs mrcp jr sr ii iii iv esq patient pt nurse
    """.split()  # noqa: SIM905
)
"""Titles, degrees and suffixes, in lower case: they stay."""


@dataclass(frozen=True)
class _Kind:
    role: Role
    culture: str


class NameSurrogates:
    """One patient's surrogates of name words."""

    def __init__(self, choice: KeyedChoice, known: KnownIdentifiers) -> None:
        self._choice = choice
        self._known = known
        self._words: dict[str, str] = {}
        self._kinds: dict[str, _Kind] = {}
        record = known.record
        female = {"F": True, "M": False}.get(record.sex or "")
        for person in (*record.providers, *record.relatives):
            self._learn(person, None)
        for person in record.names:
            self._learn(person, female)
        own = Counter(self._kinds[part].culture for person in record.names for part in normal_words(person.family))
        self._home = own.most_common(1)[0][0] if own else None

    def replace(self, value: str, attempt: int) -> str:
        """Another name in the same layout."""
        alone = len(_WORD.findall(value)) == 1
        return _WORD.sub(lambda match: self._other(match[0], attempt, alone), value)

    def word(self, part: str, attempt: int = 0) -> str:
        """The surrogate of one name part, which is in normal form, spelled as names are."""
        made = self._words.get(part) if attempt == 0 else None
        if made is None:
            made = self._new_word(part, attempt)
            if attempt == 0:
                self._words[part] = made
        return made

    def initial(self, letter: str, attempt: int = 0) -> str:
        """The initial of the surrogate of the listed name with this initial; else any letter, in upper case."""
        part = self._known.given_for_initial(letter) or self._known.family_for_initial(letter)
        if part is not None and part[:1].isalpha():
            return self.word(part, attempt)[0].upper()
        return chr(ord("A") + self._choice.number("initial", letter, attempt) % 26)

    def _other(self, word: str, attempt: int, alone: bool) -> str:
        if word.isdecimal():
            return other_digits(self._choice, "name-number", word, word, attempt)
        part = self._known.name_part(word)
        if not part:  # a mark without its letter
            return ""
        if not self._known.is_given(part) and not self._known.is_family(part) and normal_form(word) in TITLES:
            return word
        if part in PARTICLES and not alone and not (len(word) == 1 and word.isupper()):
            return word
        if len(part) == 1:
            return cased_like(word, self.initial(part, attempt))
        return cased_like(word, self._nickname(part, attempt) or self.word(part, attempt))

    def _nickname(self, part: str, attempt: int) -> str | None:
        formal = self._known.formal(part)
        if formal is None:
            return None
        surrogate = self.word(formal, attempt)
        short = [name for name in nicknames_of(normal_form(surrogate)) if not self._known.lists_word(name)]
        return self._choice.one_of("nickname", part, sorted(short)).capitalize() if short else surrogate

    def _new_word(self, part: str, attempt: int) -> str:
        for retry in range(_ATTEMPTS):
            made = self._candidate(part, attempt * _ATTEMPTS + retry)
            if normal_form(made) != part and not self._known.lists_word(made):
                return made
        raise AssertionError("a record cannot list every surrogate name")

    def _candidate(self, part: str, attempt: int) -> str:
        native = natives_in_script_of(part)
        if native:
            return self._choice.other_than("native", part, native, attempt)
        kind = self._kinds.get(part) or self._kind(part)
        options = cultures()[kind.culture].words[kind.role]
        return self._choice.other_than(
            f"{kind.role}/{kind.culture}", spelling(kind.culture, kind.role, part), options, attempt
        )

    def _kind(self, part: str) -> _Kind:
        places = places_of(part)
        if places:
            at_home = next((place for place in places if place.culture == self._home), places[0])
            # The patient's culture decides only between places of the same role.
            place = at_home if at_home.role == places[0].role else places[0]
            return _Kind(place.role, place.culture)
        return _Kind("family", culture_by_ending(part) or self._home or DEFAULT_CULTURE)

    def _learn(self, person: PersonName, female: bool | None) -> None:
        """The kinds of a listed person's words: one culture for the whole name."""
        given, family = normal_words(person.given), normal_words(person.family)
        votes = Counter(place.culture for part in family for place in places_of(part) if place.role == "family")
        votes.update(place.culture for part in given for place in places_of(part) if place.role != "family")
        votes.update(culture for part in family if (culture := culture_by_ending(part)) and not places_of(part))
        best = max(votes.values(), default=0)
        culture = min((c for c, n in votes.items() if n == best), default=DEFAULT_CULTURE)
        if DEFAULT_CULTURE in votes and votes[DEFAULT_CULTURE] == best:
            culture = DEFAULT_CULTURE
        if female is None:
            roles = (place.role for part in given for place in places_of(part) if place.role != "family")
            female = next(roles, "given-female") == "given-female"
        self._kinds |= {part: _Kind("family", culture) for part in family}
        self._kinds |= {part: _Kind("given-female" if female else "given-male", culture) for part in given}

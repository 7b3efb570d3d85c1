"""The matcher for what the patient's own record lists.

Built once per patient from the structured record; finds in that patient's notes
- names: full, inverted, with initials, their single parts, hyphenated, joined or apart, in any case, with or without
  accents, with one typing error in long parts;
- the birth date in numeric, ISO, compact and month-name layouts;
- telephone numbers and ids with any separators or none, also inside longer codes;
- addresses, their street, city and ZIP code; e-mail addresses and their local part.

A name part that is also an everyday word ("May", "Long") counts only where it is capitalised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cloister.deid.patient_record import PatientRecord, PersonName
from cloister.deid.text.finding import LABELS, Finding, Label
from cloister.deid.text.merge import KNOWN
from cloister.deid.text.name_words import EVERYDAY_WORDS, PARTICLES
from cloister.deid.text.recognizers.address import STATES, STREET_KINDS
from cloister.deid.text.squeezed import SqueezedText, Token, normal_form, squeeze, words_of

_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_TYPO_LENGTH, _SURE_TYPO_LENGTH = 5, 6
"""Parts at least this long are found with one typing error; those shorter than the second only with letters swapped,
doubled or missing, for one letter exchanged makes another word of them."""
_SCORE, _TYPO_SCORE = 0.99, 0.8
_ID_LABELS: tuple[tuple[str, Label], ...] = (
    ("ssn", "SSN"),
    ("social", "SSN"),
    ("mrn", "MRN"),
    ("record", "MRN"),
    ("account", "ACCOUNT"),
    ("acct", "ACCOUNT"),
    ("encounter", "ACCOUNT"),
    ("health", "HEALTH_PLAN"),
    ("plan", "HEALTH_PLAN"),
    ("insur", "HEALTH_PLAN"),
    ("member", "HEALTH_PLAN"),
    ("polic", "HEALTH_PLAN"),
    ("medic", "HEALTH_PLAN"),
    ("url", "URL"),
    ("ip", "IP"),
)
_ABBREVIATED = {
    "street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "lane": "ln", "boulevard": "blvd", "court": "ct",
    "place": "pl", "terrace": "ter", "circle": "cir", "parkway": "pkwy", "highway": "hwy", "square": "sq",
    "apartment": "apt", "suite": "ste", "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip
_STATES_AND_KINDS = frozenset(word.lower() for word in (*STATES, *STREET_KINDS))
_GAP_IN_NAME = re.compile(r"[\s,.'’\-]{0,3}")


@dataclass(frozen=True)
class _Needle:
    """A squeezed identifier.

    `tokens` asks for exactly these words and numbers; `within` allows it inside longer ones; `cased` asks for a
    capital at its start, in a text where it could be an everyday word.
    """

    squeezed: str
    label: Label
    tokens: tuple[str, ...] | None = None
    within: bool = False
    cased: bool = False


class KnownIdentifiers:
    """Finds one patient's listed identifiers. Immutable once built; building takes well under a millisecond."""

    def __init__(self, record: PatientRecord) -> None:
        people = (*record.names, *record.relatives)
        self._given = frozenset(part for person in people for part in _parts(person.given))
        self._family = frozenset(part for person in people for part in _parts(person.family))
        components = [name for person in people for name in (person.given, person.family)]
        self._parts = frozenset(part for name in components for part in identifying_parts(name))
        self._initials = frozenset((*(part[0] for part in self._given), *(p for p in self._family if len(p) == 1)))
        self._typos = _deletions_of(part for part in self._parts if len(part) >= _TYPO_LENGTH)
        needles = [*_name_needles(people), *_record_needles(record)]
        self._needles = tuple({(n.squeezed, n.label, n.tokens): n for n in needles if n.squeezed}.values())

    @property
    def labels(self) -> tuple[Label, ...]:
        """Any label."""
        return LABELS

    def find(self, text: str) -> Iterator[Finding]:
        """Every occurrence of anything the record lists."""
        squeezed = SqueezedText(text)
        yield from self._find_needles(squeezed)
        yield from self._find_names(squeezed)

    def names_any(self, text: str) -> bool:
        """Whether the text holds any listed identifier."""
        return next(iter(self.find(text)), None) is not None

    def lists_word(self, word: str) -> bool:
        """Whether a single word is a listed name part, or a listed identifier by itself, or a typing error of one."""
        normal = normal_form(word)
        if normal in self._parts or any(needle.squeezed == normal for needle in self._needles):
            return True
        return not self._typos.isdisjoint(_deletions(normal))

    def name_part(self, word: str) -> str:
        """The listed name part that a word stands for, typing errors corrected; else the word's normal form."""
        normal = normal_form(word)
        if normal in self._parts or len(normal) < _TYPO_LENGTH - 1:
            return normal
        if self._typos.isdisjoint(_deletions(normal)):
            return normal
        return next((part for part in sorted(self._parts) if _is_typo(normal, part)), normal)

    def is_given(self, part: str) -> bool:
        """Whether a name part, in normal form, is listed as a given name."""
        return part in self._given

    def is_family(self, part: str) -> bool:
        """Whether a name part, in normal form, is listed as a family name."""
        return part in self._family

    def given_for_initial(self, initial: str) -> str | None:
        """The first listed given name, in normal form, that begins with this letter."""
        return next((part for part in sorted(self._given) if part.startswith(initial)), None)

    def _find_needles(self, squeezed: SqueezedText) -> Iterator[Finding]:
        tokens = squeezed.tokens
        for needle in self._needles:
            if needle.squeezed not in squeezed.squeezed:
                continue
            places = squeezed.find_within(needle.squeezed) if needle.within else squeezed.find(needle.squeezed)
            for first, last in places:
                words = tuple(token.normal for token in tokens[first : last + 1])
                start, end = tokens[first].start, tokens[last].end
                if needle.tokens is not None and words != needle.tokens:
                    continue
                if needle.cased and not squeezed.text[start].isupper():
                    continue
                yield Finding(start, end, needle.label, _SCORE, KNOWN)

    def _find_names(self, squeezed: SqueezedText) -> Iterator[Finding]:
        tokens = squeezed.tokens
        index = 0
        while index < len(tokens):
            score = self._name_score(tokens[index], squeezed.text)
            if not score:
                index += 1
                continue
            first = last = index
            while last + 1 < len(tokens) and self._continues(squeezed, last):
                last += 1
            if tokens[last].normal in PARTICLES and last > first:
                last -= 1
            while first > 0 and self._is_initial(squeezed, first - 1, first - 1):
                first -= 1
            start, end = tokens[first].start, tokens[last].end
            yield Finding(start, end, "NAME", score, KNOWN)
            index = last + 1

    def _name_score(self, token: Token, text: str, *, beside_name: bool = False) -> float:
        normal = token.normal
        if normal in self._parts:
            everyday = normal in EVERYDAY_WORDS or normal in PARTICLES
            return 0.0 if everyday and not text[token.start].isupper() else _SCORE
        if len(normal) < _TYPO_LENGTH - 1 or not self._typos:
            return 0.0
        # A typing error in a lower-case word is taken for one in a long word only: short words are mostly other words.
        sure = text[token.start].isupper() or beside_name
        if not sure and len(normal) < _SURE_TYPO_LENGTH + 2:
            return 0.0
        if self._typos.isdisjoint(_deletions(normal)):
            return 0.0
        return _TYPO_SCORE if any(_is_typo(normal, part) for part in self._parts) else 0.0

    def _continues(self, squeezed: SqueezedText, last: int) -> bool:
        """Whether the token after `last` belongs to the same name."""
        if not _GAP_IN_NAME.fullmatch(squeezed.gap(last)) or "\n" in squeezed.gap(last):
            return False
        token = squeezed.tokens[last + 1]
        return bool(self._name_score(token, squeezed.text, beside_name=True)) or self._is_initial(
            squeezed, last + 1, last
        )

    def _is_initial(self, squeezed: SqueezedText, index: int, gap_after: int) -> bool:
        token = squeezed.tokens[index]
        if len(token.normal) != 1 or token.normal not in self._initials or not squeezed.text[token.start].isupper():
            return False
        gap = squeezed.gap(gap_after)
        possessive = gap in {"'", "’"} and index > gap_after
        return bool(_GAP_IN_NAME.fullmatch(gap)) and "\n" not in gap and not possessive


def identifying_parts(name: str) -> list[str]:
    """The parts of a given or family name, in normal form, that identify alone: particles only if there is no other."""
    parts = [part for part in _parts(name) if len(part) > 1]
    return [part for part in parts if part not in PARTICLES] or parts


def within_one_typo(left: str, right: str) -> bool:
    """Whether two words differ by at most one insertion, deletion, substitution or swap of neighbours."""
    if left == right:
        return True
    short, long = sorted((left, right), key=len)
    if len(long) - len(short) > 1:
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[start + 1 : start + 2] + short[start : start + 1] == long[start : start + 2]
    return short[start + 1 :] == long[start + 1 :] or (swapped and short[start + 2 :] == long[start + 2 :])


def _is_typo(word: str, part: str) -> bool:
    if len(part) < _TYPO_LENGTH or not within_one_typo(word, part):
        return False
    return len(part) >= _SURE_TYPO_LENGTH or len(word) != len(part) or sorted(word) == sorted(part)


def _parts(name: str) -> list[str]:
    """Words of a name in normal form; `O'Brien` and `Anna-Lena` give their pieces and, by the needles, the whole."""
    return [normal_form(word) for word in words_of(name)]


def _name_needles(people: Iterable[PersonName]) -> Iterator[_Needle]:
    for person in people:
        given, family = _parts(person.given), _parts(person.family)
        for whole in (given, family):
            if len(whole) > 1 and len("".join(whole)) > 3:
                yield _Needle("".join(whole), "NAME")
        if not given or not family:
            continue
        initials = "".join(part[0] for part in given)
        surname = "".join(family)
        for first in {"".join(given), given[0], *(given[0] + part[0] for part in given[1:])}:
            yield _Needle(first + surname, "NAME")
            yield _Needle(surname + first, "NAME")
        if len(surname) > 2:
            for first in {initials, initials[0]}:
                yield _Needle(first + surname, "NAME", cased=surname in EVERYDAY_WORDS)
                yield _Needle(surname + first, "NAME", cased=True)
        for transliterated in _transliterations(person.family):
            yield _Needle(transliterated, "NAME")


def _transliterations(name: str) -> Iterator[str]:
    """`Müller` as `Mueller`, `Strøm` as `Stroem`."""
    table = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae"})
    lowered = name.casefold()
    if lowered.translate(table) != lowered:
        yield squeeze(lowered.translate(table))


def _record_needles(record: PatientRecord) -> Iterator[_Needle]:
    yield from _id_needles(record.patient_id, "MRN")
    if record.birth_date is not None:
        yield from _birth_date_needles(record.birth_date)
    for phone in record.phones:
        yield from _phone_needles(phone)
    for address in record.addresses:
        yield from _address_needles(address)
    for email in record.emails:
        yield _Needle(squeeze(email), "EMAIL", within=True)
        local = squeeze(email.partition("@")[0])
        if len(local) >= 6:
            yield _Needle(local, "EMAIL")
    for name, value in record.ids.items():
        yield from _id_needles(value, _label_of_id(name))


def _label_of_id(name: str) -> Label:
    return next((label for start, label in _ID_LABELS if start in name.lower()), "ID")


def _id_needles(value: str, label: Label) -> Iterator[_Needle]:
    squeezed = squeeze(value)
    if len(squeezed) < 3:
        return
    yield _Needle(squeezed, label, within=len(squeezed) >= 6)
    without_zeros = squeezed.lstrip("0")
    if len(without_zeros) >= 4:
        yield _Needle(without_zeros, label)


def _phone_needles(phone: str) -> Iterator[_Needle]:
    digits = "".join(character for character in phone if character.isdigit())
    if len(digits) < 5:
        return
    yield _Needle(digits, "PHONE", within=len(digits) >= 7)
    if len(digits) >= 10:
        yield _Needle(digits[-10:], "PHONE", within=True)
        yield _Needle(digits[-7:], "PHONE")


def _address_needles(address: str) -> Iterator[_Needle]:
    whole = [normal_form(word) for word in words_of(address)]
    for words in (whole, [_ABBREVIATED.get(word, word) for word in whole]):
        yield _Needle("".join(words), "ADDRESS")
    pieces = [[normal_form(word) for word in words_of(piece)] for piece in address.split(",")]
    for piece in pieces:
        words = [word for word in piece if not (word in _STATES_AND_KINDS and len(piece) == 1)]
        if not words:
            continue
        numbered = words[0].isdigit()
        if len(words) == 1 and ((numbered and len(words[0]) < 5) or len(words[0]) < 3):
            continue
        for variant in {tuple(words), tuple(_ABBREVIATED.get(word, word) for word in words)}:
            yield _Needle("".join(variant), "ADDRESS", cased=not numbered and _could_be_text(words))
            if numbered and len(variant) > 2:
                yield _Needle("".join(variant[1:]), "ADDRESS", cased=True)
    yield from (_Needle(word, "ADDRESS") for word in whole[1:] if len(word) == 5 and word.isdigit())


def _could_be_text(words: list[str]) -> bool:
    return all(word in EVERYDAY_WORDS or word in _STATES_AND_KINDS for word in words)


def _birth_date_needles(day: date) -> Iterator[_Needle]:
    years = (f"{day.year:04d}", f"{day.year % 100:02d}")
    months, days = {str(day.month), f"{day.month:02d}"}, {str(day.day), f"{day.day:02d}"}
    name = _MONTHS[day.month - 1]
    names = {name, name[:3], "sept"} if name == "september" else {name, name[:3]}
    layouts: set[tuple[str, ...]] = {(f"{day:%Y%m%d}",), (f"{day:%m%d%Y}",), (f"{day:%d%m%Y}",)}
    for year in years:
        for d in days:
            for m in months:
                layouts |= {(m, d, year), (d, m, year)}
                if len(year) == 4:
                    layouts.add((year, m, d))
            for month in names:
                suffix = "th" if 11 <= day.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
                layouts |= {(month, d, year), (d, month, year), (month, d, suffix, year), (d, suffix, month, year)}
                layouts |= {(d, suffix, "of", month, year), (d, "of", month, year), (year, month, d)}
    for tokens in layouts:
        yield _Needle("".join(tokens), "DATE", tokens)


def _deletions_of(words: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(_deletions(word) for word in words))


@lru_cache(maxsize=65536)
def _deletions(word: str) -> frozenset[str]:
    """The word and all it becomes by losing one letter: two words one typo apart share one of these."""
    return frozenset((word, *(word[:i] + word[i + 1 :] for i in range(len(word)))))

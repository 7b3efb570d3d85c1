"""The matcher for what the patient's own record lists.

Built once per patient from the structured record; finds in that patient's notes
- names of the patient, relatives and providers: full, inverted, with initials, their single parts, hyphenated, joined
  or apart, in any case, with or without accents, with one typing error in long parts; nicknames (a table);
- the birth date in numeric, ISO, compact and month-name layouts of every language;
- telephone numbers and ids with any separators or none, also inside longer codes;
- addresses, their street, city and postal code, with abbreviations; e-mail addresses and their local part.

All of it in every reading of the text (`visible`): through zero-width characters, soft hyphens, entities, markup,
line breaks in the middle of a word, and the digits of any script. A name part that is also an everyday word ("May",
"Long") counts only where it is capitalised or follows a title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cloister.deid.patient_record import PatientRecord, PersonName
from cloister.deid.text.address_words import STATES, STREET_WORDS
from cloister.deid.text.finding import LABELS, Finding, Label
from cloister.deid.text.merge import KNOWN
from cloister.deid.text.month_names import MONTH_NAMES, MONTHS_BY_NAME
from cloister.deid.text.name_words import EVERYDAY_WORDS, PARTICLES
from cloister.deid.text.nicknames import NICKNAMES, WORDS_TOO
from cloister.deid.text.squeezed import SqueezedText, Token, is_tight, is_unspaced, normal_form, normal_words, squeeze

_TYPO_LENGTH, _SURE_TYPO_LENGTH = 5, 6
"""Parts at least this long are found with one typing error; those shorter than the second only with letters swapped,
doubled or missing, for one letter exchanged makes another word of them."""
_TYPO_LONGEST = 40
"""Parts longer than this are compared with each word of about their length: what a word becomes by losing one letter,
which tells at once whether it is like any of many parts, takes the square of its length."""
_WITHIN_LENGTH = 7
"""Parts at least this long are found inside longer words too."""
_BROKEN_LENGTH, _SPACED_LENGTH = 4, 6
"""Parts at least this long are found with a line break or hyphen in the middle; those of the second with a space."""
_SCORE, _TYPO_SCORE = 0.99, 0.8
_ID_LABELS: tuple[tuple[str, Label], ...] = (
    ("ssn", "SSN"), ("social", "SSN"), ("mrn", "MRN"), ("record", "MRN"), ("account", "ACCOUNT"), ("acct", "ACCOUNT"),
    ("encounter", "ACCOUNT"), ("health", "HEALTH_PLAN"), ("plan", "HEALTH_PLAN"), ("insur", "HEALTH_PLAN"),
    ("member", "HEALTH_PLAN"), ("polic", "HEALTH_PLAN"), ("medic", "HEALTH_PLAN"), ("licen", "LICENSE"),
    ("plate", "VEHICLE"), ("vin", "VEHICLE"), ("vehicle", "VEHICLE"), ("serial", "DEVICE"), ("device", "DEVICE"),
    ("udi", "DEVICE"), ("fax", "FAX"), ("url", "URL"), ("ip", "IP"),
)  # fmt: skip
_ABBREVIATED = {
    "street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "lane": "ln", "boulevard": "blvd", "court": "ct",
    "place": "pl", "terrace": "ter", "circle": "cir", "parkway": "pkwy", "highway": "hwy", "square": "sq",
    "apartment": "apt", "suite": "ste", "north": "n", "south": "s", "east": "e", "west": "w", "saint": "st",
    "calle": "c", "avenida": "avda", "plaza": "pza", "paseo": "po", "carretera": "ctra", "strasse": "str",
    "platz": "pl", "rue": "r", "via": "v", "piazza": "pza", "rua": "r", "straat": "str",
}  # fmt: skip
_SPELLED_OUT = {short: long for long, short in _ABBREVIATED.items()} | {
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "bvd": "boulevard", "st": "street", "r": "rue", "pl": "place",
}  # fmt: skip
_STREET_ENDINGS = (("strasse", "str"), ("straat", "str"))
_STATES_AND_KINDS = frozenset(word.lower() for word in STATES) | STREET_WORDS["en"]
_GAP_IN_NAME = re.compile(r"[\s,.'’\-]{0,3}")
_BREAK = re.compile(r"[-‐‑=¬]?[ \t]*[\r\n][\s>|]*|[-‐‑]")
_TITLES = frozenset(
    """
    mr mrs ms miss dr prof pt patient herr frau hr fr sr sra srta don dona m mme mlle sig signor signora dhr mevr
    """.split()  # noqa: SIM905
)
_NOT_INITIALS = frozenset("md rn iv im po pr ct mr mi pe ms bs er icu pa np do bp ed am pm sc us".split())  # noqa: SIM905
_DATE_FILLERS = frozenset("st nd rd th of the de del di do da den er el le".split())  # noqa: SIM905


@dataclass(frozen=True)
class _Needle:
    """A squeezed identifier.

    `within` allows it inside longer words and numbers; `cased` asks for a capital at its start, where it could be an
    everyday word; `broken` asks for a break in the middle of it, for what is found whole by other means.
    """

    squeezed: str
    label: Label
    within: bool = False
    cased: bool = False
    broken: bool = False


class KnownIdentifiers:
    """Finds one patient's listed identifiers. Immutable once built; building takes about a millisecond."""

    def __init__(self, record: PatientRecord) -> None:
        self.record = record
        people = (*record.names, *record.relatives, *record.providers)
        self._given = frozenset(part for person in people for part in normal_words(person.given))
        self._family = frozenset(part for person in people for part in normal_words(person.family))
        self._joined = dict(joined for person in people for joined in _joined_words(person))
        components = [name for person in people for name in (person.given, person.family)]
        listed = frozenset(part for name in components for part in identifying_parts(name))
        self._formal = {
            nickname: part for part in sorted(self._given) for nickname in nicknames_of(part) if nickname not in listed
        }
        self._parts = listed | self._formal.keys() | self._joined.keys()
        self._capitalised = EVERYDAY_WORDS | PARTICLES | (WORDS_TOO & self._formal.keys())
        self._initials = frozenset((*(part[0] for part in self._given), *(p for p in self._family if len(p) == 1)))
        self._signatures = frozenset(initials for person in people for initials in _signatures(person))
        self._typos = _deletions_of(part for part in self._parts if _TYPO_LENGTH <= len(part) <= _TYPO_LONGEST)
        self._long = tuple(sorted(part for part in self._parts if len(part) > _TYPO_LONGEST))
        needles = [*_name_needles(people), *_part_needles(listed), *_record_needles(record)]
        self._needles = tuple(dict.fromkeys(needle for needle in needles if needle.squeezed))
        self._words = frozenset(needle.squeezed for needle in self._needles)

    @property
    def labels(self) -> tuple[Label, ...]:
        """Any label."""
        return LABELS

    def find(self, text: str) -> Iterator[Finding]:
        """Every occurrence of anything the record lists. Findings may overlap and repeat."""
        for squeezed in SqueezedText.readings(text):
            yield from self._find_needles(squeezed)
            yield from self._find_names(squeezed)
            yield from self._find_signatures(squeezed)
            if self.record.birth_date is not None:
                yield from _find_date(squeezed, self.record.birth_date)

    def names_any(self, text: str) -> bool:
        """Whether the text holds any listed identifier."""
        return next(iter(self.find(text)), None) is not None

    def lists_word(self, word: str) -> bool:
        """Whether a single word is a listed name part, or a listed identifier by itself, or a typing error of one."""
        normal = normal_form(word)
        if normal in self._parts or normal in self._words:
            return True
        return self._is_like_part(normal)

    def name_part(self, word: str) -> str:
        """The listed name part that a word stands for, typing errors corrected; else the word's normal form.

        `O'Brien` and `OBrien` are one part; a nickname is a part of its own, see `formal`.
        """
        normal = squeeze(word) or normal_form(word)
        if normal in self._joined:
            return self._joined[normal]
        if normal in self._parts or len(normal) < _TYPO_LENGTH - 1:
            return normal
        if not self._is_like_part(normal):
            return normal
        return next((part for part in sorted(self._parts) if _is_typo(normal, part)), normal)

    def formal(self, part: str) -> str | None:
        """The listed given name, in normal form, that a nickname stands for; None for what is no nickname here."""
        return self._formal.get(part)

    def is_given(self, part: str) -> bool:
        """Whether a name part, in normal form, is listed as a given name."""
        return part in self._given

    def is_family(self, part: str) -> bool:
        """Whether a name part, in normal form, is listed as a family name."""
        return part in self._family

    def given_for_initial(self, initial: str) -> str | None:
        """The first listed given name, in normal form, that begins with this letter."""
        return next((part for part in sorted(self._given) if part.startswith(initial)), None)

    def family_for_initial(self, initial: str) -> str | None:
        """The first listed family name, in normal form, that begins with this letter."""
        return next((part for part in sorted(self._family) if part.startswith(initial) and len(part) > 1), None)

    def _find_needles(self, squeezed: SqueezedText) -> Iterator[Finding]:
        tokens = squeezed.tokens
        for needle in self._needles:
            if needle.squeezed not in squeezed.squeezed:
                continue
            places = squeezed.find_within(needle.squeezed) if needle.within else squeezed.find(needle.squeezed)
            for first, last in places:
                if needle.cased and not tokens[first].capital:
                    continue
                if needle.broken and not _is_broken(squeezed, first, last, len(needle.squeezed)):
                    continue
                yield Finding(tokens[first].start, tokens[last].end, needle.label, _SCORE, KNOWN)

    def _find_names(self, squeezed: SqueezedText) -> Iterator[Finding]:
        tokens = squeezed.tokens
        index = 0
        while index < len(tokens):
            before = tokens[index - 1].normal if index else ""
            score = self._name_score(tokens[index], titled=before in _TITLES)
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
            yield Finding(tokens[first].start, tokens[last].end, "NAME", score, KNOWN)
            index = last + 1

    def _find_signatures(self, squeezed: SqueezedText) -> Iterator[Finding]:
        """`M.E.K.`: the initials of a whole name, each with its dot."""
        tokens = squeezed.tokens
        for first, token in enumerate(tokens):
            if len(token.normal) != 1 or not token.capital:
                continue
            for initials in self._signatures:
                last = first + len(initials) - 1
                found = "".join(t.normal for t in tokens[first : last + 1]) == initials
                if found and all(squeezed.after(index, 1) == "." for index in range(first, last + 1)):
                    yield Finding(token.start, tokens[last].end, "NAME", _SCORE, KNOWN)

    def _name_score(self, token: Token, *, beside_name: bool = False, titled: bool = False) -> float:
        normal = token.normal
        if normal in self._parts:
            everyday = normal in self._capitalised
            return 0.0 if everyday and not token.capital and not titled else _SCORE
        if len(normal) < _TYPO_LENGTH - 1:
            return 0.0
        # A typing error in a lower-case word is taken for one in a long word only: short words are mostly other words.
        sure = token.capital or beside_name or titled
        if not sure and len(normal) < _SURE_TYPO_LENGTH + 2:
            return 0.0
        if not self._is_like_part(normal):
            return 0.0
        return _TYPO_SCORE if any(_is_typo(normal, part) for part in self._parts) else 0.0

    def _is_like_part(self, normal: str) -> bool:
        """Whether a word is a listed part, or could be a typing error apart from one: `_is_typo` tells for sure."""
        if self._typos and not self._typos.isdisjoint(_deletions(normal)):
            return True
        return len(normal) >= _TYPO_LONGEST and any(within_one_typo(normal, part) for part in self._long)

    def _continues(self, squeezed: SqueezedText, last: int) -> bool:
        """Whether the token after `last` belongs to the same name."""
        gap = squeezed.gap(last)
        if not _GAP_IN_NAME.fullmatch(gap) or "\n" in gap:
            return False
        token = squeezed.tokens[last + 1]
        return bool(self._name_score(token, beside_name=True)) or self._is_initial(squeezed, last + 1, last)

    def _is_initial(self, squeezed: SqueezedText, index: int, gap_after: int) -> bool:
        token = squeezed.tokens[index]
        if len(token.normal) != 1 or token.normal not in self._initials or not token.capital:
            return False
        gap = squeezed.gap(gap_after)
        possessive = gap in {"'", "’"} and index > gap_after
        return bool(_GAP_IN_NAME.fullmatch(gap)) and "\n" not in gap and not possessive


def identifying_parts(name: str) -> list[str]:
    """The parts of a given or family name, in normal form, that identify alone: particles only if there is no other.

    `O'Brien` and `Anna-Lena` give their pieces; the whole is another needle.
    """
    parts = [part for part in normal_words(name) if len(part) > 1]
    return [part for part in parts if part not in PARTICLES] or parts


@lru_cache(maxsize=4096)
def nicknames_of(given: str) -> tuple[str, ...]:
    """The short forms of a given name, all in normal form."""
    return _nicknames().get(given, ())


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, tuple[str, ...]]:
    return {normal_form(name): tuple(map(normal_form, short)) for name, short in NICKNAMES.items()}


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


def _is_broken(squeezed: SqueezedText, first: int, last: int, length: int) -> bool:
    return first < last and (
        length >= _SPACED_LENGTH or all(_BREAK.fullmatch(squeezed.gap(index)) for index in range(first, last))
    )


def _joined_words(person: PersonName) -> Iterator[tuple[str, str]]:
    """`obrien` -> `brien`: words with an apostrophe or hyphen, written as one, and the piece that they go by."""
    for word in (*person.given.split(), *person.family.split()):
        pieces = normal_words(word)
        if len(pieces) > 1 and not is_unspaced(word):
            identifying = identifying_parts(word)
            yield "".join(pieces), identifying[-1] if identifying else "".join(pieces)


def _signatures(person: PersonName) -> Iterator[str]:
    given = [part[0] for part in normal_words(person.given) if part not in PARTICLES]
    family = [part[0] for part in normal_words(person.family) if part not in PARTICLES]
    if given and family and not is_unspaced(person.family):
        for initials in {"".join((*given, *family)), given[0] + family[0], "".join(given) + family[0]}:
            if initials not in _NOT_INITIALS:
                yield initials


def _part_needles(parts: Iterable[str]) -> Iterator[_Needle]:
    for part in parts:
        if len(part) >= _WITHIN_LENGTH and part not in EVERYDAY_WORDS:
            yield _Needle(part, "NAME", within=True)
        if len(part) >= _BROKEN_LENGTH:
            yield _Needle(part, "NAME", broken=True)


def _name_needles(people: Iterable[PersonName]) -> Iterator[_Needle]:
    for person in people:
        given, family = normal_words(person.given), normal_words(person.family)
        for name, whole in ((person.given, given), (person.family, family)):
            if len(whole) > 1 and (len("".join(whole)) > 3 or is_unspaced(name)):
                yield _Needle("".join(whole), "NAME")
        if not given or not family:
            continue
        initials = "".join(part[0] for part in given)
        surname = "".join(family)
        firsts = {"".join(given), given[0], *(given[0] + part[0] for part in given[1:]), *nicknames_of(given[0])}
        for first in sorted(firsts):
            for whole_name in (first + surname, surname + first):
                yield _Needle(whole_name, "NAME", within=len(whole_name) > _WITHIN_LENGTH)
        if len(surname) > 2:
            for first in sorted({initials, initials[0]}):
                yield _Needle(first + surname, "NAME", cased=surname in EVERYDAY_WORDS)
                yield _Needle(surname + first, "NAME", cased=True)
        for name in (person.given, person.family):
            for transliterated in _transliterations(name):
                yield _Needle(transliterated, "NAME")


def _transliterations(name: str) -> Iterator[str]:
    """`Müller` as `Mueller`, `Strøm` as `Stroem`."""
    table = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae"})
    for word in (name, *name.split()):
        lowered = word.casefold()
        if lowered.translate(table) != lowered:
            yield squeeze(lowered.translate(table))


def _record_needles(record: PatientRecord) -> Iterator[_Needle]:
    yield from _id_needles(record.patient_id, "MRN")
    if record.birth_date is not None:
        for layout in ("%Y%m%d", "%m%d%Y", "%d%m%Y"):
            yield _Needle(record.birth_date.strftime(layout).zfill(8), "DATE")
        yield from _written_out(record.birth_date)
    for phone in record.phones:
        yield from _phone_needles(phone)
    for address in record.addresses:
        yield from _address_needles(address)
    for email in record.emails:
        local, _, domain = email.partition("@")
        yield _Needle(squeeze(email), "EMAIL", within=True)
        yield _Needle(squeeze(local) + "at" + squeeze(domain.replace(".", " dot ")), "EMAIL")
        if len(squeeze(local)) >= 6:
            yield _Needle(squeeze(local), "EMAIL")
    for name, value in record.ids.items():
        yield from _id_needles(value, _label_of_id(name))


def _written_out(day: date) -> Iterator[_Needle]:
    """The day with its month in full, for months that a line break parts."""
    for language, months in MONTH_NAMES.items():
        month = normal_form(months[day.month - 1][0])
        written = f"{month}{day.day}{day.year}" if language == "en" else f"{day.day}{month}{day.year}"
        yield _Needle(written, "DATE")
        if language in {"es", "pt"}:
            yield _Needle(f"{day.day}de{month}de{day.year}", "DATE")


def _label_of_id(name: str) -> Label:
    return next((label for start, label in _ID_LABELS if start in name.lower()), "ID")


def _id_needles(value: str, label: Label) -> Iterator[_Needle]:
    squeezed = squeeze(value)
    if len(squeezed) < 3:
        return
    yield _Needle(squeezed, label, within=len(squeezed) >= 6)
    without_zeros = squeezed.lstrip("0")
    if len(without_zeros) >= 4:
        yield _Needle(without_zeros, label, within=len(without_zeros) >= 8)
    for digits in re.findall(r"\d{6,}", squeezed):
        yield _Needle(digits, label, within=True)


def _phone_needles(phone: str) -> Iterator[_Needle]:
    digits = squeeze(re.split(r"(?i)(?<=\d)\s*(?:x|ext|ext\.|extension|durchwahl|poste)\s*(?=\d)", phone)[0])
    digits = "".join(character for character in digits if character.isdigit())
    if len(digits) < 5:
        return
    yield _Needle(digits, "PHONE", within=len(digits) >= 7)
    if len(digits) >= 10:
        yield _Needle(digits[-10:], "PHONE", within=True)
        yield _Needle(digits[-9:], "PHONE", within=True)
        yield _Needle(digits[-7:], "PHONE")


def _address_needles(address: str) -> Iterator[_Needle]:
    pieces = [normal_words(piece) for piece in re.split(r"[,;\n]", address)]
    whole = [word for piece in pieces for word in piece]
    for variant in _spellings(whole):
        yield _Needle("".join(variant), "ADDRESS")
    for piece in pieces:
        words = [word for word in piece if not (word in _STATES_AND_KINDS and len(piece) == 1)]
        numbers = [word for word in words if word.isdigit()]
        named = [word for word in words if not word.isdigit()]
        if not words or (not named and len(words[0]) < 5) or len("".join(words)) < 3:
            continue
        for variant in _spellings(words):
            yield _Needle("".join(variant), "ADDRESS", cased=not numbers and _could_be_text(words))
        street = [word for word in named if len(word) > 1 or len(named) > 1]
        if numbers and len("".join(street)) > 3 and not _is_state(street):
            for variant in _spellings(street):
                yield _Needle("".join(variant), "ADDRESS", cased=True)
    yield from (_Needle(word, "ADDRESS") for word in whole[1:] if len(word) == 5 and word.isdigit())


def _spellings(words: list[str]) -> list[tuple[str, ...]]:
    """The words as listed, abbreviated, spelled out, and with `strasse` shortened inside them."""
    shortened = [_shortened_street(word) for word in words]
    return list(
        dict.fromkeys(
            tuple(variant)
            for variant in (
                words,
                [_ABBREVIATED.get(word, word) for word in words],
                [_SPELLED_OUT.get(word, word) for word in words],
                shortened,
            )
        )
    )


def _shortened_street(word: str) -> str:
    for long, short in _STREET_ENDINGS:
        if word.endswith(long):
            return word.removesuffix(long) + short
        if word.endswith(short) and len(word) > len(short) + 2:
            return word.removesuffix(short) + long
    return word


def _is_state(words: list[str]) -> bool:
    return all(word in _STATES_AND_KINDS for word in words)


def _could_be_text(words: list[str]) -> bool:
    return all(word in EVERYDAY_WORDS or word in _STATES_AND_KINDS for word in words)


def _find_date(squeezed: SqueezedText, day: date) -> Iterator[Finding]:
    """Mentions of a day with its year, in numbers or with a month's name of any language, in any order."""
    tokens = squeezed.tokens
    years = {f"{day.year:04d}", f"{day.year % 100:02d}"}
    for index, token in enumerate(tokens):
        if token.normal not in years:
            continue
        for step in (-1, 1):
            others = _neighbours(squeezed, index, step)
            if len(others) == 2 and _are_day_and_month([tokens[i].normal for i in others], day):
                first, last = min(index, *others), max(index, *others)
                yield Finding(tokens[first].start, tokens[last].end, "DATE", _SCORE, KNOWN)


def _neighbours(squeezed: SqueezedText, index: int, step: int) -> list[int]:
    """The next two words or numbers that are no fillers, such as `of` or `th`, in one direction."""
    found: list[int] = []
    while len(found) < 2 and 0 <= index + step < len(squeezed.tokens):
        if not is_tight(squeezed.gap(min(index, index + step))):
            break
        index += step
        if squeezed.tokens[index].normal not in _DATE_FILLERS:
            found.append(index)
    return found


def _are_day_and_month(words: list[str], day: date) -> bool:
    return any(_is_number(a, day.day) and _is_month(b, day.month) for a, b in (words, words[::-1]))


def _is_number(word: str, number: int) -> bool:
    return word.isdecimal() and len(word) <= 2 and int(word) == number


def _is_month(word: str, month: int) -> bool:
    return _is_number(word, month) or month in MONTHS_BY_NAME.get(word, ())


def _deletions_of(words: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(_deletions(word) for word in words))


@lru_cache(maxsize=65536)
def _deletions(word: str) -> frozenset[str]:
    """The word and all it becomes by losing one letter: two words one typo apart share one of these.

    Only the word itself where it is too long to be one typo apart from any part that is so looked for: `_TYPO_LONGEST`.
    """
    if len(word) > _TYPO_LONGEST + 1:
        return frozenset((word,))
    return frozenset((word, *(word[:i] + word[i + 1 :] for i in range(len(word)))))

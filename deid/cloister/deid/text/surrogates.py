"""Realistic replacements: same kind, same layout, another person.

A surrogate is a keyed function of collection, patient, label and canonical value: the same value of the same patient
gets the same surrogate in every note, run and process; no two patients share a mapping; without the key nothing can
be computed back, and no mapping is stored. Words of names are mapped one by one, so that `Maria Kowalski`,
`Kowalski, M.` and `KOWALSKI` stay the same person. A surrogate never holds an identifier that the patient's own
record lists. Numbers come from ranges that belong to nobody (555-01xx, example.org, 9xx social security numbers).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from cloister.deid.text.dates import parse_date, shift_text
from cloister.deid.text.finding import Label
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.name_words import PARTICLES
from cloister.deid.text.recognizers.address import STATE_NAMES, STATES, STREET_KINDS
from cloister.deid.text.squeezed import normal_form, squeeze
from cloister.deid.text.surrogate_names import FAMILY_NAMES, GIVEN_NAMES, PLACE_NAMES
from cloister.study.keys import keyed_hash

_ATTEMPTS = 16
_OVER_89_YEARS = 90
_GIVEN = frozenset(name.lower() for name in GIVEN_NAMES)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_KEPT_IN_ADDRESS = frozenset(
    word.lower() for word in (*STREET_KINDS, *STATES, *STATE_NAMES.replace("|", " ").split())
) | frozenset("apt apartment unit suite ste floor fl room rm po p o box north south east west n s e w".split())  # noqa: SIM905
_KEPT_IN_ORGANIZATION = frozenset(
    """
    hospital hosp clinic clinics medical center centre med ctr health healthcare system partners network plan
    infirmary hospice nursing home facility rehabilitation rehab cancer heart institute imaging pharmacy laboratory
    laboratories labs university sanatorium memorial group assisted senior living school medicine insurance mutual
    of the and de for st saint mt general community county regional children s care
    """.split()  # noqa: SIM905
)


class Surrogates:
    """One patient's surrogates in one collection.

    Args:
        key: the collection's `surrogate` sub-key.
        patient: what identifies the patient to the key.
        known: the patient's listed identifiers; no surrogate may hold one.
        shift: what to add to the patient's dates.
    """

    def __init__(self, key: bytes, patient: str, known: KnownIdentifiers, shift: timedelta) -> None:
        self._key = key
        self._patient = patient
        self._known = known
        self._shift = shift
        self._made: dict[tuple[Label, str], str] = {}
        self._words: dict[tuple[str, str], str] = {}

    def replace(self, label: Label, value: str, reference: date | None) -> str:
        """The surrogate of one finding.

        Args:
            label: what kind of identifier it is.
            value: its text.
            reference: the date of the note, for dates whose year is missing or has two digits.

        Returns:
            Text of the same kind and layout; the tag, such as `[DATE]`, for what cannot be replaced faithfully.
        """
        if label == "AGE":
            return re.sub(r"(?:\d+|[A-Za-z][A-Za-z -]*[a-z])$", "90+", value)
        if label == "DATE":
            return self._date(value, reference)
        made = self._made.get((label, value))
        if made is None:
            made = self._made[label, value] = self._unlisted(label, value)
        return made

    def _date(self, value: str, reference: date | None) -> str:
        day = parse_date(value, reference)
        # A date of ninety years ago tells an age over 89.
        if day is not None and reference is not None and day.year <= reference.year - _OVER_89_YEARS:
            return "[DATE]"
        shifted = shift_text(value, self._shift, reference) or "[DATE]"
        if not any(map(str.isalpha, shifted)) or not self._known.names_any(shifted):
            return shifted
        # A month can be somebody's name: June. The date then goes without its month's name.
        return (day + self._shift).isoformat() if day is not None else "[DATE]"

    def _unlisted(self, label: Label, value: str) -> str:
        make = _MAKERS[label]
        for attempt in range(_ATTEMPTS):
            made = make(self, value, attempt)
            if squeeze(made) != squeeze(value) and not self._known.names_any(made):
                return made
        return f"[{label}]"

    def _name(self, value: str, attempt: int) -> str:
        alone = len(_WORD.findall(value)) == 1

        def word_for(word: str) -> str:
            part = self._known.name_part(word)
            if part in PARTICLES and not alone:
                return word
            if len(part) == 1:
                return _cased_like(word, self._initial(part, attempt))
            return _cased_like(word, self._name_word(part, attempt))

        return _WORD.sub(lambda match: word_for(match[0]), value)

    def _name_word(self, part: str, attempt: int) -> str:
        """A word has one role, wherever it stands: else the first note seen would decide."""
        listed = self._known.is_given(part) or self._known.is_family(part)
        if self._known.is_given(part) if listed else part in _GIVEN:
            return self._word("given", part, GIVEN_NAMES, attempt)
        return self._word("family", part, FAMILY_NAMES, attempt)

    def _initial(self, letter: str, attempt: int) -> str:
        given = self._known.given_for_initial(letter)
        if given is not None:
            return self._word("given", given, GIVEN_NAMES, attempt)[0]
        return chr(ord("A") + self._number("initial", letter, attempt) % 26)

    def _word(self, kind: str, part: str, choices: tuple[str, ...], attempt: int) -> str:
        """A listed word for one part; the first that is not itself an identifier, whatever the attempt."""
        made = self._words.get((kind, part)) if attempt == 0 else None
        if made is None:
            for retry in range(_ATTEMPTS):
                made = choices[self._number(kind, part, attempt * _ATTEMPTS + retry) % len(choices)]
                if normal_form(made) != part and not self._known.lists_word(made):
                    break
            else:
                raise AssertionError("a record cannot list every surrogate name")
            if attempt == 0:
                self._words[kind, part] = made
        return made

    def _place(self, value: str, kept: frozenset[str], attempt: int) -> str:
        """Every word but the generic ones, and every number, replaced by another."""

        def word_for(word: str) -> str:
            normal = normal_form(word)
            if word.isdigit():
                return self._digits("place-number", word, word, attempt)
            if normal in kept or normal.replace("'", "").replace("’", "") in kept:
                return word
            return _cased_like(word, self._word("place", normal, PLACE_NAMES, attempt))

        return _WORD.sub(lambda match: word_for(match[0]), value)

    def _address(self, value: str, attempt: int) -> str:
        return self._place(value, _KEPT_IN_ADDRESS, attempt)

    def _organization(self, value: str, attempt: int) -> str:
        return self._place(value, _KEPT_IN_ORGANIZATION, attempt)

    def _phone(self, value: str, attempt: int) -> str:
        digits = re.sub(r"\D", "", value)
        stream = str(self._number("phone", digits, attempt)).zfill(20)
        area = f"{2 + int(stream[-1]) % 8}{stream[-3:-1]}"
        core = f"55501{stream[-5:-3]}"
        if len(digits) == 7:
            fresh = core
        elif len(digits) in {10, 11}:
            fresh = digits[:-10] + area + core
        else:
            return self._digits("phone", digits, value, attempt)
        return _fill_digits(value, fresh)

    def _email(self, value: str, attempt: int) -> str:
        number = self._number("email", squeeze(value), attempt)
        given = GIVEN_NAMES[number % len(GIVEN_NAMES)].lower()
        family = FAMILY_NAMES[number // 1000 % len(FAMILY_NAMES)].lower()
        return f"{given}.{family}@example.org"

    def _url(self, value: str, attempt: int) -> str:
        number = self._number("url", value.lower(), attempt)
        scheme = re.match(r"\w+://", value)
        return f"{scheme[0] if scheme else ''}www.example.org/{number % 16**8:08x}"

    def _ip(self, value: str, attempt: int) -> str:
        number = self._number("ip", value.lower(), attempt)
        # Blocks set aside for documentation: RFC 5737, RFC 3849, RFC 7042.
        if "." in value:
            return f"198.51.100.{number % 254 + 1}"
        if re.fullmatch(r"(?i)(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}", value):
            return f"00:00:5e:00:53:{number % 256:02x}"
        return f"2001:db8::{number % 65536:x}"

    def _ssn(self, value: str, attempt: int) -> str:
        digits = re.sub(r"\D", "", value)
        fresh = str(self._number("ssn", digits, attempt)).zfill(20)[-len(digits) :] if digits else ""
        return _fill_digits(value, "9" + fresh[1:] if len(digits) == 9 else fresh)

    def _code(self, value: str, attempt: int) -> str:
        """Digits for digits and letters for letters; separators stay."""
        canonical = squeeze(value).lstrip("0") or "0"
        stream = self._number("code", canonical, attempt)
        made = []
        for character in value:
            if character.isdigit():
                stream, digit = divmod(stream, 10)
                made.append(str(digit))
            elif character.isalpha():
                stream, letter = divmod(stream, 26)
                made.append(_cased_like(character, chr(ord("A") + letter)))
            else:
                made.append(character)
            if stream < 2**32:
                stream = self._number("code", canonical + "".join(made), attempt)
        return "".join(made)

    def _digits(self, kind: str, canonical: str, value: str, attempt: int) -> str:
        digits = sum(character.isdigit() for character in value)
        fresh = str(self._number(kind, canonical, attempt)).zfill(digits)[-digits:]
        return _fill_digits(value, str(1 + int(fresh[0]) % 9) + fresh[1:])

    def _number(self, kind: str, canonical: str, attempt: int) -> int:
        digest = keyed_hash(self._key, self._patient, kind, canonical, str(attempt))
        return int.from_bytes(digest)


_MAKERS: dict[Label, Callable[[Surrogates, str, int], str]] = {
    "NAME": Surrogates._name,
    "ADDRESS": Surrogates._address,
    "ORGANIZATION": Surrogates._organization,
    "PHONE": Surrogates._phone,
    "FAX": Surrogates._phone,
    "EMAIL": Surrogates._email,
    "URL": Surrogates._url,
    "IP": Surrogates._ip,
    "SSN": Surrogates._ssn,
    "MRN": Surrogates._code,
    "ACCOUNT": Surrogates._code,
    "HEALTH_PLAN": Surrogates._code,
    "LICENSE": Surrogates._code,
    "VEHICLE": Surrogates._code,
    "DEVICE": Surrogates._code,
    "ID": Surrogates._code,
}


def _fill_digits(layout: str, digits: str) -> str:
    remaining = iter(digits)
    return "".join(next(remaining, "0") if character.isdigit() else character for character in layout)


def _cased_like(original: str, text: str) -> str:
    if original.isupper():
        return text.upper()
    return text.lower() if original.islower() else text

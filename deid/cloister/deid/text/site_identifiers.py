"""The matcher for the identifiers of all patients of a site, for a note may name another patient than its own.

Only what is exact and rare is looked for: full names in either order, record numbers and other ids, telephone
numbers, e-mail addresses. A single name part would flag half the language once there are enough patients.

Words and numbers in normal form are joined and hashed; a note's stretches of up to six words are looked up in a
sorted array of the hashes, after a bitmap has told which words begin one. The memory is about 100 bytes a patient,
the time does not depend on how many there are. (Two different stretches share one of 2^64 hashes with a chance of
10^-7 in a million notes; the note then loses a stretch too many.)
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

from cloister.deid.patient_record import PatientRecord, PersonName
from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.name_words import EVERYDAY_WORDS, PARTICLES
from cloister.deid.text.squeezed import SqueezedText, is_tight, normal_words, squeeze, words_of

SITE = "site"
"""Source of its findings."""

_SCORE = 0.95
_MOST_TOKENS = 6
_SLOTS = 1 << 20
_MIN_NAME, _MIN_ID, _MIN_PHONE = 7, 6, 9
_PHONE_TAIL = 9


@dataclass(frozen=True)
class SiteIdentifiers:
    """The rare identifiers of all patients. Immutable, and small enough to be handed to other processes.

    `hashes` is sorted; `beginnings` has one byte a slot, 1 where the first word of an identifier falls.
    """

    hashes: array[int]
    beginnings: bytes

    @classmethod
    def of(cls, records: Iterable[PatientRecord]) -> SiteIdentifiers:
        """Those of the records."""
        hashes: set[int] = set()
        beginnings = bytearray(_SLOTS)
        for record in records:
            for words in filter(None, _identifiers(record)):
                hashes.add(_hash("".join(words)))
                beginnings[_slot(words[0])] = 1
        return cls(array("Q", sorted(hashes)), bytes(beginnings))

    def find(self, text: str) -> Iterator[Finding]:
        """Every occurrence of a listed identifier of any patient."""
        if not self.hashes:
            return
        for squeezed in SqueezedText.readings(text):
            yield from self._find_in(squeezed)

    def _find_in(self, squeezed: SqueezedText) -> Iterator[Finding]:
        tokens = squeezed.tokens
        for first, token in enumerate(tokens):
            if not self.beginnings[_slot(token.normal)]:
                continue
            joined = ""
            for last in range(first, min(first + _MOST_TOKENS, len(tokens))):
                if last > first and not is_tight(squeezed.gap(last - 1)):
                    break
                joined += tokens[last].normal
                if len(joined) >= _MIN_ID and self._lists(joined):
                    yield Finding(token.start, tokens[last].end, _label(joined), _SCORE, SITE)

    def _lists(self, joined: str) -> bool:
        wanted = _hash(joined)
        place = bisect_left(self.hashes, wanted)
        return place < len(self.hashes) and self.hashes[place] == wanted


def _identifiers(record: PatientRecord) -> Iterator[list[str]]:
    """What is looked for, as the words and numbers that it is written with; none of them for what has none."""
    for person in record.names:
        yield from _names(person)
    for value in (record.patient_id, *record.ids.values()):
        yield from _codes(value)
    for phone in record.phones:
        digits = "".join(character for character in squeeze(phone) if character.isdigit())
        if len(digits) >= _MIN_PHONE:
            # Without its country code or trunk zero, and in the groups that it is listed with.
            yield [digits]
            yield [digits[-_PHONE_TAIL:]]
            yield [digits[-10:]]
            groups = [word for word in words_of(phone) if word.isdecimal()]
            yield groups
            yield groups[1:] or groups
            yield [digits[-10:-7], digits[-7:-4], digits[-4:]]
    for email in record.emails:
        yield normal_words(email)


def _names(person: PersonName) -> Iterator[list[str]]:
    given, family = normal_words(person.given), normal_words(person.family)
    telling = [word for word in (*given, *family) if word not in EVERYDAY_WORDS and word not in PARTICLES]
    if not given or not family or not telling or len("".join((*given, *family))) < _MIN_NAME:
        return
    for first in (given, given[:1]):
        if len(first[0]) > 1:
            yield [*first, *family]
            yield [*family, *first]


def _codes(value: str) -> Iterator[list[str]]:
    words = normal_words(value)
    joined = "".join(words)
    if len(joined) < _MIN_ID or not any(map(str.isdigit, joined)):
        return
    yield words
    yield [joined]
    bare = joined.lstrip("0")
    if len(bare) >= _MIN_ID:
        yield [bare]


def _label(joined: str) -> Label:
    digits = sum(map(str.isdigit, joined))
    return "NAME" if not digits else "ID"


def _slot(word: str) -> int:
    return crc32(word.encode()) % _SLOTS


def _hash(joined: str) -> int:
    return int.from_bytes(blake2b(joined.encode(), digest_size=8).digest())

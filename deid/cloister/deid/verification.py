"""The check on what was written: does any identifier of the patient's own record survive verbatim?

Separate code from the detectors on purpose: it reads the written output again and knows nothing of how it was made.
An identifier survives if it stands in the output as the record lists it, in any case and Unicode form, with or without
accents, bounded by anything but letters and digits; numbers also if they stand there without their separators or
inside a longer code, in the digits of any script. What a reader cannot see (zero-width characters, soft hyphens),
HTML entities and markup, RTF, and the encodings of mail do not hide it: these are undone here by cruder means than the
detectors' own (whatever could be encoded is decoded), and every reading is searched.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from cloister.deid.charsets import codec_of
from cloister.deid.patient_record import PatientRecord
from cloister.deid.text.month_names import MONTH_NAMES
from cloister.deid.text.name_words import EVERYDAY_WORDS, PARTICLES
from cloister.deid.text.unescape import unescape

_MIN_NUMBER = 6
"""Numbers shorter than this are searched for between borders only: inside longer ones they mean nothing."""
_MIN_ID, _MIN_PHONE = 3, 5
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Listed:
    """The identifiers that one record lists, ready to be searched for.

    `words`: in any case, between borders. `cased`: everyday words, only as written. `numbers`: letters and digits
    only, searched for in the text without its separators.
    """

    words: tuple[str, ...]
    cased: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many identifiers are searched for."""
        return len(self.words) + len(self.cased) + len(self.numbers)


def listed_identifiers(record: PatientRecord) -> Listed:
    """What must not survive of one patient."""
    values = {plain for value in _values(record) if (plain := " ".join(_plain(value).split()))}
    everyday = EVERYDAY_WORDS | PARTICLES
    cased = {value for value in values if value.casefold() in everyday}
    numbers = {_bare(value) for value in _numbers(record)}
    return Listed(
        words=tuple(sorted({value.casefold() for value in values - cased})),
        cased=tuple(sorted(cased)),
        numbers=tuple(sorted(number for number in numbers if len(number) >= _MIN_NUMBER)),
    )


def survivors(text: str, listed: Listed, *, shortest: int = 1) -> int:
    """How many of the listed identifiers stand in a text.

    Args:
        text: what was written.
        listed: what must not be in it.
        shortest: identifiers shorter than this are not searched for (in binary data, where two letters stand
            everywhere).
    """
    texts = [_plain(reading) for reading in dict.fromkeys(_readings(text))]
    lowered = [text.casefold() for text in texts]
    found = sum(len(value) >= shortest and any(_bounded(value, text) for text in lowered) for value in listed.words)
    found += sum(len(value) >= shortest and any(_bounded(value, text) for text in texts) for value in listed.cased)
    if listed.numbers:
        runs = [_bare(run) for text in lowered for run in _runs(text)]
        found += sum(any(number in run for run in runs) for number in listed.numbers)
    return found


def _values(record: PatientRecord) -> Iterable[str]:
    for person in (*record.names, *record.relatives, *record.providers):
        yield person.full
        if person.given and person.family:
            yield f"{person.family}, {person.given}"
            yield f"{person.family}^{person.given}"
        for name in (person.given, person.family):
            yield name if len(name) > 1 else ""
            parts = [part for part in re.split(r"[\s\-'’.]+", name) if len(part) > 1]
            yield from [part for part in parts if part.casefold() not in PARTICLES] or parts
    if record.birth_date is not None:
        yield from _date_layouts(record.birth_date)
    for address in record.addresses:
        yield address
        yield address.split(",")[0].strip() if len(address.split(",")[0].split()) > 1 else ""
        yield from re.findall(r"\b\d{5}\b", address.partition(",")[2])
    yield from record.emails
    yield from (phone for phone in record.phones if sum(map(str.isdigit, phone)) >= _MIN_PHONE)
    yield from (value for value in (record.patient_id, *record.ids.values()) if len(_bare(value)) >= _MIN_ID)


def _numbers(record: PatientRecord) -> Iterable[str]:
    yield record.patient_id
    yield from record.ids.values()
    for phone in record.phones:
        digits = _bare(phone)
        yield digits
        yield digits[-10:]


def _date_layouts(day: date) -> Iterable[str]:
    yield day.isoformat()
    yield f"{day:%Y%m%d}"
    for layout in ("{m:02d}/{d:02d}/{y}", "{m}/{d}/{y}", "{m:02d}-{d:02d}-{y}", "{d:02d}.{m:02d}.{y}"):
        yield layout.format(y=day.year, m=day.month, d=day.day)
    yield f"{day:%B} {day.day}, {day.year}"
    yield f"{day.day} {day:%B} {day.year}"
    yield f"{day.day} {day:%b} {day.year}"
    yield f"{day:%b} {day.day}, {day.year}"
    for language, months in MONTH_NAMES.items():
        for month in months[day.month - 1][:2]:
            yield f"{day.day} {month} {day.year}"
            yield (
                f"{day.day} de {month} de {day.year}" if language in {"es", "pt"} else f"{day.day}. {month} {day.year}"
            )


_ENCODED_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?\s]*)\?=(?:\s+(?==\?))?")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]++={0,2}+[ \t]*+(?:\r?\n|\Z))+")
_TAG = r"<[^<>]{1,400}>"
_TAGS = re.compile(_TAG)
_MARKUP = re.compile(rf"<!--.*?-->|{_TAG}", re.DOTALL)
_ELEMENT = re.compile(r"</?(?:li|em|del)>")
"""Tags that people have the names of: so written, in small letters and without attributes, they are no names."""
_RTF = re.compile(
    r"\\u(?P<minus>-?)0*(?P<unicode>\d{1,10})[ ]?(?:\\'[0-9a-fA-F]{2}|[^\\{}\r\n])?\?*|\\'(?P<byte>[0-9a-fA-F]{2})"
    r"|\\(?P<space>par|line|cell|row|tab|sect|page|~|_)(?![a-z])[ ]?|\\(?P<sign>[\\{}])|\\[A-Za-z]+(?:-?\d+)?[ ]?"
    r"|\\.|[{}\r\n]"
)
_IGNORABLE = re.compile(r"\{\\\*[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_CODE_PAGES = ("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257")


def _readings(text: str) -> Iterator[str]:
    """What the text is, and whatever it may be to a program that knows its format."""
    for reading in (text, *_of_mail(text), *_of_rtf(text)):
        yield _ELEMENT.sub(" ", reading) if "<" in reading else reading
        if "<" in reading:
            yield _without_markup(reading)


def _without_markup(text: str) -> str:
    # Only where a comment ends can one begin: else every beginning would be followed to the end of the text.
    commented, end, rest = text.rpartition("-->")
    return _MARKUP.sub("", commented + end) + _TAGS.sub("", rest)


def _of_mail(text: str) -> Iterator[str]:
    lowered = text.lower()
    if "=?" in text:
        yield _ENCODED_WORD.sub(_word, text)
    if "quoted-printable" in lowered:
        data = quopri.decodestring(text.encode())
        yield from (data.decode(codec, "replace") for codec in ("utf-8", *_CODE_PAGES))
    if "base64" in lowered:
        for codec in ("utf-8", *_CODE_PAGES):
            yield "\n".join(_from_base64(run[0]).decode(codec, "replace") for run in _BASE64.finditer(text))


def _word(match: re.Match[str]) -> str:
    value = match[3]
    data = _from_base64(value) if match[2] in "bB" else quopri.decodestring(value.replace("_", " ").encode())
    try:
        return data.decode(codec_of(match[1].partition("*")[0]), "replace")
    except (LookupError, ValueError):  # no such charset
        return data.decode("utf-8", "replace")


def _from_base64(run: str) -> bytes:
    letters = re.sub(r"[^A-Za-z0-9+/]", "", run)
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4))
    except binascii.Error:
        return base64.b64decode(letters[: len(letters) // 4 * 4])


def _of_rtf(text: str) -> Iterator[str]:
    for source in dict.fromkeys((text, _IGNORABLE.sub("", text))) if "{\\rtf" in text else ():
        for codec in _CODE_PAGES:
            units = _RTF.sub(partial(_of_token, codec), source)
            yield units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _of_token(codec: str, token: re.Match[str]) -> str:
    if token["unicode"]:
        return chr(int(token["minus"] + token["unicode"]) % 0x10000)
    if token["byte"]:
        return bytes.fromhex(token["byte"]).decode(codec, "replace")
    return "\n" if token["space"] else token["sign"] or ""


def _plain(text: str) -> str:
    """What a reader makes of a text: entities decoded, invisible characters and accents left out, digits as 0 to 9."""
    if text.isascii() and "&" not in text:
        return text
    return unicodedata.normalize("NFKD", unescape(text)).translate(_PLAIN_SIGNS)


class _PlainSigns(dict[int, str]):
    """Code point -> what a reader makes of it; worked out when first met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if unicodedata.category(sign) in {"Cf", "Mn", "Me"}:
            plain = ""
        else:
            plain = str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        return self.setdefault(code, plain)


_PLAIN_SIGNS = _PlainSigns()


def _bounded(value: str, text: str) -> bool:
    position = text.find(value)
    while position >= 0:
        before, after = text[position - 1 : position] if position else "", text[position + len(value) :][:1]
        if not (before.isalnum() and value[0].isalnum()) and not (after.isalnum() and value[-1].isalnum()):
            return True
        position = text.find(value, position + 1)
    return False


def _bare(text: str) -> str:
    return "".join(_WORD.findall(_plain(text).casefold()))


def _runs(text: str) -> list[str]:
    """Stretches that could be one number: letters and digits with at most two separators at a time, a digit in it."""
    return [run for run in re.findall(r"[^\W_]+(?:[\s().\-/_#:]{1,2}[^\W_]+)*", text) if any(map(str.isdigit, run))]

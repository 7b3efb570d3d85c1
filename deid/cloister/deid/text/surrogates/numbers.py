"""Surrogates of numbers and codes: the same layout, other digits and letters.

Telephone numbers come from ranges set aside for fiction where a country has them: North America (555-01xx), the United
Kingdom (Ofcom), France (ARCEP), Germany (Bundesnetzagentur), Ireland (ComReg), Australia (ACMA). Those of other
countries are random digits, which can be somebody's number.
"""

from __future__ import annotations

import re

from cloister.deid.text.squeezed import squeeze
from cloister.deid.text.surrogates.checksums import is_social_security_number, is_somebodys
from cloister.deid.text.surrogates.keyed_choice import KeyedChoice
from cloister.deid.text.surrogates.layout import digits_of, fill_digits, like_digit

_TRIES = 64
_FICTION_FR = ("019900", "026191", "035301", "046571", "053649", "063998")
_COUNTRY_CODES = ("351", "352", "353", "34", "33", "49", "39", "31", "32", "41", "43", "44", "61")


def phone(choice: KeyedChoice, value: str, language: str, attempt: int) -> str:
    """Country code, trunk zero and separators stay; the number itself is another.

    The language tells the country of a number that does not name it.
    """
    digits = digits_of(value)
    if value.lstrip("( ").startswith(("+", "00")):
        bare = digits.removeprefix("00")
        code = next((code for code in _COUNTRY_CODES if bare.startswith(code)), "")
        if code:
            kept = digits[: len(digits) - len(bare) + len(code)]
            return fill_digits(value, kept + _national(choice, bare.removeprefix(code), code, attempt))
    if digits.startswith("0") and len(digits) >= 8:
        return fill_digits(value, _national(choice, digits, _country_of(digits, language), attempt))
    stream = choice.digits("phone", digits[-10:], 5, attempt)
    core = f"55501{stream[:2]}"
    if len(digits) == 7:
        return fill_digits(value, core)
    if len(digits) in {10, 11} and (len(digits) == 10 or digits[0] == "1"):
        return fill_digits(value, f"{digits[:-10]}{2 + int(stream[2]) % 8}{stream[3:5]}{core}")
    return other_digits(choice, "phone", digits, value, attempt)


def _national(choice: KeyedChoice, digits: str, code: str, attempt: int) -> str:
    trunk = "0" * (len(digits) - len(digits.lstrip("0")))
    number = digits.lstrip("0")
    fresh = choice.digits("phone", number, 20, attempt)
    reserved = _reserved(code, number)
    if 0 < len(reserved) < len(number):
        return trunk + reserved + fresh[: len(number) - len(reserved)]
    return trunk + str(1 + int(fresh[0]) % 9) + fresh[1 : len(number)] if number else trunk


def _country_of(digits: str, language: str) -> str:
    """The country code of a number with a trunk zero; empty where the language does not tell a known one."""
    if language == "en":
        return "44" if len(digits) == 11 else "33" if len(digits) == 10 else ""
    return {"de": "49", "fr": "33"}.get(language, "")


def _reserved(code: str, number: str) -> str:
    """How the numbers begin that a country has set aside for fiction; empty where none are known."""
    match code:
        case "33" if len(number) == 9:
            # Each of the six zones has a range; 01 99 00 and the like.
            zone = int(number[0]) if number[0] in "123456" else 6
            return _FICTION_FR[zone - 1][1:]
        case "44" if len(number) == 10:
            return "7700900" if number.startswith("7") else "1632960"
        case "49":  # of ten digits; in a shorter layout one is incomplete, in a longer one it has digits too many
            return "17139200" if number.startswith(("15", "16", "17")) else "3023125"
        case "353":
            return "2091"
        case "61":
            return "25550"
    return ""


def social_security(choice: KeyedChoice, value: str, attempt: int) -> str:
    """Nine digits outside every range that is given out; shorter ones, such as the last four, are just others."""
    digits = digits_of(value)
    if len(digits) != 9:
        return code(choice, value, attempt)
    for further in range(_TRIES):
        fresh = choice.digits("ssn", digits, 9, attempt * _TRIES + further)
        fresh = f"9{fresh[1:3]}{int(fresh[3:5]) % 50:02d}{fresh[5:]}"
        if not is_social_security_number(fresh) and not is_somebodys(fresh):
            break
    return fill_digits(value, fresh)


def code(choice: KeyedChoice, value: str, attempt: int) -> str:
    """Digits for digits and letters for letters; separators and leading zeros stay; no checksum holds."""
    for further in range(_TRIES):
        made = _other_code(choice, value, attempt * _TRIES + further)
        if not is_somebodys(made):
            break
    return made


def _other_code(choice: KeyedChoice, value: str, attempt: int) -> str:
    canonical = squeeze(value)
    zeros = len(canonical) - len(canonical.lstrip("0")) if canonical.strip("0") else 0
    canonical = canonical[zeros:]
    digits = iter(choice.digits("code", canonical, len(value), attempt))
    letters = choice.number("code/letters", canonical, attempt)
    made = []
    for character in value:
        if character.isdecimal() and zeros:
            zeros -= 1
            made.append(character)
        elif character.isdecimal():
            made.append(like_digit(character, next(digits)))
        elif character.isalpha():
            letters, letter = divmod(letters, 26)
            made.append(chr(ord("a" if character.islower() else "A") + letter))
            letters = letters or choice.number("code/letters", canonical + str(len(made)), attempt)
        else:
            made.append(character)
    return "".join(made)


def other_digits(choice: KeyedChoice, kind: str, canonical: str, value: str, attempt: int) -> str:
    """As many digits, the first no zero."""
    count = len(digits_of(value))
    fresh = choice.digits(kind, canonical, count, attempt)
    return fill_digits(value, str(1 + int(fresh[0]) % 9) + fresh[1:]) if fresh else value


def ip_address(choice: KeyedChoice, value: str, attempt: int) -> str:
    """An address from the blocks set aside for documentation: RFC 5737, RFC 3849, RFC 7042."""
    number = choice.number("ip", value.lower(), attempt)
    if re.fullmatch(r"(?i)(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}", value):
        separator = value[2]
        return separator.join(("00", "00", "5e", "00", "53", f"{number % 256:02x}"))
    if "." in value and value.count(":") < 2:
        end = re.search(r"[:/]\d+$", value)
        return f"198.51.100.{number % 254 + 1}{end[0] if end else ''}"
    return f"2001:db8::{number % 65536:x}"

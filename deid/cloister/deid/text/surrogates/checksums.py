"""Checksums of public numbers: a surrogate must satisfy none of them, so that it can be nobody's number."""

from __future__ import annotations

import re

_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def is_somebodys(code: str) -> bool:
    """Whether a code satisfies the checksum of a number that authorities, banks or makers give out.

    Cards, NPI, DEA, VIN, NHS, SSN (by its ranges), Spanish DNI and NIE, French NIR, Dutch BSN, German tax id, IBAN.
    """
    bare = "".join(character for character in code.upper() if character.isascii() and character.isalnum())
    return any(
        test(bare)
        for test in (_is_card, _is_npi, _is_dea, _is_vin, _is_nhs, _is_dni, _is_nir, _is_bsn, _is_tax, _is_iban)
    )


def is_social_security_number(digits: str) -> bool:
    """Whether nine digits lie in a range of SSNs or ITINs (area, group and serial; SSA POMS RM 10201, IRS)."""
    if len(digits) != 9:
        return False
    area, group, serial = int(digits[:3]), int(digits[3:5]), int(digits[5:])
    if area >= 900:
        return 50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or 94 <= group <= 99
    return area not in {0, 666} and group != 0 and serial != 0


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit (ISO/IEC 7812-1)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def _is_card(bare: str) -> bool:
    return bare.isdecimal() and 12 <= len(bare) <= 19 and luhn(bare)


def _is_npi(bare: str) -> bool:
    return bare.isdecimal() and len(bare) == 10 and luhn("80840" + bare)


def _is_dea(bare: str) -> bool:
    if not re.fullmatch(r"[A-Z][A-Z9]\d{7}", bare):
        return False
    digits = [int(digit) for digit in bare[2:]]
    return (digits[0] + digits[2] + digits[4] + 2 * (digits[1] + digits[3] + digits[5])) % 10 == digits[6]


def _is_vin(bare: str) -> bool:
    if not re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", bare):
        return False
    values = (int(c) if c.isdecimal() else _VIN_VALUES[c] for c in bare)
    remainder = sum(value * weight for value, weight in zip(values, _VIN_WEIGHTS, strict=True)) % 11
    return bare[8] == ("X" if remainder == 10 else str(remainder))


def _is_nhs(bare: str) -> bool:
    if not (bare.isdecimal() and len(bare) == 10):
        return False
    check = 11 - sum(int(digit) * weight for digit, weight in zip(bare[:9], range(10, 1, -1), strict=True)) % 11
    return check % 11 == int(bare[9])


def _is_dni(bare: str) -> bool:
    if not re.fullmatch(r"[XYZ\d]\d{7}[A-Z]", bare):
        return False
    number = int(bare[:8].translate(str.maketrans("XYZ", "012")))
    return _DNI_LETTERS[number % 23] == bare[8]


def _is_nir(bare: str) -> bool:
    if not re.fullmatch(r"[12]\d{14}", bare):
        return False
    return 97 - int(bare[:13]) % 97 == int(bare[13:])


def _is_bsn(bare: str) -> bool:
    if not (bare.isdecimal() and len(bare) == 9):
        return False
    return sum(int(digit) * weight for digit, weight in zip(bare, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)) % 11 == 0


def _is_tax(bare: str) -> bool:
    if not (bare.isdecimal() and len(bare) == 11 and bare[0] != "0"):
        return False
    product = 10
    for digit in bare[:10]:
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return (11 - product) % 10 == int(bare[10])


def _is_iban(bare: str) -> bool:
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", bare):
        return False
    return int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1

"""Check digits of identifiers. A value that fails its check is reported all the same, with a lower score."""

from __future__ import annotations

_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_NPI_PREFIX = "80840"
"""Issuer that precedes a National Provider Identifier when its check digit is computed (CMS)."""


def luhn(value: str) -> bool:
    """ISO/IEC 7812-1: payment cards. Anything but digits is ignored."""
    total = 0
    for position, digit in enumerate(reversed(_digits(value))):
        doubled = digit * 2 if position % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return bool(_digits(value)) and total % 10 == 0


def npi(value: str) -> bool:
    """National Provider Identifier: ten digits, Luhn with the prefix of health."""
    return len(_digits(value)) == 10 and luhn(_NPI_PREFIX + value)


def dea(value: str) -> bool:
    """DEA registration: two letters (or a letter and 9), six digits and a check digit."""
    numbers = _digits(value[2:])
    if len(numbers) != 7:
        return False
    return (numbers[0] + numbers[2] + numbers[4] + 2 * (numbers[1] + numbers[3] + numbers[5])) % 10 == numbers[6]


def vin(value: str) -> bool:
    """Vehicle identification number of North America: 49 CFR 565.15(c)."""
    characters = value.upper()
    if len(characters) != len(_VIN_WEIGHTS) or any(c not in _VIN_VALUES and not c.isdecimal() for c in characters):
        return False
    numbers = [int(c) if c.isdecimal() else _VIN_VALUES[c] for c in characters]
    remainder = sum(number * weight for number, weight in zip(numbers, _VIN_WEIGHTS, strict=True)) % 11
    return characters[8] == ("X" if remainder == 10 else str(remainder))


def gtin(value: str) -> bool:
    """GS1 device identifier of 14 digits, the part of a UDI after `(01)`; later parts are ignored."""
    digits = _digits(value.removeprefix("(01)"))[:14]
    if len(digits) != 14:
        return False
    total = sum(digit * (3 if position % 2 == 0 else 1) for position, digit in enumerate(digits[:13]))
    return (10 - total % 10) % 10 == digits[13]


def _digits(value: str) -> list[int]:
    return [int(character) for character in value if character in "0123456789"]

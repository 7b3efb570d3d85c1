"""Writing other digits and letters in the layout of the original: case, separators and the script of digits stay."""

from __future__ import annotations

import unicodedata


def fill_digits(layout: str, digits: str) -> str:
    """The layout with its digits replaced in order; digits that are missing are zeros."""
    remaining = iter(digits)
    return "".join(
        like_digit(character, next(remaining, "0")) if character.isdecimal() else character for character in layout
    )


def like_digit(original: str, digit: str) -> str:
    """A digit in the script of the original one."""
    return chr(ord(original) - unicodedata.decimal(original) + int(digit))


def digits_of(text: str) -> str:
    """The decimal digits of a text, of any script, as 0 to 9."""
    return "".join(str(unicodedata.decimal(character)) for character in text if character.isdecimal())


def cased_like(original: str, text: str) -> str:
    """Upper, lower or as it is, as the original word."""
    if original.isupper() and (len(original) > 1 or len(text) == 1):
        return text.upper()
    return text.lower() if original.islower() else text

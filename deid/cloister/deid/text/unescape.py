"""HTML's character references, read as its standard reads them however many digits they have."""

from __future__ import annotations

import html
import re

_ZEROS = re.compile(r"(?<=&#)0{2,}|(?<=&#[xX])0{2,}")
_OUT_OF_RANGE = re.compile(r"&#(?:0?[1-9][0-9]{7,}|[xX]0?[1-9a-fA-F][0-9a-fA-F]{6,});?")
"""Beyond U+10FFFF, the last code point, which has seven digits, and six in hexadecimal."""


def unescape(text: str) -> str:
    """The text with its character references decoded; one beyond Unicode is U+FFFD, as the standard says.

    Python's own reads the same, but raises ValueError for a number of more than 4300 digits.
    """
    if "&#" in text:
        text = _OUT_OF_RANGE.sub("\ufffd", _ZEROS.sub("0", text))
    return html.unescape(text)

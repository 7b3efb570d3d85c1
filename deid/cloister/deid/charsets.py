"""The character sets that texts are in."""

from __future__ import annotations

import codecs
import re

_CHARSETS = re.compile(
    r"ascii|utf-(?:7|8(?:-sig)?|(?:16|32)(?:-[bl]e)?)|iso8859-\d+|cp\d+|koi8-[rtu]|kz1048|ptcp154|tis-620|hp-roman8"
    r"|palmos|mac-\w+|gb2312|gbk|gb18030|hz|big5(?:hkscs)?|euc_\w+|iso2022_\w+|johab|shift_jis\w*"
)
"""Python's names of them. What it calls codecs besides is no character set, and punycode takes minutes for a page."""


def codec_of(charset: str) -> str:
    """Python's codec of a character set.

    Raises:
        LookupError: there is no such character set.
        ValueError: that can be no name.
    """
    name = codecs.lookup(charset).name
    if not _CHARSETS.fullmatch(name):
        raise LookupError
    return name

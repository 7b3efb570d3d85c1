"""Which of Python's codecs are character sets."""

from __future__ import annotations

import pytest

from cloister.deid.charsets import codec_of


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("US-ASCII", "ascii"), ("UTF8", "utf-8"), ("utf-16le", "utf-16-le"), ("Latin1", "iso8859-1"),
        ("windows-1252", "cp1252"), ("IBM850", "cp850"), ("EBCDIC-CP-BE", "cp500"), ("KOI8-R", "koi8-r"),
        ("macintosh", "mac-roman"), ("GB18030", "gb18030"), ("Big5", "big5"), ("EUC-KR", "euc_kr"),
        ("Shift_JIS", "shift_jis"), ("ISO-2022-JP", "iso2022_jp"), ("TIS-620", "tis-620"), ("UTF-7", "utf-7"),
    ],
)  # fmt: skip
def test_a_character_set_has_a_codec(charset: str, codec: str) -> None:
    assert codec_of(charset) == codec


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "unicode-escape", "raw-unicode-escape", "hex", "rot13", "undefined", "nobody's", ""]
)
def test_what_is_none_has_none(charset: str) -> None:
    with pytest.raises(LookupError):
        codec_of(charset)

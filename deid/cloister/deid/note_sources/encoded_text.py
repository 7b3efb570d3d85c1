"""Bytes that say what they are encoded in."""

from __future__ import annotations

from cloister.deid.charsets import codec_of
from cloister.study.utf8 import has_utf8


def text_of(data: bytes, charset: str | None = None) -> str | None:
    """The text, or None if it is not in that character set; UTF-8 where none is named or it is unknown."""
    name = (charset or "").strip().strip("\"'") or "utf-8"
    try:
        codec = codec_of(name)
        text = data.decode("utf-8-sig" if codec == "utf-8" else codec)
        return text if has_utf8(text) else None  # UTF-7 can write half a character
    except LookupError:
        return text_of(data)
    except ValueError:  # also of a name that can be none's
        return None

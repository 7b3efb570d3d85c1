"""Bytes that say what they are encoded in."""

from __future__ import annotations

from cloister.deid.charsets import codec_of


def text_of(data: bytes, charset: str | None = None) -> str | None:
    """The text, or None if it is not in that character set; UTF-8 where none is named or it is unknown."""
    name = (charset or "").strip().strip("\"'") or "utf-8"
    try:
        codec = codec_of(name)
        return data.decode("utf-8-sig" if codec == "utf-8" else codec)
    except LookupError:
        return text_of(data)
    except ValueError:  # also of a name that can be none's
        return None

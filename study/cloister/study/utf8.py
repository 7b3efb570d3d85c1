"""Whether text can be written as UTF-8, as every file of ours is."""

from __future__ import annotations


def has_utf8(text: str) -> bool:
    """Whether a text holds no half of a surrogate pair: Python keeps bytes that are not UTF-8 as such, of names too."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

"""A text in lower case whose offsets are those of the original.

Matching lower-case patterns against it is three times faster than matching without regard to case.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@lru_cache(maxsize=16)
def folded(text: str) -> str:
    """The text in lower case, character by character; what has no lower case of one character stays."""
    lowered = text.lower()
    if len(lowered) == len(text):  # no character ever becomes shorter, so each one stayed in its place
        return lowered
    return "".join(lower if len(lower := character.lower()) == 1 else character for character in text)


@lru_cache(maxsize=2)
def titled(text: str) -> str | None:
    """A text written in one case only, with every word capitalised; None for a text in mixed case.

    Recognisers that rely on capitals read such notes through this, offsets unchanged.
    """
    if not (text.islower() or text.isupper()):
        return None
    lowered = folded(text)
    return _WORD.sub(lambda match: _capitalised(match[0]), lowered)


def _capitalised(word: str) -> str:
    if word[1:2] in {"'", "’"} and len(word) > 3:
        return _capital(word[0]) + word[1] + _capital(word[2]) + word[3:]
    return _capital(word[0]) + word[1:]


def _capital(character: str) -> str:
    upper = character.upper()
    return upper if len(upper) == 1 else character

"""Fingerprints that two people compare by voice: 128 bits of SHA-256 as hexadecimal digits and as words.

The words are proquints (Wilkerson 2009, arXiv:0901.4016): 16 bits make five letters, consonants and vowels in turn,
which can be said and spelt in most languages.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aiou"
_BYTES = 16
_LENGTHS = (40, 32)
"""Letters of the words, and hexadecimal digits."""


@dataclass(frozen=True)
class Fingerprint:
    """What two people compare."""

    digest: bytes
    """16 bytes."""

    @classmethod
    def of(cls, purpose: str, *parts: bytes) -> Fingerprint:
        """The fingerprint of some bytes for one purpose; every part is preceded by its length."""
        hashed = hashlib.sha256(f"cloister/v1/fingerprint/{purpose}\n".encode())
        for part in parts:
            hashed.update(len(part).to_bytes(8, "big") + part)
        return cls(hashed.digest()[:_BYTES])

    @property
    def hexadecimal(self) -> str:
        """Eight groups of four digits."""
        return " ".join(re.findall("....", self.digest.hex()))

    @property
    def words(self) -> str:
        """Eight words of five letters."""
        return " ".join(_word(int.from_bytes(self.digest[at : at + 2], "big")) for at in range(0, _BYTES, 2))

    def __str__(self) -> str:
        return f"{self.words}  ({self.hexadecimal})"

    def matches(self, said: str) -> bool:
        """Whether somebody's words, or digits, are this fingerprint. Case, spaces, `-` and `:` do not matter."""
        given = _said(said)
        known = [text.replace(" ", "") for text in (self.words, self.hexadecimal)]
        return given in known


def fault_of(said: str) -> str | None:
    """Why what somebody said can be no fingerprint at all, whichever is meant; None if it may be one."""
    length = len(_said(said))
    if length in _LENGTHS:
        return None
    fault = "incomplete" if length < max(_LENGTHS) else "too long"
    return f"The fingerprint given is {fault}: {length} letters or digits, not 40 letters in eight words, or 32 digits."


def _said(text: str) -> str:
    return re.sub(r"[\s:-]", "", text).lower()


def _word(value: int) -> str:
    return (
        _CONSONANTS[value >> 12]
        + _VOWELS[value >> 10 & 3]
        + _CONSONANTS[value >> 6 & 15]
        + _VOWELS[value >> 4 & 3]
        + _CONSONANTS[value & 15]
    )

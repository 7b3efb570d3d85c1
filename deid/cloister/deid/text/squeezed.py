"""A text reduced to its letters and digits, so that separators, case and accents do not hide an identifier.

`Kowalski, Maria-Elena` and `KOWALSKI MARIA ELENA` squeeze to the same characters; so do all layouts of a telephone
number. Matches are reported as spans of the original text, from the start of a word or number to the end of one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"[^\W\d_]+|\d+")
MAX_GAP = 4
"""Longest separator, in characters, within one identifier."""


# Letters that Unicode does not decompose but that people write without their stroke, dot or ligature.
_PLAIN_LETTERS = str.maketrans(
    {
        "ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H",
        "ŧ": "t", "Ŧ": "T", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th", "ə": "e", "Ə": "E",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A word or a number: its normal form and where it stands in the original text."""

    normal: str
    start: int
    end: int


@lru_cache(maxsize=65536)
def normal_form(word: str) -> str:
    """Case-folded and without accents, combining marks or strokes: Müller is MULLER, Łukasz is LUKASZ."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.translate(_PLAIN_LETTERS))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def squeeze(text: str) -> str:
    """The letters and digits of a text in normal form."""
    return "".join(map(normal_form, words_of(text)))


def words_of(text: str) -> list[str]:
    """The words and numbers of a text, in their own spelling."""
    return _TOKEN.findall(_composed(text))


class SqueezedText:
    """A text that can be searched for squeezed identifiers."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        pieces = []
        position = 0
        for index, (word, start, end) in enumerate(_tokens(text)):
            normal = normal_form(word)
            self.tokens.append(Token(normal, start, end))
            self._starts.setdefault(position, index)
            position += len(normal)
            self._ends[position] = index
            pieces.append(normal)
        self.squeezed = "".join(pieces)

    def find(self, needle: str) -> Iterator[tuple[int, int]]:
        """First and last token of every place where `needle`, a squeezed text, begins and ends at tokens' borders."""
        position = self.squeezed.find(needle)
        while position >= 0:
            first, last = self._starts.get(position), self._ends.get(position + len(needle))
            if first is not None and last is not None and first <= last and self._is_tight(first, last):
                yield first, last
            position = self.squeezed.find(needle, position + 1)

    def find_within(self, needle: str) -> Iterator[tuple[int, int]]:
        """As `find`, but also inside longer words and numbers: the tokens that the needle touches."""
        position = self.squeezed.find(needle)
        while position >= 0:
            first = self._token_at(position)
            last = self._token_at(position + len(needle) - 1)
            if self._is_tight(first, last):
                yield first, last
            position = self.squeezed.find(needle, position + 1)

    def gap(self, index: int) -> str:
        """What stands in the text between a token and the next one."""
        return self.text[self.tokens[index].end : self.tokens[index + 1].start]

    def _is_tight(self, first: int, last: int) -> bool:
        tokens = self.tokens
        return all(tokens[i + 1].start - tokens[i].end <= MAX_GAP for i in range(first, last))

    def _token_at(self, position: int) -> int:
        while position not in self._starts:
            position -= 1
        return self._starts[position]


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Words with their offsets; a combining mark belongs to the word before it."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        for match in _TOKEN.finditer(text):
            yield match[0], match.start(), match.end()
        return
    word, start, end = "", 0, 0
    for position, character in enumerate(text):
        combining = bool(unicodedata.combining(character))
        matched = _TOKEN.match(character)
        if word and (combining or (matched and word[0].isdigit() == character.isdigit())):
            word, end = word + character, position + 1
            continue
        if word:
            yield word, start, end
            word = ""
        if matched:
            word, start, end = character, position, position + 1
    if word:
        yield word, start, end


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)

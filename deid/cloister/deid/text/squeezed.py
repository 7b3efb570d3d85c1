"""A text reduced to its letters and digits, so that separators, case and accents do not hide an identifier.

`Kowalski, Maria-Elena` and `KOWALSKI MARIA ELENA` squeeze to the same characters; so do all layouts of a telephone
number, in the digits of any script. Matches are reported as spans of the original text, from the start of a word or
number to the end of one. Scripts that are written without spaces count every character as a word.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cloister.deid.text.visible import VisibleText, readings

MAX_GAP = 4
"""Longest separator, in characters, within one identifier; a stretch of white space counts as one character."""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
# Python's \w leaves out the vowel signs and accents that are characters of their own.
_MARKS = re.escape("".join(c for c in map(chr, range(0x300, 0x1E00)) if unicodedata.category(c).startswith("M")))
_MARKS += "\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe20-\ufe2f"
# The voiced sound marks of half-width katakana, which are letters to Unicode, on their own and in `ﾀﾞ` alike.
_MARKS += "\uff9e\uff9f"
_TOKEN = re.compile(rf"[{_UNSPACED}][{_MARKS}]*|(?:(?![{_UNSPACED}])[^\W\d_][{_MARKS}]*)+|\d+")
_ASCII_TOKEN = re.compile(r"[A-Za-z]+|[0-9]+")
_FIRST_UNSPACED = re.compile(f"[{_UNSPACED}]")


# Letters that Unicode does not decompose but that people write without their stroke, dot or ligature.
_PLAIN_LETTERS = str.maketrans(
    {
        "ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H",
        "ŧ": "t", "Ŧ": "T", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th", "ə": "e", "Ə": "E",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a number: its normal form, where it stands in the original text, whether it has a capital first."""

    normal: str
    start: int
    end: int
    capital: bool


@lru_cache(maxsize=65536)
def normal_form(word: str) -> str:
    """Case-folded, without accents, marks or strokes, digits as 0 to 9: Müller is muller, Łukasz lukasz, ٣ is 3."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.translate(_PLAIN_LETTERS))
    kept = (c for c in decomposed if not unicodedata.combining(c))
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in kept).casefold()


def squeeze(text: str) -> str:
    """The letters and digits of a text in normal form."""
    return "".join(normal_words(text))


def normal_words(text: str) -> list[str]:
    """The words and numbers of a text in normal form, none of them empty: a mark without its letter is no word."""
    return [normal for word in words_of(text) if (normal := normal_form(word))]


def words_of(text: str) -> list[str]:
    """The words and numbers of a text, in their own spelling, as a reader sees them."""
    return _tokens_of(next(readings(text)).text)


def is_unspaced(word: str) -> bool:
    """Whether a word begins in a script that is written without spaces."""
    return _FIRST_UNSPACED.match(word) is not None


class SqueezedText:
    """A reading of a text that can be searched for squeezed identifiers."""

    def __init__(self, text: str | VisibleText) -> None:
        self._visible = visible = VisibleText(text) if isinstance(text, str) else text
        self.tokens: list[Token] = []
        self._places: list[tuple[int, int]] = []
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        pieces = []
        position = 0
        expression = _ASCII_TOKEN if visible.text.isascii() else _TOKEN
        for index, match in enumerate(expression.finditer(visible.text)):
            word, (start, end) = match[0], match.span()
            normal = normal_form(word)
            self.tokens.append(Token(normal, visible.start(start), visible.end(end), word[0].isupper()))
            self._places.append((start, end))
            self._starts.setdefault(position, index)
            position += len(normal)
            self._ends[position] = index
            pieces.append(normal)
        self.squeezed = "".join(pieces)

    @classmethod
    def readings(cls, text: str) -> Iterator[SqueezedText]:
        """Every reading of a text, see `visible`. Those of the latest texts are kept: several matchers ask for them."""
        return iter(_readings(text))

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
        """What a reader sees between a token and the next one."""
        return self._visible.text[self._places[index][1] : self._places[index + 1][0]]

    def after(self, index: int, length: int) -> str:
        """What a reader sees in the `length` characters after a token."""
        end = self._places[index][1]
        return self._visible.text[end : end + length]

    def _is_tight(self, first: int, last: int) -> bool:
        return all(is_tight(self.gap(index)) for index in range(first, last))

    def _token_at(self, position: int) -> int:
        while position not in self._starts:
            position -= 1
        return self._starts[position]


def is_tight(gap: str) -> bool:
    """Whether two words with this between them can belong to one identifier."""
    return len(gap) <= MAX_GAP or len(" ".join(gap.split())) + 1 <= MAX_GAP


def _tokens_of(text: str) -> list[str]:
    return (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)


@functools.lru_cache(maxsize=4)
def _readings(text: str) -> tuple[SqueezedText, ...]:
    return tuple(map(SqueezedText, readings(text)))

"""Tokens as the taggers see them: runs of letters, runs of digits, single signs, with where they stand in their line.

A text is cut finely ("03/02/2020" is five tokens, "JohnSmith" two), so that layouts never seen before are made of
parts that were. Lines matter in clinical text: every token knows its place in its line, the line's first word, and
the word before the last colon, which in a header block says what the value is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MARKS = "\u0300-\u036f\u0900-\u0e4e"
"""Combining marks that belong to the letter before them (accents, Indic and Thai vowel signs)."""
_TOKEN = re.compile(rf"\n|[^\W\d_][^\W\d_{_MARKS}]*(?:[{_MARKS}]+[^\W\d_]*)*(?:['’][^\W\d_]+)*|\d+|[^\w\s]|_")
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")

PLACES = 24
"""Places in a line: first, second or later; last or not; glued to the token before, to the one after, or not."""
LOWER_SHARE = 0.02
"""A passage in which fewer of the words than this hold a capital is written in lower case."""
UPPER_SHARE = 0.8
"""A line in which more of the letters than this are capitals is written in capitals."""


@dataclass(frozen=True)
class Tokens:
    """The tokens of a passage, column by column; all columns have the same length.

    `start` and `end` are code points; `words` the text between them; `case` is "m" (mixed), "l" or "u" (the passage
    is in lower case, the line in capitals: the shape of a word then tells nothing); `first` is the index of the
    first token of the line; `key` that of the last word before the nearest colon to the left in the line, or of the
    line above if that ends with the colon, -1 if there is none; `glued` whether no blank stands before it; `place`
    where in its line it stands and whether it is glued to its neighbours, a number below `PLACES`.
    """

    words: tuple[str, ...]
    start: tuple[int, ...]
    end: tuple[int, ...]
    case: tuple[str, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]
    key: tuple[int, ...]
    glued: tuple[bool, ...]
    place: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.words)


def tokenize(text: str, offset: int = 0) -> Tokens:
    """The tokens of a passage.

    Args:
        text: a passage, at best whole lines.
        offset: of the passage in its text; added to `start` and `end`.
    """
    words: list[str] = []
    start: list[int] = []
    lines: list[tuple[int, int]] = []
    line = 0
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word == "\n":
            if len(words) > line:
                lines.append((line, len(words)))
                line = len(words)
            continue
        if len(word) > 3 and not (word.islower() or word.isupper()) and word[1:] != word[1:].lower():
            position = match.start()
            for piece in _CAMEL.split(word):
                words.append(piece)
                start.append(position)
                position += len(piece)
        else:
            words.append(word)
            start.append(match.start())
    if len(words) > line:
        lines.append((line, len(words)))
    end = [position + len(word) for position, word in zip(start, words, strict=True)]
    glued = [index > 0 and end[index - 1] == position for index, position in enumerate(start)]
    return Tokens(
        words=tuple(words),
        start=tuple(position + offset for position in start),
        end=tuple(position + offset for position in end),
        case=_cases(words, lines),
        first=tuple(first for first, after in lines for _ in range(first, after)),
        last=tuple(after - 1 for first, after in lines for _ in range(first, after)),
        key=_keys(words, lines),
        glued=tuple(glued),
        place=_places(lines, glued),
    )


def _cases(words: Sequence[str], lines: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    alphabetic = [word for word in words if word[0].isalpha()]
    if sum(not word.islower() for word in alphabetic) <= LOWER_SHARE * len(alphabetic):
        return ("l",) * len(words)
    cases: list[str] = []
    for first, after in lines:
        line = [word for word in words[first:after] if word[0].isalpha() and len(word) > 1]
        upper = sum(len(word) for word in line if word.isupper())
        in_capitals = len(line) > 1 and upper > UPPER_SHARE * sum(map(len, line))
        cases.extend(("u" if in_capitals else "m") * (after - first))
    return tuple(cases)


def _places(lines: Sequence[tuple[int, int]], glued: Sequence[bool]) -> tuple[int, ...]:
    places: list[int] = []
    for first, after in lines:
        for index in range(first, after):
            left, last = min(index - first, 2), index == after - 1
            places.append(8 * left + 4 * last + 2 * glued[index] + (not last and glued[index + 1]))
    return tuple(places)


def _keys(words: Sequence[str], lines: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    keys: list[int] = []
    above = -1
    for first, after in lines:
        key = above
        word = -1
        for index in range(first, after):
            keys.append(key)
            if words[index] == ":":
                key = word if word >= 0 else key
            elif words[index][0].isalpha():
                word = index
        above = key if words[after - 1] == ":" else -1
    return tuple(keys)


SHORTEST, LONGEST = 16, 64
"""Tokens in a segment: from the shorter on it ends with its sentence or line, at the longer it ends anyhow."""


def segments(tokens: Tokens) -> list[tuple[int, int]]:
    """Stretches of tokens that are decoded apart: whole lines and sentences, none longer than `LONGEST`.

    What the taggers see of a token's neighbours reaches beyond its segment; only labels do not.
    """
    cut: list[tuple[int, int]] = []
    first = 0
    for index in range(len(tokens)):
        length = index + 1 - first
        ends = index == tokens.last[index] or (tokens.words[index] in ".?!" and not tokens.glued[index + 1])
        if length >= LONGEST or (length >= SHORTEST and ends):
            cut.append((first, index + 1))
            first = index + 1
    if first < len(tokens):
        cut.append((first, len(tokens)))
    return cut

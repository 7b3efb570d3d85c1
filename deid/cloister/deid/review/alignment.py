"""Where a cleaned note differs from the original.

Separate code from the detectors on purpose: what it calls removed is what is not in the dataset any more, whoever
removed it and why. Lines that are equal are matched first, then the words, numbers and signs of the lines between
them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cloister.deid.review.matching import Block, matching_blocks

_PIECE = re.compile(r"[^\W\d_]+|\d+|\s+|.", re.DOTALL)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Change:
    """A piece of the original that the cleaned note does not hold; offsets are code points, ends exclusive."""

    start: int
    end: int
    cleaned_start: int
    cleaned_end: int


@dataclass(frozen=True)
class Alignment:
    """What of a note was changed. `changes` are disjoint and in order."""

    original: str
    cleaned: str
    changes: tuple[Change, ...]

    def removed(self, start: int, end: int) -> bool:
        """Whether any letter or digit of a stretch of the original was changed."""
        return any(
            any(character.isalnum() for character in self.original[max(change.start, start) : min(change.end, end)])
            for change in self._overlapping(start, end)
        )

    def left(self, start: int, end: int) -> bool:
        """Whether any letter or digit of a stretch of the original stands unchanged in the cleaned note."""
        position = start
        for change in self._overlapping(start, end):
            if any(map(str.isalnum, self.original[position : max(position, change.start)])):
                return True
            position = max(position, change.end)
        return any(map(str.isalnum, self.original[position:end]))

    def replacement(self, start: int, end: int) -> tuple[int, int]:
        """Where the cleaned note has what stands for a stretch of the original."""
        return self._cleaned_offset(start, after=False), self._cleaned_offset(end, after=True)

    def stretches(self) -> list[tuple[int, int]]:
        """Changes, those joined that only blanks and signs of one line part; those without letters or digits left out.

        A name of two words that were both replaced is one stretch.
        """
        joined: list[tuple[int, int]] = []
        for change in self.changes:
            between = self.original[joined[-1][1] : change.start] if joined else "\n"
            if "\n" not in between and not any(map(str.isalnum, between)):
                joined[-1] = (joined[-1][0], change.end)
            else:
                joined.append((change.start, change.end))
        return [(start, end) for start, end in joined if any(map(str.isalnum, self.original[start:end]))]

    def _overlapping(self, start: int, end: int) -> Iterator[Change]:
        index = bisect_right(self.changes, start, key=lambda change: change.end)
        while index < len(self.changes) and self.changes[index].start < end:
            yield self.changes[index]
            index += 1

    def _cleaned_offset(self, offset: int, *, after: bool) -> int:
        index = bisect_right(self.changes, offset, key=lambda change: change.start) - 1
        if after and index >= 0 and self.changes[index].start == offset < self.changes[index].end:
            index -= 1
        if index < 0:
            return offset
        change = self.changes[index]
        if offset < change.end:
            return change.cleaned_end if after else change.cleaned_start
        if offset == change.start and not after:
            return change.cleaned_start
        return change.cleaned_end + offset - change.end


def align(original: str, cleaned: str) -> Alignment:
    """Match a note with its cleaned form."""
    changes: list[Change] = []
    for block in _differing(_LINE.findall(original), _LINE.findall(cleaned), 0, 0):
        first, second = original[block.start : block.end], cleaned[block.cleaned_start : block.cleaned_end]
        changes += _differing(_PIECE.findall(first), _PIECE.findall(second), block.start, block.cleaned_start)
    return Alignment(original, cleaned, tuple(changes))


def _differing(first: Sequence[str], second: Sequence[str], start: int, cleaned_start: int) -> Iterator[Change]:
    """The stretches in which two sequences of strings differ, as offsets into their joined texts."""
    left, right = _offsets(first, start), _offsets(second, cleaned_start)
    i, j = 0, 0
    for block in (*matching_blocks(first, second), Block(len(first), len(second), 0)):
        if (i, j) != (block.first, block.second):
            yield Change(left[i], left[block.first], right[j], right[block.second])
        i, j = block.first + block.size, block.second + block.size


def _offsets(pieces: Sequence[str], start: int) -> list[int]:
    offsets = [start]
    for piece in pieces:
        offsets.append(offsets[-1] + len(piece))
    return offsets

"""What two sequences have in common, in time that does not grow out of hand.

Python's difflib looks for the longest common run, then for those before and after it: good for what a person reads,
but cubic where pieces repeat. Long sequences are therefore cut first, at runs that stand in each of them once; what
has no such run, such as a list of one name, is cut into pieces of equal shares.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_MOST_STEPS = 4_000_000
"""A tenth of a second of difflib's."""
_RUNS = (16, 4, 1)
"""Lengths of the runs to cut at; the longer, the less likely by chance."""
_SHARE, _LARGEST_SHARE = 128, 2048
"""Strings in a share of the shorter sequence, and the most in one of the longer."""


class Block(NamedTuple):
    """A common run: where it begins in each sequence, and its length."""

    first: int
    second: int
    size: int


def matching_blocks(first: Sequence[str], second: Sequence[str]) -> Iterator[Block]:
    """Common runs of two sequences, in the order of both, none of them empty."""
    return _blocks(first, second, Block(0, 0, 0), _RUNS)


def _blocks(first: Sequence[str], second: Sequence[str], at: Block, runs: tuple[int, ...]) -> Iterator[Block]:
    if _steps(first, second) <= _MOST_STEPS:
        yield from _compared(first, second, at)
        return
    if not runs:
        count = max(-(-min(len(first), len(second)) // _SHARE), -(-max(len(first), len(second)) // _LARGEST_SHARE))
        for number in range(count):
            i, to_i = (len(first) * each // count for each in (number, number + 1))
            j, to_j = (len(second) * each // count for each in (number, number + 1))
            yield from _compared(first[i:to_i], second[j:to_j], _moved(at, i, j))
        return
    i, j = 0, 0
    for run in (*_runs_of_both(first, second, runs[0]), Block(len(first), len(second), 0)):
        if run.first < i or run.second < j:  # overlaps the one before
            continue
        yield from _blocks(first[i : run.first], second[j : run.second], _moved(at, i, j), runs[1:])
        if run.size:
            yield Block(at.first + run.first, at.second + run.second, run.size)
        i, j = run.first + run.size, run.second + run.size


def _moved(at: Block, i: int, j: int) -> Block:
    return Block(at.first + i, at.second + j, 0)


def _steps(first: Sequence[str], second: Sequence[str]) -> int:
    """At most as many as difflib takes: equal pairs, looked at once for every block."""
    times = Counter(second)
    return sum(times[piece] for piece in first) * min(len(first), len(second))


def _compared(first: Sequence[str], second: Sequence[str], at: Block) -> Iterator[Block]:
    for i, j, size in SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks():
        if size:
            yield Block(at.first + i, at.second + j, size)


def _runs_of_both(first: Sequence[str], second: Sequence[str], size: int) -> list[Block]:
    """Runs of this length that stand in each sequence exactly once, as many as come in the same order in both."""
    places = _places(second, size)
    common = [(i, places.get(run, -1)) for run, i in _places(first, size).items()]
    once = [(i, j) for i, j in common if i >= 0 and j >= 0 and first[i : i + size] == second[j : j + size]]
    return [Block(i, j, size) for i, j in _longest_rising(sorted(once))]


def _places(pieces: Sequence[str], size: int) -> dict[int, int]:
    """Hash of each run -> where it stands; -1 for one that stands there more than once."""
    places: dict[int, int] = {}
    for place in range(len(pieces) - size + 1):
        run = hash(tuple(pieces[place : place + size]))
        places[run] = -1 if run in places else place
    return places


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of pairs in the order of their first number, the most whose second numbers rise too (by patience sorting)."""
    lowest: list[int] = []
    lasts: list[int] = []
    before: list[int] = []
    for number, (_, second) in enumerate(pairs):
        pile = bisect_left(lowest, second)
        before.append(lasts[pile - 1] if pile else -1)
        lowest[pile : pile + 1] = [second]
        lasts[pile : pile + 1] = [number]
    found: list[tuple[int, int]] = []
    number = lasts[-1] if lasts else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]

"""A document as a row of pieces: what stands in the source, what a reader sees of it, and how to write it anew.

All sources together are the original, byte by byte; all that is shown together is the visible text. A piece is
- text as it stands (`write` is for what is put into it),
- text that is encoded (`offsets`: written anew as a whole when anything in it changes),
- kept (no `write`): markup, also where it shows a line break; it outlives the text around it,
- dropped: metadata that a reader does not see; it is never written back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import NamedTuple

from cloister.deid.quarantine import Reason
from cloister.deid.text.finding import Finding

Write = Callable[[str], str]
Offsets = Sequence[tuple[int, int]]


class UnreadableError(Exception):
    """A format is used in a way that is not understood: an identifier could hide in it. Never quotes the text."""

    def __init__(self, reason: Reason = "encoded-text") -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Edit(NamedTuple):
    """Visible code points `start` to `end`, end exclusive, become `text`."""

    start: int
    end: int
    text: str


def unchanged(text: str) -> str:
    """Writes and fits text that is not encoded."""
    return text


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a document.

    `offsets` give for every shown character where its source begins and ends within this piece; None where it is
    shown as it stands, or all of it stands for all that is shown. `fit` turns a replacement into one that the piece
    can hold.
    """

    source: str
    shown: str = ""
    write: Write | None = None
    offsets: Offsets | None = None
    fit: Write = unchanged
    dropped: bool = False

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where shown characters, at least one, stand in the source."""
        if self.offsets is not None:
            return self.offsets[start][0], self.offsets[end - 1][1]
        return (start, end) if self.source == self.shown else (0, len(self.source))

    def rewritten(self, edits: Sequence[Edit]) -> Piece:
        """With edits, whose places count from the start of the piece: disjoint, in order."""
        if self.write is None or not edits:
            return self
        literal = self.source == self.shown
        shown: list[str] = []
        source: list[str] = []
        position = 0
        for start, end, text in edits:
            shown += (self.shown[position:start], text)
            source += (self.shown[position:start], self.write(text) if literal and text else "")
            position = end
        new = "".join((*shown, self.shown[position:]))
        written = "".join((*source, self.shown[position:])) if literal else self.write(new) if new else ""
        return replace(self, source=written, shown=new, offsets=None)


def kept(source: str, shown: str = "") -> Piece:
    """Markup, and what it shows."""
    return Piece(source, shown)


def _concatenated(sources: Iterable[str]) -> str:
    return "".join(sources)


@dataclass(frozen=True)
class Document:
    """What is read, and how it comes about.

    `metadata` are identifiers in what is dropped, with places in the source. `join` puts sources together. `read`
    reads what was written, so that nothing is given out that does not read as it was meant.
    """

    pieces: tuple[Piece, ...]
    read: Callable[[str], Document]
    metadata: tuple[Finding, ...] = ()
    join: Callable[[Iterable[str]], str] = _concatenated
    source: str = field(init=False)
    text: str = field(init=False)
    _ends: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", "".join(piece.source for piece in self.pieces))
        object.__setattr__(self, "text", "".join(piece.shown for piece in self.pieces))
        object.__setattr__(self, "_ends", tuple(accumulate(len(piece.shown) for piece in self.pieces)))

    def located(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings in the visible text, disjoint and in order, as such in the source; with those in the metadata."""
        sources = list(accumulate((len(piece.source) for piece in self.pieces), initial=0))
        found, latest = [], 0
        for finding in findings:
            places = [
                (sources[number] + start, sources[number] + end)
                for number, first, last in self._touched(finding.start, finding.end)
                for start, end in [self.pieces[number].place(first, last)]
            ]
            start, end = max(places[0][0], latest), places[-1][1]
            # Neighbours in base64 share a character.
            if start < end:
                found.append(replace(finding, start=start, end=end))
                latest = end
        return sorted([*found, *self.metadata], key=lambda finding: finding.start)

    def replaced(self, edits: Sequence[Edit]) -> Document:
        """The document with visible text replaced and metadata dropped; itself if there is neither.

        Args:
            edits: disjoint, in order.

        Raises:
            UnreadableError: what came out does not read as it was meant.
        """
        if not edits and not any(piece.dropped for piece in self.pieces):
            return self
        of_pieces: dict[int, list[Edit]] = {}
        for edit in edits:
            touched = [part for part in self._touched(edit.start, edit.end) if self.pieces[part[0]].write is not None]
            for order, (number, first, last) in enumerate(touched):
                text = "" if order else self.pieces[number].fit(edit.text)
                of_pieces.setdefault(number, []).append(Edit(first, last, text))
        pieces = [
            piece.rewritten(of_pieces.get(number, ())) for number, piece in enumerate(self.pieces) if not piece.dropped
        ]
        again = self.read(self.join(piece.source for piece in pieces))
        if again.text != "".join(piece.shown for piece in pieces) or any(piece.dropped for piece in again.pieces):
            raise UnreadableError
        return again

    def _touched(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Pieces that show characters of this stretch: number, first and last shown character within the piece."""
        number = bisect_right(self._ends, start)
        while number < len(self.pieces) and start < end:
            begin = self._ends[number] - len(self.pieces[number].shown)
            stop = min(end, self._ends[number])
            if start < stop:
                yield number, start - begin, stop - begin
            start = max(start, stop)
            number += 1

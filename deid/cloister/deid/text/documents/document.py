"""A document as a row of pieces: what stands in the source, what a reader sees of it, and how to write it anew.

All sources together are the original, byte by byte; all that is shown together is the visible text: first what stands
in the flow of the text, then what stands aside from it. A piece is
- text as it stands (`write` is for what is put into it),
- text that is encoded (`offsets`: written anew as a whole when anything in it changes),
- kept (no `write`): markup, also where it shows a line break; it outlives the text around it,
- dropped (`becomes` nothing): metadata and whatever else is never written back, whether it is shown or not,
- a document in itself (`Nested`), such as HTML within mail.
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from cloister.deid.quarantine import Reason
from cloister.deid.text.finding import Finding

METADATA = "metadata"
"""Source of findings in what a document tells of itself."""

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
    can hold. `becomes` is what is written in its place, whatever happens to the text around it; None: its source.
    """

    source: str
    shown: str = ""
    write: Write | None = None
    offsets: Offsets | None = None
    fit: Write = unchanged
    aside: bool = False
    becomes: str | None = None

    @property
    def dropped(self) -> bool:
        """Whether nothing of it is written back."""
        return self.becomes == ""

    @property
    def stands(self) -> bool:
        """Whether it is written as it is."""
        return self.becomes is None

    @property
    def removed(self) -> int:
        """How many stretches in it are not written back."""
        return int(self.dropped and bool(self.source))

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where shown characters, at least one, stand in the source."""
        if self.offsets is not None:
            return self.offsets[start][0], self.offsets[end - 1][1]
        return (start, end) if self.source == self.shown else (0, len(self.source))

    def unwritten(self) -> Iterator[tuple[int, int]]:
        """The stretches that it shows and that are not written back."""
        if self.dropped and self.shown:
            yield 0, len(self.shown)

    def rewritten(self, edits: Sequence[Edit]) -> Piece:
        """With edits, whose places count from the start of the piece: disjoint, in order."""
        if self.dropped:
            return replace(self, source="", shown="")
        if self.write is None or not edits:
            return self if self.becomes is None else replace(self, source=self.becomes, becomes=None)
        literal = self.source == self.shown and self.becomes is None
        shown: list[str] = []
        source: list[str] = []
        position = 0
        for start, end, text in edits:
            shown += (self.shown[position:start], text)
            source += (self.shown[position:start], self.write(text) if literal and text else "")
            position = end
        new = "".join((*shown, self.shown[position:]))
        written = "".join((*source, self.shown[position:])) if literal else self.write(new) if new else ""
        return replace(self, source=written, shown=new, offsets=None, becomes=None)


@dataclass(frozen=True, slots=True)
class Nested:
    """A document within a document: what `around` is decoded to, and shows in its turn."""

    around: Piece
    inner: Document
    aside: bool = False
    dropped: bool = False

    @property
    def source(self) -> str:
        """As it stands in the document around it."""
        return self.around.source

    @property
    def shown(self) -> str:
        """What is read of it."""
        return self.inner.text

    @property
    def write(self) -> Write | None:
        """It can be written into."""
        return self.around.write

    @property
    def stands(self) -> bool:
        """Whether it is written as it is."""
        return self.inner.stands

    @property
    def removed(self) -> int:
        """How many stretches in it are not written back."""
        return self.inner.removed

    def fit(self, text: str) -> str:
        """A replacement as far as the encoding around it can hold it."""
        return self.around.fit(text)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where shown characters, at least one, stand in the source."""
        return self.around.place(*self.inner.place(start, end))

    def unwritten(self) -> Iterator[tuple[int, int]]:
        """The stretches that it shows and that are not written back."""
        return iter(self.inner.unwritten())

    def metadata(self) -> Iterator[Finding]:
        """Identifiers in what is dropped, with places in the source."""
        for finding in self.inner.metadata:
            start, end = self.around.place(finding.start, finding.end)
            yield replace(finding, start=start, end=end)

    def rewritten(self, edits: Sequence[Edit]) -> Nested:
        """With edits, whose places count from the start of what is shown: disjoint, in order."""
        inner = self.inner.replaced(edits)
        if inner is self.inner:
            return self
        everything = Edit(0, len(self.around.shown), inner.source)
        source = self.around.rewritten([everything]).source if self.around.shown else self.around.source
        return replace(self, around=replace(self.around, source=source, shown=inner.source, offsets=None), inner=inner)


def kept(source: str, shown: str = "") -> Piece:
    """Markup, and what it shows."""
    return Piece(source, shown)


def _concatenated(sources: Iterable[str]) -> str:
    return "".join(sources)


@dataclass(frozen=True)
class Document:
    """What is read, and how it comes about.

    `metadata` are identifiers in what is dropped and not shown, with places in the source. `join` puts sources
    together. `read` reads what was written, so that nothing is given out that does not read as it was meant, which
    `same` tells.
    """

    pieces: tuple[Piece | Nested, ...]
    read: Callable[[str], Document]
    metadata: tuple[Finding, ...] = ()
    join: Callable[[Iterable[str]], str] = _concatenated
    same: Callable[[str, str], bool] = operator.eq
    source: str = field(init=False)
    text: str = field(init=False)
    _order: tuple[int, ...] = field(init=False, repr=False)
    _ends: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        order = _order_of(self.pieces)
        object.__setattr__(self, "source", "".join(piece.source for piece in self.pieces))
        object.__setattr__(self, "text", "".join(self.pieces[number].shown for number in order))
        object.__setattr__(self, "_order", order)
        object.__setattr__(self, "_ends", tuple(accumulate(len(self.pieces[number].shown) for number in order)))

    @property
    def stands(self) -> bool:
        """Whether it is written as it is where nothing in it is replaced."""
        return all(piece.stands for piece in self.pieces)

    @property
    def removed(self) -> int:
        """How many stretches, such as comments, scripts and fields of metadata, are not written back."""
        pairs = zip((None, *self.pieces), self.pieces, strict=False)
        # Dropped pieces in a row are one stretch.
        return sum(
            piece.removed for before, piece in pairs if not (before is not None and before.dropped and piece.dropped)
        )

    def unwritten(self) -> list[tuple[int, int]]:
        """The stretches of the visible text that are not written back, in order, neighbours joined."""
        found: list[tuple[int, int]] = []
        for number, end in zip(self._order, self._ends, strict=True):
            start = end - len(self.pieces[number].shown)
            for first, last in self.pieces[number].unwritten():
                joined = found.pop()[0] if found and found[-1][1] == start + first else start + first
                found.append((joined, start + last))
        return found

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the visible text, at least a character, stands in the source: all that lies between."""
        places = self._places(start, end)
        return min(first for first, _ in places), max(last for _, last in places)

    def located(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings in the visible text, disjoint and in order, as such in the source; with those in the metadata."""
        found, latest = [], 0
        located = [replace(it, start=start, end=end) for it in findings for start, end in self._runs(it.start, it.end)]
        for finding in sorted([*located, *self._all_metadata()], key=lambda finding: (finding.start, finding.end)):
            # Neighbours in base64 share a character.
            start = max(finding.start, latest)
            if start < finding.end:
                found.append(replace(finding, start=start))
                latest = finding.end
        return found

    def replaced(self, edits: Sequence[Edit]) -> Document:
        """The document with visible text replaced and what is dropped left out; itself if there is neither.

        Args:
            edits: disjoint, in order.

        Raises:
            UnreadableError: what came out does not read as it was meant.
        """
        if not edits and self.stands:
            return self
        of_pieces: dict[int, list[Edit]] = {}
        for edit in edits:
            touched = [part for part in self._touched(edit.start, edit.end) if self._holds_text(part[0])]
            for order, (number, first, last) in enumerate(touched):
                text = "" if order else self.pieces[number].fit(edit.text)
                of_pieces.setdefault(number, []).append(Edit(first, last, text))
        pieces = [piece.rewritten(of_pieces.get(number, ())) for number, piece in enumerate(self.pieces)]
        again = self.read(self.join(piece.source for piece in pieces))
        meant = "".join(pieces[number].shown for number in _order_of(pieces))
        if not self.same(again.text, meant) or not again.stands:
            raise UnreadableError
        return again

    def _all_metadata(self) -> Iterator[Finding]:
        yield from self.metadata
        for number, piece in enumerate(self.pieces):
            if isinstance(piece, Nested):
                start = self._starts[number]
                yield from (replace(it, start=start + it.start, end=start + it.end) for it in piece.metadata())

    def _holds_text(self, number: int) -> bool:
        return self.pieces[number].write is not None and not self.pieces[number].dropped

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(accumulate((len(piece.source) for piece in self.pieces), initial=0))

    def _places(self, start: int, end: int) -> list[tuple[int, int]]:
        return [
            (self._starts[number] + left, self._starts[number] + right)
            for number, first, last in self._touched(start, end)
            for left, right in [self.pieces[number].place(first, last)]
        ]

    def _runs(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where a stretch stands in the source: one run, but for what goes on in what stands aside."""
        latest: tuple[int, int] | None = None
        aside = False
        for number, first, last in self._touched(start, end):
            left, right = self.pieces[number].place(first, last)
            left, right = self._starts[number] + left, self._starts[number] + right
            if latest is not None and not aside and not self.pieces[number].aside:
                latest = min(latest[0], left), right
                continue
            if latest is not None and aside and self.pieces[number].aside and left <= latest[1]:
                latest = latest[0], right
                continue
            if latest is not None:
                yield latest
            latest, aside = (left, right), self.pieces[number].aside
        if latest is not None:
            yield latest

    def _touched(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Pieces that show characters of this stretch: number, first and last shown character within the piece."""
        place = bisect_right(self._ends, start)
        while place < len(self._order) and start < end:
            number = self._order[place]
            begin = self._ends[place] - len(self.pieces[number].shown)
            stop = min(end, self._ends[place])
            if start < stop:
                yield number, start - begin, stop - begin
            start = max(start, stop)
            place += 1


def _order_of(pieces: Sequence[Piece | Nested]) -> tuple[int, ...]:
    """In which they are shown."""
    return tuple(sorted(range(len(pieces)), key=lambda number: pieces[number].aside))

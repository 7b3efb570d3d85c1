"""Brat standoff files: `note.txt` and `note.ann` side by side.

Of the annotations only text-bound ones (`T1<TAB>LABEL 10 20<TAB>text`) count; relations, events, attributes and
comments are passed over. A discontinuous one (`10 20;25 30`) becomes several spans. The text that an annotation quotes
must be what stands at its offsets: an offset error would spoil every figure without anybody noticing.

Format: https://brat.nlplab.org/standoff.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Span
from cloister.deid.evaluation.readers.source_text import check_place, quoted_briefly, read_source
from cloister.study.errors import DataError

_MOST_BLANKS = 10_000
"""Characters by which an annotation may be longer than its quotation: blanks and line ends are quoted as one blank."""
_PLACE = r"\d{1,12} \d{1,12}"
_TEXT_BOUND = re.compile(rf"T\d+\t(?P<label>[^\s]+) (?P<places>{_PLACE}(?:;{_PLACE})*)\t(?P<quoted>.*)")


def read_brat(folder: Path) -> Iterator[AnnotatedNote]:
    """Every note of a folder with an `.ann` file, in the order of the names; the id is the file name's stem.

    Raises:
        MissingFileError: an `.ann` file has no `.txt` file beside it.
        DataError: an annotation that cannot be read, lies outside the text or quotes another text.
    """
    for standoff in sorted(folder.glob("*.ann")):
        text = read_source(standoff.with_suffix(".txt"))
        lines = read_source(standoff).replace("\r\n", "\n").split("\n")
        spans = [
            span
            for number, line in enumerate(lines, 1)
            if line.startswith("T")
            for span in _spans(f"{standoff}:{number}", line, text)
        ]
        yield AnnotatedNote(standoff.stem, text, tuple(sorted(spans)))


def _spans(where: str, line: str, text: str) -> Iterator[Span]:
    match = _TEXT_BOUND.fullmatch(line)
    if match is None:
        raise DataError(
            f"{where}: no text-bound annotation: {quoted_briefly(line)}.", "Expected: T1<TAB>LABEL 10 20<TAB>text."
        )
    places = [tuple(map(int, place.split())) for place in match["places"].split(";")]
    for start, end in places:
        check_place(where, start, end, text)
    quoted = match["quoted"]
    # Pieces that cover far more than is quoted are not put together: a short line can name the whole text many times.
    longest = len(quoted) + _MOST_BLANKS
    fits = sum(end - start for start, end in places) <= longest
    there = " ".join(text[start:end] for start, end in places) if fits else text[slice(*places[0])][:longest]
    if not fits or there.split() != quoted.split():  # brat writes a line end within an annotation as a space
        raise DataError(
            f"{where}: the annotation quotes {quoted_briefly(quoted)}, the text has {quoted_briefly(there)} there.",
            "Offsets count Unicode code points of the .txt file as it is.",
        )
    for start, end in places:
        yield Span(start, end, match["label"])

"""The JSON of presidio-research: a list of `{"full_text", "spans": [{"entity_type", "start_position",
"end_position", "entity_value"}], "template_id"}`.

Format: https://github.com/microsoft/presidio-research
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Span
from cloister.deid.evaluation.readers.source_text import check_place, read_source
from cloister.study.errors import DataError
from cloister.study.untrusted_json import parse_json


def read_presidio_research(path: Path) -> Iterator[AnnotatedNote]:
    """Every sentence; its id is its place in the list, from 0.

    Raises:
        MissingFileError: there is no such file.
        DataError: not such a list, or a span that lies outside its text or quotes another text.
    """
    try:
        samples = parse_json(read_source(path))
    except ValueError as problem:
        raise DataError(f"{path}: no JSON: {problem}.", "Write the file again.") from None
    if not isinstance(samples, list):
        raise DataError(f"{path}: no list of samples.", 'Expected: [{"full_text": …, "spans": […]}, …].')
    for index, sample in enumerate(samples):
        yield _note(f"{path}: sample {index}", str(index), sample)


def _note(where: str, note_id: str, sample: Any) -> AnnotatedNote:
    try:
        text = _text(sample, "full_text")
        spans = [_span(where, text, span) for span in sample["spans"]]
    except (KeyError, TypeError) as problem:
        raise DataError(f"{where}: {problem} is missing or of another type.", "Write the file again.") from None
    return AnnotatedNote(note_id, text, tuple(sorted(spans)))


def _span(where: str, text: str, span: dict[str, Any]) -> Span:
    start, end = span["start_position"], span["end_position"]
    check_place(where, start, end, text)
    if text[start:end] != span["entity_value"]:
        raise DataError(
            f"{where}: the span quotes {span['entity_value']!r}, the text has {text[start:end]!r} there.",
            "Offsets are Unicode code points into full_text.",
        )
    return Span(start, end, _text(span, "entity_type"))


def _text(values: dict[str, Any], name: str) -> str:
    value = values[name]
    if not isinstance(value, str):
        raise TypeError(f"'{name}'")
    return value

"""A notes file and, in another file, where its identifiers are.

    spans.jsonl   {"id": "n1", "spans": [{"start": 3, "end": 9, "label": "NAME"}], "group": "slavic"}
    spans.csv     id,start,end,label        (a header line; `group` may follow)

The `.jsonl` format is the one that `cloister deid detect` writes. There every note needs its line, with an empty list
where there is nothing to find; in a `.csv` file a note without a row has no identifiers.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Span
from cloister.deid.evaluation.corpus_labels import label_of_corpus
from cloister.deid.evaluation.readers.source_text import check_place, is_offset, quoted_briefly, read_source
from cloister.study.errors import DataError, InputError
from cloister.study.untrusted_json import parse_json

_JSONL_EXAMPLE = 'Expected: {"id": "n1", "spans": [{"start": 3, "end": 9, "label": "NAME"}]}.'
_CSV_COLUMNS = ("id", "start", "end", "label")


@dataclass(frozen=True)
class LocatedSpans:
    """What a spans file says of one note, and where in the file it stands."""

    where: str
    spans: tuple[Span, ...]
    group: str = ""


def read_spans(path: Path) -> dict[str, LocatedSpans]:
    """The spans of every note by its id, from a `.jsonl` or `.csv` file.

    Raises:
        MissingFileError: there is no such file.
        InputError: the file's name ends otherwise.
        DataError: a line that cannot be used.
    """
    match path.suffix:
        case ".jsonl":
            return _read_jsonl(path)
        case ".csv":
            return _read_csv(path)
    raise InputError(f"{path}: spans are read from .jsonl and .csv files.", _JSONL_EXAMPLE)


def read_texts(path: Path) -> Iterator[AnnotatedNote]:
    """The notes of a `.jsonl` file, without annotation: keys `id`, `text`, and optionally `language`.

    Raises:
        MissingFileError: there is no such file.
        DataError: a line that is no note, or an id twice. A figure on some of the notes would mislead, so none is
            passed over.
    """
    seen: dict[str, int] = {}
    for number, values in _objects(path):
        where = f"{path}:{number}"
        note_id, text, language = _id(where, values), values.get("text"), values.get("language")
        if not isinstance(text, str):
            raise DataError(f"{where}: `text` is no string: {text!r}.", 'Expected: {"id": "n1", "text": "…"}.')
        if not isinstance(language, str | None):
            raise DataError(f"{where}: `language` is no string: {language!r}.", 'Expected such as "en".')
        if note_id in seen:
            raise DataError(
                f"{where}: id {note_id!r} stands in line {seen[note_id]} too.", "Give each note its own id."
            )
        seen[note_id] = number
        yield AnnotatedNote(note_id, text, (), language=language)


def read_notes_with_gold(notes: Path, gold: Path) -> list[AnnotatedNote]:
    """Notes with their gold spans.

    Raises:
        MissingFileError: one of the files is missing.
        InputError: the gold file's name does not end in `.jsonl` or `.csv`.
        DataError: a line that cannot be used, a span outside its note, or notes and gold that do not match.
    """
    truth = read_spans(gold)
    texts = list(read_texts(notes))
    _check_ids(truth, {note.id for note in texts}, notes)
    return [_joined(note, truth, gold) for note in texts]


def saved_findings(
    path: Path, notes: Iterable[AnnotatedNote], notes_path: Path
) -> Callable[[AnnotatedNote], tuple[Span, ...]]:
    """What a detector has found and somebody has saved, as a function of the note; labels are translated to ours.

    Args:
        path: a spans file, as `cloister deid detect` writes it.
        notes: the notes it belongs to. One without a line counts as one in which nothing was found.
        notes_path: named in errors.

    Raises:
        MissingFileError, InputError, DataError: as `read_spans`; also for spans that do not belong to these notes.
    """
    found = read_spans(path)
    texts = {note.id: note.text for note in notes}
    _check_ids(found, set(texts), notes_path)
    for note_id, located in found.items():
        _check_spans(located, texts[note_id])
    nothing = LocatedSpans(str(path), ())
    return lambda note: tuple(
        Span(span.start, span.end, label_of_corpus(span.label)) for span in found.get(note.id, nothing).spans
    )


def _check_ids(spans: Mapping[str, LocatedSpans], ids: set[str], notes: Path) -> None:
    for note_id, located in spans.items():
        if note_id not in ids:
            raise DataError(f"{located.where}: no note {note_id!r} in {notes}.", "Do the two files belong together?")


def _check_spans(located: LocatedSpans, text: str) -> None:
    for span in located.spans:
        check_place(located.where, span.start, span.end, text)


def _joined(note: AnnotatedNote, truth: Mapping[str, LocatedSpans], gold: Path) -> AnnotatedNote:
    located = truth.get(note.id)
    if located is None and gold.suffix == ".jsonl":
        raise DataError(
            f"{gold}: has no line for note {note.id!r}.",
            f'Write {{"id": {json.dumps(note.id)}, "spans": []}} if there is nothing to find in it.',
        )
    if located is None:
        return note
    _check_spans(located, note.text)
    return AnnotatedNote(note.id, note.text, located.spans, located.group, note.language)


def _read_jsonl(path: Path) -> dict[str, LocatedSpans]:
    found: dict[str, LocatedSpans] = {}
    for number, values in _objects(path):
        where = f"{path}:{number}"
        note_id, spans = _id(where, values), values.get("spans")
        if note_id in found:
            raise DataError(f"{where}: id {note_id!r} stands twice; first at {found[note_id].where}.", "Remove one.")
        if not isinstance(spans, list):
            raise DataError(f"{where}: `spans` is no list: {spans!r}.", _JSONL_EXAMPLE)
        read = tuple(sorted(_span(where, span) for span in spans))
        found[note_id] = LocatedSpans(where, read, str(values.get("group") or ""))
    return found


def _read_csv(path: Path) -> dict[str, LocatedSpans]:
    wheres: dict[str, str] = {}
    groups: dict[str, str] = {}
    spans: dict[str, list[Span]] = {}
    for where, row in _csv_rows(path):
        note_id = row["id"] or ""
        values = {"start": _whole(row["start"]), "end": _whole(row["end"]), "label": row["label"]}
        spans.setdefault(note_id, []).append(_span(where, values))
        wheres[note_id], groups[note_id] = where, row.get("group") or groups.get(note_id, "")
    return {each: LocatedSpans(wheres[each], tuple(sorted(of_note)), groups[each]) for each, of_note in spans.items()}


def _csv_rows(path: Path) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Where each row stands, and what it holds."""
    rows = csv.DictReader(StringIO(read_source(path), newline=""))
    try:
        missing = [column for column in _CSV_COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise DataError(f"{path}:1: no column `{missing[0]}`.", f"Expected a header: {','.join(_CSV_COLUMNS)}.")
        for row in rows:
            yield f"{path}:{rows.line_num}", row
    except csv.Error as problem:
        raise DataError(f"{path}:{rows.reader.line_num}: no CSV: {problem}.", "Write the file again.") from None


def _whole(value: str | None) -> int | str | None:
    text = value.strip() if value is not None else ""  # also of what `int` does not take for blanks
    return int(text) if is_offset(text) else value


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(read_source(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            values = parse_json(line)
        except ValueError as problem:
            raise DataError(f"{path}:{number}: no JSON: {problem}.", "Write one JSON object a line.") from None
        if not isinstance(values, dict):
            raise DataError(f"{path}:{number}: no JSON object: {line.strip()[:60]!r}.", "Write one JSON object a line.")
        yield number, values


def _id(where: str, values: Mapping[str, Any]) -> str:
    value = values.get("id")
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise DataError(f"{where}: `id` is no text: {value!r}.", "Give each note an id.")


def _span(where: str, values: Any) -> Span:
    if not isinstance(values, dict):
        raise DataError(f"{where}: no span: {values!r}.", _JSONL_EXAMPLE)
    start, end, label = values.get("start"), values.get("end"), values.get("label")
    for name, value in (("start", start), ("end", end)):
        if not isinstance(value, int) or isinstance(value, bool):
            raise DataError(f"{where}: `{name}` is no whole number: {quoted_briefly(value)}.", _JSONL_EXAMPLE)
    if not isinstance(label, str) or not label:
        raise DataError(f"{where}: `label` is no text: {label!r}.", _JSONL_EXAMPLE)
    return Span(values["start"], values["end"], label)

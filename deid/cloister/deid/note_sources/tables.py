"""Notes in a table: CSV, a row a note, or Parquet.

Columns that are not named are not read. Several text columns become one text, each with its heading: so the names in a
column of signatures or of free comments are looked for, too, with the heading to tell them by.
"""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from cloister.deid.note_sources.item import Item, Refused, SourceNote
from cloister.deid.note_sources.parquet_rows import LONGEST_CELL, is_readable, is_text, is_uuid, read_rows, schema_of
from cloister.study.errors import DataError
from cloister.study.utf8 import has_utf8

if TYPE_CHECKING:
    import pyarrow as pa

_LOG = logging.getLogger(__name__)
_FLOAT = re.compile(r"\s*\d+\.0\s*")
"""How programs write a column of whole numbers of which some are missing."""


@dataclass(frozen=True)
class Columns:
    """Which columns hold what. Those with their usual names need not be there, a column of texts excepted.

    Without a column of ids, a row's id is made of the file's name and its number.
    """

    texts: tuple[str, ...] = ("text",)
    id: str = "id"
    patient_id: str = "patient_id"
    issuer: str = "issuer"
    date: str = "date"
    type: str = "type"
    language: str = "language"
    label: str = "label"


_KEYS = tuple(field.name for field in fields(Columns) if field.name != "texts")
_USUAL = Columns()
_NUMBERS = ("id", "patient_id", "issuer")


def read_csv(path: Path, columns: Columns) -> Iterator[Item]:
    """The rows of a CSV file with a head, UTF-8; commas, semicolons, tabs or bars between the cells.

    Raises:
        DataError: it has no head, not the columns asked for, floats as record numbers, or is not UTF-8 in the head.
    """
    # Not with errors="strict": one bad letter must not cost all other rows.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        limit = csv.field_size_limit(LONGEST_CELL)
        try:
            yield from _csv_rows(path, csv.reader(file, delimiter=_delimiter(path), strict=True), columns)
        finally:
            csv.field_size_limit(limit)


def read_parquet(path: Path, columns: Columns) -> Iterator[Item]:
    """The rows of a Parquet file. A column that is there by chance, see `_by_chance`, is read only if it can be.

    Raises:
        DataError: it is not one, has not the columns asked for, or holds record numbers as something else than texts
            and whole numbers, or anything that `parquet_rows` refuses.
    """
    schema = schema_of(path)
    head = _checked(path, schema.names, columns)
    kinds = {name: schema.field(name).type for name in head.values()}
    left_out = {key: name for key, name in head.items() if _by_chance(key, name) and not is_readable(kinds[name])}
    for name in left_out.values():
        _LOG.warning("%s: column %r is not read: it holds %s values.", path, name, kinds[name])
    head = {key: name for key, name in head.items() if key not in left_out}
    for column in (head[key] for key in _NUMBERS if key in head):
        _check_kind(path, column, kinds[column])
    for number, row in enumerate(read_rows(path, schema, list(dict.fromkeys(head.values()))), 1):
        yield Refused(path, number, row) if isinstance(row, str) else _item(path, number, row, head, columns)


def _by_chance(key: str, name: str) -> bool:
    """Whether a column is taken for what its name says though nobody asked for it, and notes can do without it."""
    return key in _KEYS and key not in _NUMBERS and name == getattr(_USUAL, key)


def _check_kind(path: Path, column: str, kind: pa.DataType) -> None:
    """Refuse what has no one spelling: as a float, 482913 reads 482913.0, whose digits are another patient's."""
    import pyarrow as pa

    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not any((is_text(kind), is_uuid(kind), pa.types.is_integer(held), pa.types.is_null(held))):
        raise _not_numbers(path, column, str(kind))


def _not_numbers(path: Path, column: str, kind: str) -> DataError:
    return DataError(
        f"{path}: column {column!r} holds {kind} values, which are no record numbers.",
        "Write it as text or as whole numbers (pandas: astype('Int64'), or read it with dtype=str).",
    )


def _delimiter(path: Path) -> str:
    with path.open("rb") as file:
        head = file.readline(65536)
    counted = {sign: head.count(sign.encode()) for sign in (",", ";", "\t", "|")}
    return max(counted, key=lambda sign: counted[sign])


def _csv_rows(path: Path, rows: Iterator[list[str]], columns: Columns) -> Iterator[Item]:
    try:
        names = next(rows, None)
    except csv.Error:
        names = None
    if not names:
        raise DataError(f"{path}: the first line is not the head of a table.", "Name the columns in the first line.")
    head = _checked(path, names, columns)
    number, broken = 0, False
    while True:
        number += 1
        try:
            cells = next(rows, None)
        except csv.Error as problem:
            too_large = "field limit" in str(problem)  # else a quote that is not closed, or not where the cell ends
            yield Refused(path, number, "too-large" if too_large else "not-a-table")
            broken = True  # where the next row begins cannot be told: what looks like one may be a line of a text
            continue
        if cells is None:
            return
        if broken or len(cells) != len(names):
            if cells:
                yield Refused(path, number, "not-a-table")
        elif not has_utf8("".join(cells)):
            yield Refused(path, number, "not-utf-8")
        else:
            row = dict(zip(names, cells, strict=True))
            if "patient_id" in head and _FLOAT.fullmatch(row[head["patient_id"]]):
                raise _not_numbers(path, head["patient_id"], "float")
            yield _item(path, number, row, head, columns)


def _checked(path: Path, names: list[str], columns: Columns) -> Mapping[str, str]:
    """Key -> column, of those that the table has; texts under their own names."""
    wanted = {key: getattr(columns, key) for key in _KEYS}
    asked = [*columns.texts, *(name for key, name in wanted.items() if name != getattr(_USUAL, key))]
    missing = [name for name in asked if name not in names]
    if missing:
        raise DataError(
            f"{path}: no column {missing[0]!r}.", f"Name columns that it has: {', '.join(map(repr, names))}."
        )
    if len(set(names)) < len(names):
        raise DataError(f"{path}: two columns have the same name.", "Rename one of them.")
    found = {key: name for key, name in wanted.items() if name in names}
    return {**found, **{f"text {name}": name for name in columns.texts}}


def _item(path: Path, number: int, row: Mapping[str, str], head: Mapping[str, str], columns: Columns) -> Item:
    values = {key: row[head[key]] for key in _KEYS if key in head and row[head[key]].strip()}
    values.setdefault("id", f"{path.stem}-{number}")
    texts = {name: row[name] for name in columns.texts if row[name].strip()}
    if not texts:
        return Refused(path, number, "missing-text")
    one = len(columns.texts) == 1
    return SourceNote({**values, "text": "\n".join(text if one else f"{name}: {text}" for name, text in texts.items())})

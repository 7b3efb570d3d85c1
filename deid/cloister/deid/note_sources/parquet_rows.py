"""The rows of a Parquet file, in memory that does not depend on how much larger they are than the file.

What repeats is stored once in it, however long: a small file can hold a million rows of a megabyte each. So many rows
are read at once as have room if each repeats the longest text; and rows may come to a thousand times their file, which
is more than compression makes of any notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cloister.deid.note_sources.item import Reason
from cloister.study.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

LONGEST_CELL: Final = 16 * 1024 * 1024
_ROWS_AT_ONCE, _BYTES_AT_ONCE = 1024, 2**26
_BUFFER = 2**20
_MOST_TIMES, _FREE = 1000, 2**28
"""How many times the size of the file what is in it may take, and how many bytes in any case."""
_BYTES_OF_A_ROW = 1000
"""Besides its texts."""


def schema_of(path: Path) -> pa.Schema:
    """Names and types of the columns.

    Raises:
        DataError: it is no Parquet file.
    """
    with _open(path) as file:
        schema = file.schema_arrow
        schema.names  # noqa: B018 (names that are not UTF-8 are an error here, not later)
        return schema


def read_rows(path: Path, schema: pa.Schema, names: Sequence[str]) -> Iterator[dict[str, str] | Reason]:
    """Each row as the texts of some columns, empty where it has none; or why it cannot be read.

    Args:
        path: the file.
        schema: of the file.
        names: of the columns to read.

    Raises:
        DataError: it cannot be read, holds a thousand times its own size, or has in one of the columns what is neither
            text nor number, date or time.
    """
    for name in names:
        _check_type(path, name, schema.field(name).type)
    size, total = path.stat().st_size, 0
    with _open(path) as file:
        _check_sizes(path, file.metadata)
        for group in range(file.num_row_groups):
            at_once = min(_ROWS_AT_ONCE, max(1, _BYTES_AT_ONCE // _longest_repeated(path, schema, names, group)))
            for batch in file.iter_batches(at_once, row_groups=[group], columns=list(names)):
                found = batch.schema.names
                columns = [_cells(path, name, column) for name, column in zip(found, batch.columns, strict=True)]
                for row in zip(*columns, strict=True):
                    refused = [cell.reason for cell in row if isinstance(cell, _Unusable)]
                    cells = {name: cell for name, cell in zip(found, row, strict=True) if isinstance(cell, str)}
                    total += _BYTES_OF_A_ROW + sum(map(len, row))
                    if total > max(_FREE, _MOST_TIMES * size):
                        raise _too_much(path)
                    yield refused[0] if refused else cells


@dataclass(frozen=True)
class _Unusable:
    """In place of a cell that cannot be read: why, and how long it is if that is why."""

    reason: Reason
    length: int = 0

    def __len__(self) -> int:
        return self.length


@contextmanager
def _open(path: Path, dictionaries: Sequence[str] = ()) -> Iterator[pq.ParquetFile]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # Opened here: pyarrow takes no path that is not UTF-8.
        with path.open("rb") as raw, pq.ParquetFile(raw, read_dictionary=dictionaries, buffer_size=_BUFFER) as file:
            yield file
    except (pa.ArrowException, OSError, UnicodeDecodeError) as problem:
        raise DataError(f"{path}: not a Parquet file that can be read.", "Write the file again.") from problem


def is_readable(kind: pa.DataType) -> bool:
    """Whether values of a type can be written as texts in one way only: texts, numbers, dates, times, UUIDs."""
    import pyarrow as pa

    types = pa.types
    held = kind.value_type if types.is_dictionary(kind) else kind
    plain = (types.is_boolean, types.is_integer, types.is_floating, types.is_decimal, types.is_temporal, types.is_null)
    return is_text(held) or any(fits(held) for fits in plain) or is_uuid(kind)


def is_uuid(kind: pa.DataType) -> bool:
    """Whether a type is Arrow's own for UUIDs."""
    import pyarrow as pa

    return isinstance(kind, pa.BaseExtensionType) and kind.extension_name == "arrow.uuid"


def is_text(kind: pa.DataType) -> bool:
    """Whether a type is one of those that Arrow has for texts, also where each text is kept once."""
    import pyarrow as pa

    types = pa.types
    held = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_string(held) or types.is_large_string(held) or types.is_string_view(held))


def _check_type(path: Path, name: str, kind: pa.DataType) -> None:
    if not is_readable(kind):
        raise DataError(
            f"{path}: column {name!r} holds {kind} values, which are neither texts nor numbers nor dates.",
            "Write it as text.",
        )


def _check_sizes(path: Path, metadata: Any) -> None:
    """By what the file says of itself, before any of it is decompressed.

    By groups of rows: to ask for one column's size ends the process, with no exception, where a damaged file says of it
    what does not fit the schema (pyarrow 26).
    """
    most = max(_FREE, _MOST_TIMES * path.stat().st_size)
    if any(metadata.row_group(group).total_byte_size > most for group in range(metadata.num_row_groups)):
        raise _too_much(path)


def _too_much(path: Path) -> DataError:
    return DataError(
        f"{path}: holds more than {_MOST_TIMES:,} times its own size.",
        "Is it the right file? Leave out rows that repeat, or write it as CSV.",
    )


def _longest_repeated(path: Path, schema: pa.Schema, names: Sequence[str], group: int) -> int:
    """Bytes of the longest text, at least one, in the dictionaries of a group of rows: each row may repeat it.

    A dictionary stands before the rows, and comes whole with the first of them.
    """
    texts = [name for name in names if is_text(schema.field(name).type)]
    if not texts:
        return 1
    with _open(path, texts) as file:
        first = next(file.iter_batches(1, row_groups=[group], columns=texts), None)
        columns = first.columns if first is not None else []
        return max((1, *(_longest(column.dictionary) for column in columns)))


def _cells(path: Path, name: str, column: pa.Array) -> list[str | _Unusable]:
    import pyarrow as pa

    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    if is_text(column.type) and _longest(column) > LONGEST_CELL:
        return [_text(value) for value in column]
    try:
        return ["" if value is None else str(value) for value in column.to_pylist()]
    except UnicodeDecodeError:
        return [_text(value) for value in column]
    except OverflowError:
        return [_value(value) for value in column]
    except (LookupError, ValueError):  # a time zone that there is not, for instance
        raise DataError(
            f"{path}: column {name!r} holds {column.type} values that cannot be read.", "Write it as text."
        ) from None


def _longest(texts: pa.Array) -> int:
    """Bytes of the longest of them, 0 if there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string_view(texts.type):
        texts = texts.cast(pa.large_string())  # views have no such function
    longest: int = pc.max(pc.binary_length(texts)).as_py() or 0
    return longest


def _text(value: pa.Scalar) -> str | _Unusable:
    content = value.as_buffer() if value.is_valid else b""
    if len(content) > LONGEST_CELL:
        return _Unusable("too-large", len(content))
    try:
        return str(memoryview(content), "utf-8")
    except UnicodeDecodeError:
        return _Unusable("not-utf-8")


def _value(value: pa.Scalar) -> str | _Unusable:
    try:
        return str(value.as_py()) if value.is_valid else ""
    except (LookupError, OverflowError, ValueError):  # a date that no calendar of Python's has
        return _Unusable("not-a-table")

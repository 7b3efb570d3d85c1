"""Reading a published CSV file, with every fault named by file, line, value and remedy."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cloister.study.errors import DataError, MissingFileError


@dataclass(frozen=True)
class CsvRow:
    """One record of a CSV file and where it ends."""

    path: Path
    line: int
    values: dict[str, str]

    def number(self, column: str) -> float:
        """The finite number in a column.

        Raises:
            DataError: the value is not one.
        """
        try:
            value = float(self.values[column])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.fault(column, "a number")
        return value

    def fault(self, column: str, expected: str) -> DataError:
        """The error that says that a column does not hold what it should."""
        return DataError(
            f"{self.path}, line {self.line}: {column} = {self.values[column][:60]!r} is not {expected}.",
            "Restore the file as it was published.",
        )


def read_csv_rows(path: Path, columns: Sequence[str], *, header: bool) -> list[CsvRow]:
    """Read a CSV file, a byte order mark or not, quoted line breaks or not.

    Args:
        path: the file.
        columns: the columns that must be there; without a header, exactly these in this order.
        header: whether the first line names the columns.

    Raises:
        MissingFileError: there is no such file.
        DataError: it is not UTF-8, has no rows, lacks a column, or a row has too many or too few fields.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(path, csv.reader(file, strict=True), columns, header))
    except FileNotFoundError:
        raise MissingFileError(path, "data file", "Point --data at the folder that holds it.") from None
    except (UnicodeDecodeError, csv.Error) as problem:
        raise DataError(
            f"{path}: not a CSV file in UTF-8 ({problem}).", "Restore the file as it was published."
        ) from None


def _rows(path: Path, reader: Iterator[list[str]], columns: Sequence[str], header: bool) -> Iterator[CsvRow]:
    names = next(reader, []) if header else list(columns)
    missing = set(columns) - set(names)
    if missing:
        raise DataError(f"{path}: no column {min(missing)!r}.", "Restore the file as it was published.")
    found = 0
    for fields in reader:
        if not fields:
            continue
        found += 1
        line: int = reader.line_num  # type: ignore[attr-defined]
        if len(fields) != len(names):
            raise DataError(
                f"{path}, line {line}: {len(fields)} fields instead of {len(names)}.",
                "Restore the file as it was published.",
            )
        yield CsvRow(path, line, dict(zip(names, fields, strict=True)))
    if not found:
        raise DataError(f"{path}: no rows.", "Restore the file as it was published.")

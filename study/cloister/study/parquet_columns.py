"""Columns of a Parquet file, read a part at a time: its footer may promise rows by the billion that are not there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from cloister.study.errors import DataError

_ROWS_AT_ONCE: Final = 2**16


def read_columns(path: Path, columns: Sequence[str]) -> dict[str, list[Any]]:
    """The values of some columns, each as a list.

    Raises:
        DataError: it cannot be read, has not all of these columns, or has another number of rows than it says.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    values: dict[str, list[Any]] = {column: [] for column in columns}
    rows = 0
    try:
        # Opened here: pyarrow takes no path that is not UTF-8.
        with path.open("rb") as raw, pq.ParquetFile(raw) as file:
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=list(columns)):
                rows += batch.num_rows
                if rows > file.metadata.num_rows:
                    break
                for column in columns:
                    values[column] += batch.column(column).to_pylist()
            if rows != file.metadata.num_rows:
                raise ValueError
    # Also of days after the year 9999, zones that are none, and names of columns that are taken for a path.
    except (OSError, ValueError, OverflowError, LookupError, pa.ArrowException) as problem:
        raise DataError(
            f"{path}: not a readable Parquet table ({type(problem).__name__}).", "Make the dataset again."
        ) from None
    return values

"""Reading the Parquet tables of dataset folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cloister.study.dataset import Kind, check_columns, read_manifest
from cloister.study.errors import DataError
from cloister.study.parquet_columns import read_columns

Rows = dict[str, list[Any]]


def read_rows(datasets: Sequence[Path], kind: Kind, columns: Sequence[str]) -> tuple[Rows, list[Path]]:
    """Read columns of all tables of one kind, and the `site` column where there is one.

    Args:
        datasets: dataset folders; those without a table of this kind are passed over.
        kind: the kind of table.
        columns: columns that must be there.

    Returns:
        The columns as lists, and for each row the folder it came from.

    Raises:
        DataError: no folder has such a table, a column is missing, or a table cannot be read.
    """
    rows: Rows = {column: [] for column in (*columns, "site")}
    folders: list[Path] = []
    for folder in datasets:
        for table in read_manifest(folder).tables:
            if table.kind != kind:
                continue
            check_columns(folder, table, columns)
            wanted = [*columns, "site"] if "site" in table.columns else list(columns)
            content = read_columns(folder / table.file, wanted)
            for column in wanted:
                rows[column] += content[column]
            folders += [folder] * (len(content[columns[0]]))
    if not folders:
        names = ", ".join(str(folder) for folder in datasets) or "none"
        raise DataError(f"No {kind} in the datasets given ({names}).", f"The study needs a dataset with {kind}.")
    return rows, folders


def class_indices(labels: Sequence[object], classes: Sequence[str], column: str) -> list[int]:
    """Labels as positions in `classes`.

    Raises:
        DataError: a label is not one of them.
    """
    position = {name: index for index, name in enumerate(classes)}
    indices = []
    for row, label in enumerate(labels):
        if str(label) not in position:
            raise DataError(
                f"Row {row + 1}: {column} = {label!r} is not one of the study's classes ({', '.join(classes)}).",
                "Correct data.classes in the study, or the dataset's labels.",
            )
        indices.append(position[str(label)])
    return indices

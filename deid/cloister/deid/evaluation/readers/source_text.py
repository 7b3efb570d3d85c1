"""Reading a corpus's files, with errors that name them."""

from __future__ import annotations

from pathlib import Path

from cloister.study.errors import DataError, MissingFileError


def read_source(path: Path) -> str:
    r"""The text of a file, with line ends as they are: offsets count `\r\n` as two characters.

    Raises:
        MissingFileError: there is no such file.
        DataError: it is not UTF-8, or a folder.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise MissingFileError(path) from None
    except IsADirectoryError:
        raise DataError(f"{path}: is a folder.", "Name a file.") from None
    except UnicodeDecodeError as problem:
        raise DataError(f"{path}: byte {problem.start} is not UTF-8.", "Convert the file to UTF-8.") from None


def check_place(where: str, start: int, end: int, text: str) -> None:
    """That a span lies in its text and is not empty.

    Raises:
        DataError: it does not; `where` names file and line.
    """
    if not 0 <= start < end <= len(text):
        raise DataError(
            f"{where}: no span of a text of {len(text)} characters: {start} to {end}.",
            "Offsets are Unicode code points into the unchanged text, end exclusive.",
        )

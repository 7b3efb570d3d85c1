"""Reading a corpus's files, with errors that name them."""

from __future__ import annotations

from pathlib import Path

from cloister.study.errors import DataError, MissingFileError

_MOST_DIGITS = 12
"""Of an offset; Python itself refuses to make a number of more than 4,300."""
_LONGEST_QUOTE = 80


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


def is_offset(value: str) -> bool:
    """Whether it is written as a place in a text: digits, and no more of them than any text has places for."""
    return value.isdecimal() and len(value) <= _MOST_DIGITS


def quoted_briefly(value: object) -> str:
    """How an error quotes what a file holds: as Python writes it, the beginning of it if it is long."""
    shown = repr(value[: _LONGEST_QUOTE + 1] if isinstance(value, str) else value)
    return shown if len(shown) <= _LONGEST_QUOTE else f"{shown[:_LONGEST_QUOTE]}…"


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

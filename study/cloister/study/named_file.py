"""Files that somebody named at the command line: what is wrong with one is said with its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cloister.study.errors import CloisterError, MissingFileError


def read_file(path: Path, remedy: str = "Check the path.") -> bytes:
    """A file's bytes.

    Raises:
        MissingFileError: there is no such file, with this remedy.
    """
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise MissingFileError(path, remedy=remedy) from None


@contextmanager
def naming(path: Path, *kinds: type[CloisterError]) -> Iterator[None]:
    """Put a file's name before what is said of its content: errors of these kinds."""
    try:
        yield
    except kinds as problem:
        problem.message = f"{path}: {problem.message}"
        raise

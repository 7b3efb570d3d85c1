"""What lies in a folder and in those in it, however deep they are nested."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def files_below(folder: Path, *, hidden: bool = False) -> Iterator[Path]:
    """Everything in a folder and those in it that is no folder, in a fixed order; links to folders are not followed.

    Links and what is no regular file, such as a pipe, are among it: whoever reads has to refuse them.

    Args:
        folder: where to look.
        hidden: whether files whose names begin with a dot count.

    Raises:
        OSError: a folder cannot be read.
    """
    waiting = _entries(folder)
    while waiting:
        entry = waiting.pop()
        if entry.is_dir(follow_symlinks=False):
            waiting += _entries(Path(entry.path))
        elif hidden or not entry.name.startswith("."):
            yield Path(entry.path)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """The last one first."""
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name, reverse=True)

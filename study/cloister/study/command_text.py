"""Text from the command line that a file will have to hold.

Bytes that are not UTF-8, such as of a terminal that is set to Latin-1, reach a program as characters that no file of
ours takes.
"""

from __future__ import annotations

import os
from pathlib import Path

from cloister.study.errors import InputError
from cloister.study.printable import printable
from cloister.study.utf8 import has_utf8


def check_text(text: str, option: str) -> str:
    """Refuse what somebody typed, before anything is done; otherwise the text itself.

    Raises:
        InputError: it is not UTF-8.
    """
    _check(text, option, "Set the terminal to UTF-8, or write it without accents.")
    return text


def check_path(path: Path, what: str) -> Path:
    """Refuse a path that a file of ours is to name, before anything is done; otherwise the path itself.

    Raises:
        InputError: it is not UTF-8.
    """
    _check(os.path.realpath(path), what, "Rename the folder: its name is written into a file, which is UTF-8.")
    return path


def _check(text: str, what: str, remedy: str) -> None:
    if not has_utf8(text):
        raise InputError(f"{what}: {printable(text)} is not UTF-8.", remedy)

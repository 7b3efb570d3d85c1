"""The identity of the code that runs here: what was computed by other code is not taken for its result."""

from __future__ import annotations

import functools
import hashlib
import platform
from importlib import metadata
from pathlib import Path
from typing import Final

import cloister
from cloister.study.canonical import sha256_of

_LIBRARIES: Final = ("dp-accounting", "numpy", "opacus", "peft", "scipy", "torch", "transformers")


@functools.cache
def installed_code() -> str:
    """SHA-256 of the installed package's modules and the versions of what they compute with.

    Of the first time that it is asked in a process or in what that was copied from: the warm worker asks when it has
    loaded them, so a package that is replaced while it goes on is not taken for the one that it runs.
    """
    folders = sorted(Path(folder) for folder in set(cloister.__path__))
    modules = [
        (path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
    ]
    libraries = [(name, metadata.version(name)) for name in _LIBRARIES]
    return sha256_of([platform.python_version(), libraries, modules])

"""Files that are either the old ones or the new ones, never half of either.

Written beside the target, flushed to the disk, then renamed over it. A full disk or a killed process leaves the
old file as it was.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path


def write_bytes(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Replace `path` by a file holding `content`; the folder is created if needed.

    Args:
        path: the file to replace.
        content: its new bytes.
        mode: its permissions, such as 0o600 for a key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    sync_folder(path.parent)


def write_text(path: Path, content: str) -> None:
    """Replace `path` by a UTF-8 text file."""
    write_bytes(path, content.encode())


def write_json(path: Path, value: object) -> None:
    """Replace `path` by indented JSON."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def remove(path: Path) -> None:
    """Remove a file for good: after this returns, not even a power cut brings it back."""
    path.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Backs up SQLite files that are in use, by SQLite's own online backup: a plain copy of one can be torn.

    python backup_sqlite.py --to /backup --keep 14 /srv/site/ledger.sqlite /srv/site/audit.sqlite /srv/site/site.toml

Writes `<folder>-<name>-<UTC time>.sqlite` for each file, checks it, and only then removes the oldest beyond `--keep`.
Files that do not end in .sqlite or .db are copied as they are: Cloister replaces those whole. Exits 1 if a file could
not be backed up; the others are. Standard library alone, so that it also runs beside an installation.

What is put back is older than what was lost: a site's ledger and audit log notice that by their anchors, and say so.
"""

from __future__ import annotations

import argparse
import glob
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

_WAIT_SECONDS = 60.0
_SQLITE = {".sqlite", ".db"}


class BackupError(Exception):
    """A file that could not be backed up; the message says which, and why."""


def back_up(source: Path, folder: Path, keep: int, now: datetime) -> Path:
    """Back one file up, and remove its oldest backups.

    Args:
        source: the file; if it is SQLite's, programs may be writing to it.
        folder: where backups are.
        keep: how many backups of this file stay, the new one included.
        now: the time, in UTC.

    Returns:
        The new backup, mode 0600.

    Raises:
        BackupError: there is no such file, it is not SQLite or damaged, or the backup cannot be written or exists.
    """
    if not source.is_file():
        raise BackupError(f"{source}: there is no such file")
    prefix, suffix = _name(source)
    target = folder / f"{prefix}-{now:%Y%m%dT%H%M%SZ}{suffix}"
    if target.exists():
        raise BackupError(f"{source}: {target} exists already")
    unfinished = target.with_suffix(".unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if suffix == ".sqlite":
            _copy(source, unfinished)
        else:
            unfinished.write_bytes(source.read_bytes())
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as problem:
        raise BackupError(f"{source}: {problem}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    for old in backups(source, folder)[:-keep]:
        old.unlink()
    return target


def backups(source: Path, folder: Path) -> list[Path]:
    """The backups of a file, oldest first."""
    time = "[0-9]" * 8 + "T" + "[0-9]" * 6 + "Z"
    prefix, suffix = map(glob.escape, _name(source))
    return sorted(folder.glob(f"{prefix}-{time}{suffix}"))


def _name(source: Path) -> tuple[str, str]:
    """What the backups' names begin and end with. Sites' files are called alike; their folders are not."""
    suffix = ".sqlite" if source.suffix in _SQLITE else source.suffix
    return f"{source.resolve().parent.name}-{source.stem}", suffix


def _copy(source: Path, target: Path) -> None:
    # mode=rw: reading a file in WAL mode needs its -shm file written; one that is missing is not created.
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=rw", uri=True, timeout=_WAIT_SECONDS)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        (found,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(f"damaged: {found}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Back up every file named; returns 1 if one of them could not be."""
    parser = argparse.ArgumentParser(description="Back up SQLite files that are in use, and files beside them.")
    parser.add_argument("files", nargs="+", type=Path, help="SQLite files (.sqlite, .db), and others.")
    parser.add_argument(
        "--if-there", action="append", default=[], type=Path, metavar="FILE", help="One that may not be there yet."
    )
    parser.add_argument("--to", required=True, type=Path, help="Folder of the backups.")
    parser.add_argument("--keep", required=True, type=_at_least_one, help="How many backups of each file stay.")
    options = parser.parse_args(arguments)
    status, files = 0, [*options.files, *(path for path in options.if_there if path.exists())]
    for name, number in Counter(map(_name, files)).items():
        if number > 1:
            parser.error(f"{number} files would be called {'-…'.join(name)}: back them up to a folder each")
    for source in files:
        try:
            print(back_up(source, options.to, options.keep, datetime.now(UTC)))
        except BackupError as problem:
            print(f"backup_sqlite: {problem}", file=sys.stderr)
            status = 1
    return status


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())

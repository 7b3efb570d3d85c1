"""A database that another program writes to, such as a SuperLink's."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def locked(database: Path, patience: float = 5.0) -> Iterator[None]:
    """Nobody else writes to it meanwhile; to get the lock may take so many seconds."""
    with closing(sqlite3.connect(database, patience)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield

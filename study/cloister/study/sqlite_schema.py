"""What an SQLite file is made of: a table may be a view that never ends, and a trigger may undo what is written."""

from __future__ import annotations

import sqlite3
from typing import Final

_STATISTICS: Final = {
    "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
    "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
}
"""What SQLite itself makes when somebody lets it analyse a file."""


def stored_schema(database: sqlite3.Connection) -> frozenset[str]:
    """The statements that made a database's tables, indices, views and triggers, as SQLite keeps them.

    That is as they were given, without `IF NOT EXISTS`; an index that a table has by itself has none. Names do not
    count: with `PRAGMA writable_schema` a trigger may be called sqlite_anything.
    """
    found = database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    return frozenset(str(statement) for (statement,) in found) - _STATISTICS

"""What an SQLite file is made of: a table may be a view that never ends, and a trigger may undo what is written."""

from __future__ import annotations

import sqlite3


def stored_schema(database: sqlite3.Connection) -> frozenset[str]:
    """The statements that made a database's tables, indices, views and triggers, as SQLite keeps them.

    That is as they were given, without `IF NOT EXISTS`.
    """
    found = database.execute("SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'")
    return frozenset(str(statement) for (statement,) in found)

"""Something that somebody has to know of a site that starts, though it starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """A line whose values are kept apart: a log that withholds them (`json_log.py`) still tells what it is about."""

    text: str
    """With places for the values, as `logging` has them."""
    values: tuple[object, ...] = ()

    def __str__(self) -> str:
        return self.text % self.values

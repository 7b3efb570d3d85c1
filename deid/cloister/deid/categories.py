"""Columns that are kept as they are: labels and note types, only if they are categories.

A free-text label would carry identifiers past every detector. So a value is kept only if it is a short token of
lower-case letters, digits, `-` and `_`, and the column has few distinct values over the whole input.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_DISTINCT = 64
_CATEGORY = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_MAX_DIGITS = 4


def is_category(value: str) -> bool:
    """Whether a value is a short token that holds no number of identifying length."""
    return bool(_CATEGORY.fullmatch(value)) and sum(map(str.isdigit, value)) <= _MAX_DIGITS


def as_category(title: str) -> str:
    """A title as a category, such as `chest-x-ray` of "Chest X-ray"; empty if it holds a number."""
    token = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:32].strip("-")
    return token if is_category(token) else ""


def categories(values: Iterable[str | None]) -> frozenset[str] | None:
    """The categories of a column; None if it has more than MAX_DISTINCT, that is, if it is no category at all."""
    found: set[str] = set()
    for value in values:
        if value is not None and is_category(value):
            found.add(value)
            if len(found) > MAX_DISTINCT:
                return None
    return frozenset(found)

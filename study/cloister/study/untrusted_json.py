"""JSON from outside: whatever is wrong with it is a ValueError.

Python's own reader also ends in a RecursionError, at brackets in brackets in brackets, and what it did read may be too
deep for the next one who walks through it.
"""

from __future__ import annotations

import json
from typing import Any, Final

DEEPEST: Final = 100
"""Lists and objects in one another. FHIR, the deepest of what is read here, stays under thirty."""


def parse_json(content: str | bytes) -> Any:
    """What a JSON text says.

    Raises:
        ValueError: it is not JSON, not in a Unicode encoding, or deeper than `DEEPEST`.
    """
    try:
        value = json.loads(content)
    except RecursionError:
        raise ValueError("too deep") from None
    if _brackets(content) <= DEEPEST:
        return value
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [part for one in level if isinstance(one, dict | list) for part in _parts(one)]
        if not level:
            return value
    raise ValueError("too deep")


def _brackets(content: str | bytes) -> int:
    """At least as many as there are lists and objects: most texts are shallow without a walk through them."""
    if isinstance(content, str):
        return content.count("[") + content.count("{")
    return content.count(b"[") + content.count(b"{")


def _parts(value: dict[str, Any] | list[Any]) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value

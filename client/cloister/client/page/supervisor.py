"""How `cloister site run` is: asked of its health endpoint, on this machine."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

from pydantic import TypeAdapter

from cloister.client.site_health import Health
from cloister.study.untrusted_json import parse_json

_WAIT_SECONDS: Final = 2.0
_MOST_BYTES: Final = 64 * 1024
_FIELDS: Final = {field.name for field in fields(Health)}
_MOST: Final = 2**53
"""Whole numbers below fit into a metric's floating-point number."""
_HEALTH: Final = TypeAdapter(Health)


def health_of(port: int) -> dict[str, Any] | None:
    """What the endpoint at a port of this machine tells; None if nothing answers there, or it is switched off (0)."""
    if not port:
        return None
    connection = HTTPConnection("127.0.0.1", port, timeout=_WAIT_SECONDS)
    try:
        connection.request("GET", "/health")
        found = parse_json(connection.getresponse().read(_MOST_BYTES))
    except (OSError, HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return found if _is_ours(found) else None


def _is_ours(found: object) -> bool:
    """Whether it is a `Health`, value for value: any program of this machine can answer at the port."""
    if not isinstance(found, dict) or found.keys() != _FIELDS:
        return False
    try:
        health = _HEALTH.validate_json(json.dumps(found), strict=True)
        times = (health.node_since, health.last_contact, health.ledger_verified, health.enrolled_until)
        return abs(health.restarts) < _MOST and all(_is_moment(time) for time in times if time is not None)
    except (ValueError, OverflowError):
        return False


def _is_moment(time: str) -> bool:
    found = datetime.fromisoformat(time)
    return found.tzinfo is not None and found.astimezone(UTC).year > 1

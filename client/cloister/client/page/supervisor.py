"""How `cloister site run` is: asked of its health endpoint, on this machine."""

from __future__ import annotations

from dataclasses import fields
from http.client import HTTPConnection, HTTPException
from typing import Any, Final, get_args

from cloister.client.site_health import Health, State
from cloister.study.untrusted_json import parse_json

_WAIT_SECONDS: Final = 2.0
_MOST_BYTES: Final = 64 * 1024
_FIELDS: Final = {field.name for field in fields(Health)}


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
    is_ours = isinstance(found, dict) and found.keys() == _FIELDS and found["state"] in get_args(State)
    return found if is_ours else None

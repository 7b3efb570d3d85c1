"""Whether the coordinator answers a site's node: the node notes it, `cloister site run` tells it.

The note, `run/connection`, says what is wrong, or that nothing is. The node writes it when that changes; it is taken
away before a node is started, which has not been answered yet. Of a connection that stood, one lost request says
little: Flower sends it again. It counts as lost when nothing was answered for a minute.

What is replaced is private to Flower, whose version is pinned; `tests/client/test_connection.py` holds it to that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cloister.study import atomic
from cloister.study.printable import printable
from cloister.study.untrusted_json import parse_json

if TYPE_CHECKING:
    import httpx
    from flwr.supernode.fleet_http_client import FleetHttpClient

LOST_AFTER: Final = 60.0
"""Seconds; the SuperLink misses a node after about as many."""
_NOTE = "connection"
_LONGEST = 200
_TURNED_AWAY = (
    "it turns this node away: not registered there yet, revoked, or its predecessor still counts as connected"
)
_PROXY_ALONE = "the proxy in front of it answers, the SuperLink does not"
_MEANING = {401: _TURNED_AWAY, 403: _TURNED_AWAY, 412: _TURNED_AWAY}
_MEANING |= dict.fromkeys((502, 503, 504), _PROXY_ALONE)


@dataclass(frozen=True)
class Connection:
    """What a node noted."""

    problem: str | None
    """Why the coordinator's SuperLink does not answer, or how it turns the node away; None if all is well."""


def noted(folder: Path) -> Connection | None:
    """What the running node noted in `run/` of a site's folder; None if it was not answered yet, and tries."""
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        return Connection(parse_json((folder / _NOTE).read_bytes())["problem"])
    return None


def forget(folder: Path) -> None:
    """Take the note away: the node that wrote it has ended."""
    (folder / _NOTE).unlink(missing_ok=True)


class Watch:
    """Notes how a node's requests fare.

    Args:
        folder: `run/` of the site's.
        clock: seconds, never going back.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = folder / _NOTE, clock
        self._held = threading.Lock()
        self._answered: float | None = None
        """When a request was answered last."""
        self._noted: Connection | None = None

    def answered(self) -> None:
        """A request was answered."""
        with self._held:
            self._answered = self._clock()
            self._note(Connection(None))

    def failed(self, problem: str) -> None:
        """A request was not answered."""
        with self._held:
            if self._answered is None or self._clock() - self._answered >= LOST_AFTER:
                self._note(Connection(problem))

    def turned_away(self, problem: str) -> None:
        """The SuperLink answered that it does not take this node."""
        with self._held:
            self._answered = None
            self._note(Connection(problem))

    def _note(self, found: Connection) -> None:
        if found != self._noted:
            # A full disk must not end a connection.
            with suppress(OSError):
                atomic.write_json(self._path, {"problem": found.problem})
                self._noted = found


def watch_exchanges(watch: Watch) -> None:
    """Have Flower's node, in this process, note how its requests fare."""
    import httpx
    from flwr.supernode.fleet_http_client import FleetHttpClient

    ask = FleetHttpClient._unary_unary

    def ask_and_note(self: FleetHttpClient, *, path: str, **rest: Any) -> Any:
        if path.endswith("/deactivate-node"):  # of a predecessor: refused where there is nothing to sign off
            return ask(self, path=path, **rest)
        try:
            answer = ask(self, path=path, **rest)
        except httpx.HTTPStatusError as problem:
            _note_status(watch, problem.response.status_code, signs_on=path.endswith("/activate-node"))
            raise
        except httpx.TransportError as problem:
            watch.failed(_in_words(problem))
            raise
        watch.answered()
        return answer

    setattr(FleetHttpClient, ask.__name__, ask_and_note)


def _note_status(watch: Watch, status: int, *, signs_on: bool) -> None:
    said = _MEANING.get(status, f"it answers with HTTP status {status}")
    if said == _PROXY_ALONE:
        watch.failed(said)
    elif signs_on or status == 401:
        watch.turned_away(said)
    else:  # of one message, or run: the SuperLink is there, and knows the node
        watch.answered()


def _in_words(problem: httpx.TransportError) -> str:
    return printable(str(problem) or type(problem).__name__)[:_LONGEST]

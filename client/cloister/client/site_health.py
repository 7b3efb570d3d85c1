"""How a site is, as JSON on loopback: `GET /health`. Names of studies, numbers, hashes and times; nothing of patients.

Status 200 while the node runs (paused or not), the coordinator answers it and messages would be answered; 503
otherwise, and when the enrolment ran out. A foreign page that reaches this port through a browser is answered nothing:
the request has to be addressed to loopback.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from cloister.study.errors import InputError

State = Literal[
    "starting",
    "connecting",
    "loading",
    "running",
    "paused",
    "outside-window",
    "not-enrolled",
    "waiting-to-restart",
    "stopping",
]
_WELL = {"running", "paused", "outside-window"}
_HERE = {"127.0.0.1", "localhost"}


@dataclass(frozen=True)
class Health:
    """A site at one moment. Times are ISO 8601 in UTC."""

    state: State
    version: str
    node_since: str | None
    """Since when the node runs."""
    restarts: int
    last_exit: int | None
    """Why the node ended the last time."""
    last_contact: str | None
    """When the coordinator's last message was answered or refused."""
    study: str | None
    study_sha256: str | None
    round: int | None
    last_code: int | None
    """The number of the refusal, if the last message was refused."""
    working: bool
    """Whether a message is being answered."""
    ledger_verified: str | None
    """When ledger, audit log and datasets were last verified, before a start of the node (`verified_datasets.py`)."""
    enrolled_until: str | None
    """When the enrolment runs out, or ran out."""
    free_disk_gib: float


@contextmanager
def health_endpoint(port: int, now: Callable[[], Health]) -> Iterator[int]:
    """Serve until the context ends; yields the port.

    Args:
        port: on loopback; 0 for any free one.
        now: how the site is.

    Raises:
        InputError: the port is in use.
    """

    class Handler(BaseHTTPRequestHandler):
        timeout = 10.0
        server_version, sys_version = "cloister", ""

        def do_GET(self) -> None:
            host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
            if host not in _HERE or self.path != "/health":
                self._answer(404, {"error": "not found"})
                return
            try:
                health = now()
            except Exception:  # noqa: BLE001 (whoever asks gets no text)
                self._answer(503, {"error": "not known"})
                return
            self._answer(200 if health.state in _WELL else 503, asdict(health))

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode() + b"\n"
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
            """Nothing: what others ask for is not for the site's log."""

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except OSError as problem:
        raise InputError(
            f"run.health_port = {port}: {problem.strerror}.", "Choose another port in site.toml; 0 for none."
        ) from None
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()

"""Serving a page on loopback, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from cloister.study.errors import InputError
from cloister.study.web.local_page import HOST


def listen(port: int) -> socket.socket:
    """A socket on loopback.

    Args:
        port: 0 for any free one.

    Raises:
        InputError: the port is in use.
    """
    try:
        return socket.create_server((HOST, port))
    except OSError as problem:
        raise InputError(f"Port {port}: {problem.strerror}.", "Choose another one with --port.") from None


def serve(app: ASGIApp, listening: socket.socket) -> None:
    """Serve in this thread, until a signal ends it."""
    _server(app).run(sockets=[listening])


@contextmanager
def serving(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Serve in another thread while the context lasts."""
    server = _server(app)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def _server(app: ASGIApp) -> uvicorn.Server:
    # Requests are not logged: paths and addresses are no use to anybody here.
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, date_header=False, timeout_keep_alive=5, ws="none",
        limit_concurrency=64, timeout_graceful_shutdown=2, loop="asyncio", http="h11",
    )  # fmt: skip
    return uvicorn.Server(config)

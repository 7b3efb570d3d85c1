"""A site behind an HTTP proxy: Flower's SuperNode goes through it by the variables that the chart sets, and only so."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cloister.server.authority import make_authority

pytestmark = pytest.mark.heavy

SECONDS = 120.0


@pytest.fixture
def proxy() -> Iterator[tuple[int, list[str], threading.Event]]:
    """A proxy that writes down what it is asked for, and refuses: its port, what it was asked, whether it was."""
    asked: list[str] = []
    was_asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, connection.makefile("rb") as request:
                    asked.append(request.readline().decode().strip())
                    was_asked.set()
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], asked, was_asked
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_the_node_asks_the_proxy_for_the_coordinator(
    render: Any, proxy: tuple[int, list[str], threading.Event], tmp_path: Path
) -> None:
    port, asked, was_asked = proxy
    values = {"siteName": "st-mary", "coordinator": {"cidrs": ["127.0.0.1/32"], "port": port}}
    release = render("site", {**values, "httpsProxy": f"http://127.0.0.1:{port}"})
    given = {one["name"]: one["value"] for one in release.main.container("site")["env"]}
    assert given["NO_PROXY"] == "127.0.0.1,localhost"
    (tmp_path / "ca.crt").write_bytes(make_authority("heart", datetime.now(UTC))[0])
    programs = Path(sys.executable).parent
    command = [
        str(programs / "flower-supernode"), "--superlink", "coordinator.invalid:8443",
        "--root-certificates", str(tmp_path / "ca.crt"), "--port", str(free_port())
    ]  # fmt: skip
    quiet = {"FLWR_TELEMETRY_ENABLED": "0", "FLWR_DISABLE_UPDATE_CHECK": "1"}
    environment = {**given, **quiet, "HOME": str(tmp_path), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    silent = subprocess.DEVNULL
    node = subprocess.Popen(command, env=environment, stdout=silent, stderr=silent, start_new_session=True)
    try:
        asked_in_time = was_asked.wait(SECONDS)
    finally:
        os.killpg(node.pid, signal.SIGKILL)
        node.wait()
    assert asked_in_time
    assert set(asked) == {"CONNECT coordinator.invalid:8443 HTTP/1.1"}

"""Whether the coordinator answers is known, and why not: with Flower's own client against real sockets."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from flwr.proto.fleet_pb2 import ActivateNodeRequest, DeactivateNodeRequest, PullMessagesRequest
from flwr.supernode.fleet_http_client import FleetHttpClient

from cloister.client.connection import LOST_AFTER, Connection, Watch, forget, noted, watch_exchanges


class Link:
    """A SuperLink that answers each request with a status of the test's choice."""

    def __init__(self) -> None:
        self.status = 200
        link = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(link.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.client = client_of(int(self.server.server_address[1]))


def client_of(port: int) -> FleetHttpClient:
    return FleetHttpClient.from_server_address(f"127.0.0.1:{port}", True, None, [])


@pytest.fixture
def link() -> Iterator[Link]:
    made = Link()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time; Flower's client notes what happens from now on."""
    now = [0.0]
    monkeypatch.setattr(FleetHttpClient, "_unary_unary", FleetHttpClient._unary_unary)
    watch_exchanges(Watch(tmp_path, lambda: now[0]))
    return now


def sign_on(client: FleetHttpClient) -> None:
    with suppress(httpx.HTTPError):
        client.ActivateNode(ActivateNodeRequest())


def pull(client: FleetHttpClient) -> None:
    with suppress(httpx.HTTPError):
        client.PullMessages(PullMessagesRequest())


@pytest.mark.usefixtures("clock")
def test_nothing_is_known_before_the_first_answer(tmp_path: Path, link: Link) -> None:
    assert noted(tmp_path) is None
    with suppress(httpx.HTTPError):
        link.client.DeactivateNode(DeactivateNodeRequest())  # signs off a predecessor: that is no connection
    assert noted(tmp_path) is None
    sign_on(link.client)
    assert noted(tmp_path) == Connection(None)
    forget(tmp_path)
    assert noted(tmp_path) is None


@pytest.mark.usefixtures("clock")
def test_a_port_where_nobody_listens_is_told_as_that(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sign_on(client_of(port))
    found = noted(tmp_path)
    assert found is not None
    assert found.problem is not None
    assert "refused" in found.problem


@pytest.mark.usefixtures("clock")
def test_a_wrong_authority_is_told_as_that(tmp_path: Path, link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    def handshake(*_: object, **__: object) -> None:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: \x1b[2J unknown issuer")

    monkeypatch.setattr(link.client._client, "send", handshake)
    sign_on(link.client)
    found = noted(tmp_path)
    assert found is not None
    assert found.problem is not None
    assert "certificate verify failed" in found.problem
    assert "\x1b" not in found.problem


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("status", "told"), [(401, "revoked"), (412, "not registered"), (502, "the SuperLink does not"), (500, "500")]
)
def test_a_node_that_is_not_taken_is_told_why(tmp_path: Path, link: Link, status: int, told: str) -> None:
    link.status = status
    sign_on(link.client)
    found = noted(tmp_path)
    assert found is not None
    assert told in (found.problem or "")
    link.status = 200
    sign_on(link.client)
    assert noted(tmp_path) == Connection(None)


def test_one_lost_request_loses_no_connection_and_a_minute_without_answer_does(
    tmp_path: Path, link: Link, clock: list[float]
) -> None:
    sign_on(link.client)
    link.status = 503
    clock[0] = LOST_AFTER - 1
    pull(link.client)
    assert noted(tmp_path) == Connection(None)
    clock[0] = LOST_AFTER
    pull(link.client)
    assert noted(tmp_path) != Connection(None)
    link.status = 200
    pull(link.client)
    assert noted(tmp_path) == Connection(None)


@pytest.mark.usefixtures("clock")
def test_a_refusal_of_one_message_is_an_answer(tmp_path: Path, link: Link) -> None:
    sign_on(link.client)
    link.status = 404
    pull(link.client)
    assert noted(tmp_path) == Connection(None)


@pytest.mark.usefixtures("clock")
def test_a_site_that_is_revoked_meanwhile_is_told_so_at_once(tmp_path: Path, link: Link) -> None:
    sign_on(link.client)
    link.status = 401
    pull(link.client)
    assert "revoked" in str(noted(tmp_path))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"problem"', "\xff"])
def test_a_damaged_note_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "connection").write_bytes(text.encode("latin-1"))
    assert noted(tmp_path) is None


@pytest.mark.usefixtures("clock")
def test_a_disk_that_takes_no_note_ends_no_exchange(
    tmp_path: Path, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cloister.client.connection.atomic.write_json", full)
    link.client.ActivateNode(ActivateNodeRequest())
    assert noted(tmp_path) is None

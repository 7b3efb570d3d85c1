"""The review page answers to the one reviewer who has the link, and to nobody else on the machine or the network."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from cloister.deid.review.alignment import align
from cloister.deid.review.decisions import DecisionLog, Entry
from cloister.deid.review.server import ReviewServer
from cloister.deid.review.session import Review, ReviewNote
from cloister.deid.review.shown_spans import shown_spans
from cloister.deid.text.finding import Finding
from cloister.study.keys import SiteKey

PHI = "Kowalski"
ORIGINAL = f"Maria {PHI} 🙂 came with Jan."


@pytest.fixture
def server(tmp_path: Path, site_key: SiteKey) -> Iterator[ReviewServer]:
    alignment = align(ORIGINAL, "Helen Brandt 🙂 came with Jan.")
    note = ReviewNote("a", alignment, tuple(shown_spans(alignment, [Finding(0, 14, "NAME", 0.9, "crf")], [])))
    with DecisionLog.open(tmp_path / "log", site_key, "main", "dataset") as log:
        log.append(Entry(action="sample", notes=("a",)))
        with ReviewServer(Review(["a"], lambda _: note, log), {"collection": "main"}, lambda: {"told": ""}) as server:
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
            thread.start()
            yield server
            server.shutdown()
            thread.join()


def send(
    server: ReviewServer, path: str, body: object = None, *, method: str = "POST", **headers: str | None
) -> tuple[int, str]:
    """A request as the page makes it, but for the headers given (`_` for `-`); None leaves one out."""
    host = server.origin.removeprefix("http://")
    sent: dict[str, str | None] = {"Host": host, "Origin": server.origin, "Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Content-Length": str(len(content)), **sent}.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders(content)
    reply = connection.getresponse()
    found = reply.status, reply.read().decode()
    connection.close()
    return found


def session(server: ReviewServer) -> str:
    status, content = send(server, "/session", {"token": server.link.partition("#")[2]})
    assert status == 200
    found: str = json.loads(content)["session"]
    return f"Bearer {found}"


def test_the_reviewer_gets_the_note_and_decides(server: ReviewServer) -> None:
    mine = session(server)
    status, content = send(server, "/note", {"note": 0}, Authorization=mine)
    found = json.loads(content)
    assert (status, found["text"]) == (200, ORIGINAL)
    status, content = send(server, "/confirm", {"note": 0, "start": 0, "end": 14, "label": "NAME"}, Authorization=mine)
    assert (status, json.loads(content)["spans"][0]["verdict"]) == (200, "identifier")
    start = ORIGINAL.index("Jan")
    added = {"note": 0, "start": start, "end": start + 3, "label": "NAME"}
    assert send(server, "/add", added, Authorization=mine)[0] == 200
    status, content = send(server, "/finish", {"note": 0}, Authorization=mine)
    assert (status, json.loads(content)["finished"]) == (200, [True])


def test_the_link_works_once(server: ReviewServer) -> None:
    session(server)
    status, content = send(server, "/session", {"token": server.link.partition("#")[2]})
    assert status == 403
    assert "used already" in content


def test_the_page_itself_holds_no_data_and_loads_nothing_from_elsewhere(server: ReviewServer) -> None:
    for path in ("/", "/review.js", "/review.css"):
        status, content = send(server, path, method="GET", Origin=None)
        assert status == 200
        assert PHI not in content
        assert "http:" not in content
        assert "https:" not in content
        assert "//" not in content.replace("// ", "")
    connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    connection.request("GET", "/")
    headers = connection.getresponse().headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert not headers["Set-Cookie"]
    connection.close()


REQUEST: dict[str, Any] = {"note": 0}
INTRUSIONS: dict[str, dict[str, str | None]] = {
    "no session": {"Authorization": None},
    "a guessed session": {"Authorization": "Bearer x"},
    "an empty session": {"Authorization": "Bearer "},
    "a session that is not ASCII": {"Authorization": "Bearer \u00e9"},
    "DNS rebinding": {"Host": "evil.example"},
    "DNS rebinding with our port": {"Host": "evil.example:{port}"},
    "another port": {"Host": "127.0.0.1:1"},
    "another site's page": {"Origin": "https://evil.example"},
    "a page in a sandbox": {"Origin": "null"},
    "another local server's page": {"Origin": "http://127.0.0.1:8888"},
    "no origin": {"Origin": None},
    "a cross-site fetch": {"Sec_Fetch_Site": "cross-site"},
    "another port's fetch": {"Sec_Fetch_Site": "same-site"},
    "a form": {"Content_Type": "text/plain"},
    "a length that no number holds": {"Content_Length": "9" * 5000},
}


@pytest.mark.parametrize("change", INTRUSIONS.values(), ids=INTRUSIONS.keys())
def test_an_intruder_sees_nothing(server: ReviewServer, change: dict[str, str | None]) -> None:
    mine = session(server)
    port = str(server.server_address[1])
    headers = {name: value and value.replace("{port}", port) for name, value in change.items()}
    status, content = send(server, "/note", REQUEST, method="POST", **{"Authorization": mine, **headers})
    assert status in {400, 401, 403}
    assert PHI not in content


def test_before_the_link_is_used_no_session_is_valid(server: ReviewServer) -> None:
    assert send(server, "/note", REQUEST, Authorization="Bearer ")[0] == 401
    assert send(server, "/session", {"token": ""})[0] == 403
    assert send(server, "/session", {"token": None})[0] == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/note", {}),
        ("/note", {"note": "0"}),
        ("/note", {"note": True}),
        ("/note", {"note": 10**30}),
        ("/note", b"{"),
        ("/note", b"[]"),
        ("/note", b"[" * 60_000),
        ("/note", b'{"note": ' + b"9" * 70_000 + b"}"),
        ("/note", b'{"note": ' + b"9" * 4300 + b"}"),  # the next number has too many digits for Python to show
        ("/note", b"\xff"),
        ("/confirm", {"note": 0, "start": 1, "end": 3}),
        ("/confirm", {"note": 0, "start": 0, "end": 14, "label": 7}),
        ("/add", {"note": 0, "start": 0, "end": 14}),
        ("/../../etc/passwd", {"note": 0}),
        ("/note?x=1", {"note": 0}),
    ],
)
def test_nonsense_is_refused_in_words_and_the_server_goes_on(server: ReviewServer, path: str, body: object) -> None:
    mine = session(server)
    status, content = send(server, path, body, Authorization=mine)
    assert status in {400, 404, 422}
    assert json.loads(content)["error"]
    assert send(server, "/note", REQUEST, Authorization=mine)[0] == 200


def test_it_listens_on_loopback_only(server: ReviewServer) -> None:
    assert server.socket.getsockname()[0] == "127.0.0.1"
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in others - {"127.0.0.1"}:
        with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
            socket.create_connection((str(address), server.server_address[1]), timeout=1)


def test_closing_from_the_page_ends_the_wait(server: ReviewServer) -> None:
    assert send(server, "/close", {}, Authorization=session(server))[0] == 200
    server.wait_until_closed()

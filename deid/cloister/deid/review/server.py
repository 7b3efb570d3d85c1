"""The review page's server: this machine only, one reviewer, nothing from elsewhere.

1. It listens on 127.0.0.1, on a port that the operating system picks.
2. The page and its script hold no data and are served to anybody on the machine; everything else needs the session.
3. A link carries a token behind `#`, which browsers send to nobody. The page exchanges it, once, for the session,
   which it keeps in its tab and sends in the Authorization header; there are no cookies that other sites could ride on.
4. A request must name this host and port (against DNS rebinding); where a browser tells its origin, it must be ours.
5. The content security policy lets the page load its own script and style and talk to this server, and nothing else.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Event, Lock
from typing import Any

from cloister.deid.review.api import answer
from cloister.deid.review.session import Review
from cloister.study.errors import CloisterError
from cloister.study.untrusted_json import parse_json

HOST = "127.0.0.1"
_MAX_BODY_BYTES = 64 * 1024
_TOKEN_BYTES = 32
_PAGE = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/review.js": ("review.js", "text/javascript; charset=utf-8"),
    "/review.css": ("review.css", "text/css; charset=utf-8"),
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "clipboard-read=(), geolocation=(), camera=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class ReviewServer(ThreadingHTTPServer):
    """Serves one review until it is closed from the page or from outside.

    Args:
        review: what is reviewed.
        about: shown above the notes: collection, profile and the like.
        progress: what the sample supports so far, computed anew after every decision.
    """

    daemon_threads = True
    # Another user's process must not be able to share the port.
    allow_reuse_address = False

    def __init__(self, review: Review, about: Mapping[str, str], progress: Callable[[], Mapping[str, Any]]) -> None:
        super().__init__((HOST, 0), _Handler)
        self.review = review
        self.about = about
        self.progress = progress
        self.lock = Lock()
        self._closed = Event()
        self._access = _Access(secrets.token_urlsafe(_TOKEN_BYTES))

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://{HOST}:{self.server_address[1]}"

    @property
    def link(self) -> str:
        """Opens the page, once. Whoever has it can read the sampled notes."""
        return f"{self.origin}/#{self._access.token}"

    def exchange(self, token: object) -> str | None:
        """The session for the link's token, the first time that it is asked for."""
        with self.lock:
            access = self._access
            if access.session or not isinstance(token, str) or not _same(token, access.token):
                return None
            self._access = _Access(access.token, secrets.token_urlsafe(_TOKEN_BYTES))
            return self._access.session

    def knows(self, session: str) -> bool:
        """Whether this is the session."""
        return bool(self._access.session) and _same(session, self._access.session)

    def close_review(self) -> None:
        """The reviewer is done for now."""
        self._closed.set()

    def wait_until_closed(self) -> None:
        """Wait until the reviewer is done for now."""
        self._closed.wait()

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections that break off are nobody's concern, and a traceback could show a note."""


@dataclass(frozen=True)
class _Access:
    token: str
    session: str = ""


class _Handler(BaseHTTPRequestHandler):
    server: ReviewServer
    server_version = "cloister"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        if not self._is_ours():
            return self._refuse(HTTPStatus.FORBIDDEN, "This page answers to its own address only.")
        if self.path in _PAGE:
            name, kind = _PAGE[self.path]
            return self._send(HTTPStatus.OK, _page_file(name), kind)
        return self._refuse(HTTPStatus.NOT_FOUND, "There is no such page.")

    def do_POST(self) -> None:
        body = self._body()
        # Where a browser posts, it says from where.
        if not self._is_ours() or self.headers.get("Origin") != self.server.origin:
            return self._refuse(HTTPStatus.FORBIDDEN, "This page answers to its own address only.")
        if body is None:
            return self._refuse(HTTPStatus.BAD_REQUEST, "Not a request of the review page.")
        if self.path == "/session":
            session = self.server.exchange(body.get("token"))
            if session is None:
                return self._refuse(HTTPStatus.FORBIDDEN, "This link was used already.")
            return self._answer({"session": session})
        scheme, _, session = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not self.server.knows(session):
            return self._refuse(HTTPStatus.UNAUTHORIZED, "Open the link that the command printed.")
        return self._act(self.path.removeprefix("/"), body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing is logged: addresses and paths are no use to anybody here."""

    def _act(self, name: str, body: dict[str, Any]) -> None:
        server = self.server
        if name == "close":
            self._answer({})
            return server.close_review()
        try:
            with server.lock:
                found = answer(server.review, name, body)
                found |= {"about": dict(server.about), "progress": dict(server.progress())}
        except CloisterError as problem:
            return self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"{problem.message} {problem.remedy}".strip())
        return self._answer(found)

    def _is_ours(self) -> bool:
        origin = self.headers.get("Origin")
        hosts = self.headers.get_all("Host") or []
        site = self.headers.get("Sec-Fetch-Site", "none")
        return (
            [f"http://{host}" for host in hosts] == [self.server.origin]
            and origin in {None, self.server.origin}
            and site in {"none", "same-origin"}
        )

    def _body(self) -> dict[str, Any] | None:
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,9}", length) or int(length) > _MAX_BODY_BYTES:
            self.close_connection = True
            return None
        if self.headers.get("Content-Type") != "application/json":
            self.close_connection = True
            return None
        try:
            found = parse_json(self.rfile.read(int(length)))
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def _answer(self, document: Mapping[str, Any]) -> None:
        self._send(HTTPStatus.OK, json.dumps(document).encode(), "application/json")

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        self._send(status, json.dumps({"error": message}).encode(), "application/json")

    def _send(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@cache
def _page_file(name: str) -> bytes:
    return (files("cloister.deid.review") / "page" / name).read_bytes()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())

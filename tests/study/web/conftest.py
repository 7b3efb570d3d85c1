"""A small page of two views and one act, served on a free port, with two accounts; and somebody who visits it.

And an OpenID Connect provider on loopback: TLS under an authority of its own, real keys, a provider's own checks.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from http.client import HTTPConnection, HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from cloister.server.authority import make_authority, make_server_certificate
from cloister.study.audit_entry import AuditEntry, Event, Role
from cloister.study.errors import AuditLogError, InputError
from cloister.study.web.accounts import ACCOUNTS_FILE
from cloister.study.web.local_page import LocalPage, Tab
from cloister.study.web.oidc_settings import OidcSettings
from cloister.study.web.serving import listen, serving

if TYPE_CHECKING:
    from tests.conftest import People


@dataclass
class Visitor:
    """A browser that keeps cookies and sends what browsers send."""

    port: int
    password: str
    cookies: dict[str, str] = field(default_factory=dict)
    headers: HTTPMessage = field(default_factory=HTTPMessage)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, fields: dict[str, str] | None = None, **changed: str | None
    ) -> tuple[int, str]:
        """Status and body; `changed` headers (`_` for `-`) replace a browser's, and None leaves one out."""
        body = urlencode(fields or {}).encode() if method == "POST" else b""
        headers: dict[str, str | None] = {"Host": f"127.0.0.1:{self.port}"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            headers |= {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
            headers["Content-Length"] = str(len(body))
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read().decode()
        self.headers = answer.headers
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer.status, content

    def form(self, content: str) -> str:
        """The token of the first form of a page."""
        return content.partition('name="form" value="')[2].partition('"')[0]

    def sign_in(self, name: str, password: str | None = None, path: str = "/") -> int:
        _, content = self.ask("GET", "/sign-in")
        fields = {"form": self.form(content), "name": name, "password": password or self.password}
        return self.ask("POST", f"/sign-in?next={path}", fields)[0]


@dataclass(frozen=True)
class Served:
    """The page, its folder, and what was done on it."""

    port: int
    folder: Path
    done: list[tuple[str, str]]
    made: LocalPage
    people: People
    noted: list[tuple[str, str | None, str | None]]
    """What the audit log was given, but for the subjects."""
    subjects: list[str | None]

    def logged(self, event: str) -> list[tuple[str | None, str | None]]:
        """Name and role of the entries of an event."""
        return [(by, role) for found, by, role in self.noted if found == event]

    def visitor(self) -> Visitor:
        return Visitor(self.port, self.people.password)


Serve = Callable[[OidcSettings | None], AbstractContextManager[Served]]


@pytest.fixture
def serve(tmp_path: Path, people: People) -> Serve:
    """Serves the page, by a provider's sign-in if its settings are given. Takes a note "no log" for a broken log."""
    templates = tmp_path / "cloister_page_of_tests" / "templates"
    templates.mkdir(parents=True)
    (templates.parent / "__init__.py").touch()
    (templates / "plain.html").write_text('{% extends "layout.html" %}{% block main %}{{ shown }}{% endblock %}')
    people.accounts.write(tmp_path / ACCOUNTS_FILE)

    @contextmanager
    def served(oidc: OidcSettings | None) -> Iterator[Served]:
        done: list[tuple[str, str]] = []
        noted: list[tuple[str, str | None, str | None]] = []
        subjects: list[str | None] = []

        def note(event: Event, *, by: str | None, role: Role | None, subject: str | None) -> None:
            if (tmp_path / "no log").exists():
                raise AuditLogError("The log is gone.", "Find it.")
            AuditEntry(event=event, at=datetime.now(UTC), by=by, role=role, subject=subject)
            noted.append((event, by, role))
            subjects.append(subject)

        def act(_values: object, fields: object, account: object) -> str:
            assert isinstance(fields, dict)
            if fields.get("what") == "refused":
                raise InputError("It was refused.", "Do it better.")
            if fields.get("what") == "broken":
                raise RuntimeError("Maria Kowalski")
            done.append((getattr(account, "name", ""), fields.get("what", "")))
            return "/"

        with pytest.MonkeyPatch.context() as patch, listen(0) as listening:
            patch.syspath_prepend(str(tmp_path))
            port = listening.getsockname()[1]
            tabs = (Tab("/", "First"),)
            page = LocalPage(
                "north", "site", tmp_path, port, "cloister_page_of_tests", tabs, lambda: "metric 1\n", note, oidc
            )
            page.show("/", "plain.html", lambda _values, user: {"title": "First", "shown": f"seen by {user.name}"})
            page.show("/secret", "plain.html", lambda *_: {"title": "Second", "shown": "something secret"}, "operator")
            page.show("/echo/{text}", "plain.html", lambda values, _: {"title": "Echo", "shown": values["text"]})
            page.act("/act", act)
            with serving(page.app, listening):
                yield Served(port, tmp_path, done, page, people, noted, subjects)

    return served


@pytest.fixture
def served(serve: Serve) -> Iterator[Served]:
    with serve(None) as page:
        yield page


@dataclass
class Provider:
    """A provider with one client. What it does can be changed to what no honest one does."""

    settings: OidcSettings
    key: RSAPrivateKey
    claims: dict[str, object] = field(default_factory=lambda: {"preferred_username": "mlee", "groups": ["trial-staff"]})
    """Of the user who is signed in there."""
    discovery: dict[str, object] = field(default_factory=dict)
    """Instead of what it says of itself."""
    sign: Callable[[dict[str, object]], str] | None = None
    """Instead of its own signature."""
    status: int = 200
    piece: int = 2**20
    """Bytes that it sends at once."""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    """Code -> the request that it was given for."""

    @property
    def issuer(self) -> str:
        return self.settings.issuer

    def consent(self, address: str) -> str:
        """The address to which a browser goes back after its user agreed to the request at `address`."""
        found = urlsplit(address)
        asked = dict(parse_qsl(found.query))
        assert (found.path, asked["response_type"], asked["client_id"]) == ("/realm/authorize", "code", "cloister")
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def token(self, claims: dict[str, object], header: dict[str, object] | None = None) -> str:
        """A token with these claims, well signed."""
        head = {"alg": "RS256", "kid": "k", **(header or {})}
        message = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
        return f"{message}.{encoded(self.key.sign(message.encode(), PKCS1v15(), SHA256()))}"

    def answer(self, method: str, target: str, headers: Message, body: bytes) -> tuple[int, str, bytes]:
        """Status, media type and body for a request."""
        self.asked.append(f"{method} {target.partition('?')[0]}")
        path = target.partition("?")[0]
        if path == "/realm/authorize":
            back = html.escape(self.consent(target))
            return 200, "text/html", f'<!doctype html><title>ID</title><a href="{back}">Allow</a>'.encode()
        if self.status != 200:
            return self.status, "text/plain", b"Maria Kowalski"
        if path == "/realm/.well-known/openid-configuration":
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            told = {name: f"{self.issuer}/{part}" for name, part in names.items()}
            return 200, "application/json", json.dumps({"issuer": self.issuer, **told, **self.discovery}).encode()
        if path == "/realm/keys":
            public = self.key.public_key().public_numbers()
            parts = {"n": public.n.to_bytes(256, "big"), "e": public.e.to_bytes(3, "big")}
            jwk = {"kty": "RSA", "kid": "k", "use": "sig", **{name: encoded(part) for name, part in parts.items()}}
            return 200, "application/json", json.dumps({"keys": [jwk]}).encode()
        fields = dict(parse_qsl(body.decode()))
        asked = self.codes.pop(fields.get("code", ""), None)
        basic = "Basic " + base64.b64encode(b"cloister:very%2Bsecret").decode()
        proven = encoded(hashlib.sha256(fields.get("code_verifier", "").encode()).digest())
        given = (proven, fields.get("redirect_uri"), fields.get("grant_type"), headers["Authorization"])
        if asked is None or given != (asked["code_challenge"], asked["redirect_uri"], "authorization_code", basic):
            return 400, "application/json", b'{"error": "invalid_grant"}'
        now = int(time.time())
        honest = {
            "iss": self.issuer,
            "aud": "cloister",
            "sub": "17",
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
        }
        claims = {**honest, **self.claims}
        token = self.sign(claims) if self.sign else self.token(claims)
        return 200, "application/json", json.dumps({"id_token": token, "access_token": "x"}).encode()


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.fixture(scope="session")
def provider_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RSAPrivateKey]:
    """TLS certificate, its authority, the client's secret; and the key that signs tokens."""
    folder, now = tmp_path_factory.mktemp("provider"), datetime.now(UTC)
    authority, authority_key = make_authority("identity", now)
    certificate, key = make_server_certificate(authority, authority_key, ("localhost",), now)
    for name, content in {
        "ca.crt": authority,
        "tls.crt": certificate,
        "tls.key": key,
        "secret": b"very+secret\n",
    }.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    return folder, generate_private_key(65537, 2048)


@pytest.fixture
def provider(provider_files: tuple[Path, RSAPrivateKey]) -> Iterator[Provider]:
    folder, key = provider_files

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, kind, content = made.answer(self.command, self.path, self.headers, body)
            elsewhere = f"Location: {made.issuer}/keys\r\n" if status == 302 else ""
            whole = f"HTTP/1.0 {status} So\r\nContent-Type: {kind}\r\n{elsewhere}\r\n".encode() + content
            with suppress(OSError):  # whoever asked had enough
                for start in range(0, len(whole), made.piece):
                    self.wfile.write(whole[start : start + made.piece])

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    settings = folder / "oidc.toml"
    settings.write_text(
        f'issuer = "https://localhost:{server.server_address[1]}/realm"\nclient_id = "cloister"\n'
        'client_secret_file = "secret"\nauthority = "ca.crt"\noperators = ["trial-office"]\nviewers = ["trial-staff"]\n'
    )
    made = Provider(OidcSettings.read(settings), key)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()

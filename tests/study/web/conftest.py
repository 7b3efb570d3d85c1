"""A small page of two views and one act, served on a free port, with two accounts; and somebody who visits it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import urlencode

import pytest

from cloister.study.errors import InputError
from cloister.study.web.accounts import ACCOUNTS_FILE, Accounts, Cost
from cloister.study.web.local_page import LocalPage, Tab
from cloister.study.web.serving import listen, serving

PASSWORD = "three unrelated words"
CHEAP = Cost(memory=64, passes=1, lanes=1)


@dataclass
class Visitor:
    """A browser that keeps cookies and sends what browsers send."""

    port: int
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

    def sign_in(self, name: str, password: str = PASSWORD, path: str = "/") -> int:
        _, content = self.ask("GET", "/sign-in")
        fields = {"form": self.form(content), "name": name, "password": password}
        return self.ask("POST", f"/sign-in?next={path}", fields)[0]


@dataclass(frozen=True)
class Served:
    """The page, its folder, and what was done on it."""

    port: int
    folder: Path
    done: list[tuple[str, str]]
    made: LocalPage

    def visitor(self) -> Visitor:
        return Visitor(self.port)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    templates = tmp_path / "cloister_page_of_tests" / "templates"
    templates.mkdir(parents=True)
    (templates.parent / "__init__.py").touch()
    (templates / "plain.html").write_text('{% extends "layout.html" %}{% block main %}{{ shown }}{% endblock %}')
    accounts = Accounts().with_account("viewer", "viewer", PASSWORD, CHEAP)
    accounts.with_account("Dr. Ada Officer", "operator", PASSWORD, CHEAP).write(tmp_path / ACCOUNTS_FILE)
    done: list[tuple[str, str]] = []
    with pytest.MonkeyPatch.context() as patch, listen(0) as listening:
        patch.syspath_prepend(str(tmp_path))
        port = listening.getsockname()[1]
        page = LocalPage(
            "north", "site", tmp_path, port, "cloister_page_of_tests", (Tab("/", "First"),), lambda: "metric 1\n"
        )
        page.show("/", "plain.html", lambda _values, account: {"title": "First", "shown": f"seen by {account.name}"})
        page.show("/secret", "plain.html", lambda *_: {"title": "Second", "shown": "something secret"}, "operator")
        page.show("/echo/{text}", "plain.html", lambda values, _: {"title": "Echo", "shown": values["text"]})

        def act(_values: object, fields: object, account: object) -> str:
            assert isinstance(fields, dict)
            if fields.get("what") == "refused":
                raise InputError("It was refused.", "Do it better.")
            if fields.get("what") == "broken":
                raise RuntimeError("Maria Kowalski")
            done.append((getattr(account, "name", ""), fields.get("what", "")))
            return "/"

        page.act("/act", act)
        with serving(page.app, listening):
            yield Served(port, tmp_path, done, page)

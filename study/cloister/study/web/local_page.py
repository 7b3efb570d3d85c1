"""A page on loopback: who may see and do what, and how answers are made.

1. It listens on 127.0.0.1 alone, and a request must name this host and port (against DNS rebinding).
2. Everything but the sign-in page and the style sheet needs a session (`sessions.py`); a request that changes something
   needs an operator, this page's origin, and the form's own token.
3. The content security policy lets the page load its own style and script and talk to this server, nothing else.
4. `/metrics` is for Prometheus, which shows the bearer token of a file beside the accounts.
5. Who signs in or out, and who is refused, stands in the audit log: without the entry nobody is signed in. A name that
   is nobody's is not written down, as it may be a password typed into the wrong field; entries of refusals are bounded
   by the attempts that are heard (`attempts.py`).
6. Errors of ours are told to who is signed in; of others only that there was one.
7. Where an institution's provider is configured, it alone signs people in (`oidc.py`), and no password is taken. It
   sends the browser back from another site, so that sign-in's token is in a cookie of its own (`SameSite=Lax`), and
   the page is shown by one step more, which begins here and so carries the session's cookie (`Strict`).

A browser sends cookies to every port of a host: who can start a web server on this machine and lead somebody there who
is signed in would get the session. So the machine should be one on which only trusted people run programs.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote, unquote

from fastapi import FastAPI
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloister.study import atomic
from cloister.study.audit_entry import Event, Role
from cloister.study.errors import CloisterError, InputError, SignInRefusedError, text_of_wire_code
from cloister.study.prometheus import CONTENT_TYPE
from cloister.study.web.accounts import ACCOUNTS_FILE, Accounts, User
from cloister.study.web.attempts import Attempts
from cloister.study.web.oidc import SECONDS, OidcSignIn
from cloister.study.web.oidc_settings import OidcSettings
from cloister.study.web.sessions import Sessions

HOST = "127.0.0.1"
TOKEN_FILE = "metrics.token"  # noqa: S105 (the name of the file that holds it)
_MOST_FORM_BYTES = 16 * 1024
_SIGN_IN, _BACK = "/sign-in", "/sign-in/oidc"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "clipboard-read=(), geolocation=(), camera=(), microphone=()",
    # `no-referrer` would have browsers send forms with the origin `null`.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_FILES = {"/page.css": "text/css; charset=utf-8", "/live.js": "text/javascript; charset=utf-8"}

log = logging.getLogger("cloister.page")

Values = Mapping[str, str]
View = Callable[[Values, User], Mapping[str, Any]]
"""From the path's parameters and who asks to what the template shows."""
Act = Callable[[Values, Values, User], str]
"""From the path's parameters, the form's fields and who asks to the path that is shown next."""


class Record(Protocol):
    """Writes into the audit log of whose page it is; raises `AuditLogError` where that cannot be."""

    def __call__(self, event: Event, *, by: str | None, role: Role | None, subject: str | None) -> None:
        """Log who signed in or out, or was refused; the fields are those of `AuditEntry`."""
        ...


@dataclass(frozen=True)
class Tab:
    """An entry of the page's navigation."""

    path: str
    name: str
    role: Role = "viewer"


class LocalPage:
    """One page; `show` and `act` say what is on it.

    Args:
        name: whose page it is: the site's or the federation's name.
        kind: what kind of page, in words.
        folder: holds the accounts and the token of the metrics.
        port: under which it is reached.
        templates: the package whose folder `templates` holds the page's own.
        tabs: its navigation.
        metrics: what Prometheus is told.
        record: logs sign-ins.
        oidc: the provider that signs people in; the page's own accounts if None.
    """

    def __init__(
        self,
        name: str,
        kind: str,
        folder: Path,
        port: int,
        templates: str,
        tabs: tuple[Tab, ...],
        metrics: Callable[[], str],
        record: Record,
        oidc: OidcSettings | None = None,
    ) -> None:
        self._accounts, self._token = folder / ACCOUNTS_FILE, metrics_token(folder)
        # The provider sends browsers back to one address, and cookies are the host's.
        self._hosts = {f"{host}:{port}" for host in ((HOST, "localhost") if oidc is None else (HOST,))}
        self._cookie = f"cloister-{port}"
        self._record = record
        self._oidc = OidcSignIn(oidc, redirect_address(port)) if oidc else None
        self._sessions, self._attempts = Sessions(), Attempts()
        self._tabs, self._metrics = tabs, metrics
        loader = ChoiceLoader([PackageLoader(templates), PackageLoader("cloister.study.web", "layout")])
        self._templates = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.globals.update(name=name, kind=kind, issuer=oidc.issuer if oidc else None)
        self._templates.filters.update(_FILTERS)
        self._app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        self._route(_SIGN_IN, self._sign_in_page, "GET")
        self._route(_SIGN_IN, self._sign_in, "POST")
        if self._oidc is not None:
            self._route(_BACK, self._back_from_provider, "GET")
        self._route("/sign-out", self._sign_out, "POST")
        self._route("/metrics", self._tell_metrics, "GET")
        for path in _FILES:
            self._route(path, _own_file, "GET")
        self._app.add_exception_handler(404, self._not_found)
        self._app.add_exception_handler(405, self._not_found)

    @property
    def app(self) -> ASGIApp:
        """What a server runs."""
        return _Guarded(self._app, self._hosts)

    def show(self, path: str, template: str, view: View, role: Role = "viewer") -> None:
        """Show something at a path, to those who have the role."""

        async def answer(request: Request) -> Response:
            account = self._who(request)
            if account is None:
                return RedirectResponse(f"{_SIGN_IN}?next={quote(request.url.path)}", 303)
            if not _may(account, role):
                return self._refuse(request, account, 403, "This is for operators.")
            return await self._answered(
                request, account, lambda: self._render(request, template, account, view(request.path_params, account))
            )

        self._route(path, answer, "GET")

    def act(self, path: str, act: Act, role: Role = "operator") -> None:
        """Do something where a form is sent to a path, for those who have the role."""

        async def answer(request: Request) -> Response:
            account = self._who(request)
            if account is None:
                return RedirectResponse(_SIGN_IN, 303)
            fields = await self._form(request)
            if fields is None:
                return self._refuse(request, account, 403, "This form is not from this page. Reload it.")
            if not _may(account, role):
                return self._refuse(request, account, 403, "This is for operators.")
            return await self._answered(
                request, account, lambda: RedirectResponse(act(request.path_params, fields, account), 303)
            )

        self._route(path, answer, "POST")

    def _route(self, path: str, answer: Callable[[Request], Awaitable[Response]], method: str) -> None:
        self._app.add_route(path, answer, [method], include_in_schema=False)

    def _who(self, request: Request) -> User | None:
        token = request.cookies.get(self._cookie, "")
        by_person = "x-renewal" not in request.headers
        return self._sessions.find(token, self._people(), by_person=by_person) if token else None

    def _people(self) -> Accounts:
        """The accounts as they are now; none, so that nobody gets in, if they cannot be read."""
        try:
            return Accounts.read(self._accounts)
        except (CloisterError, OSError):
            log.error("the accounts cannot be read: nobody can sign in")
            return Accounts()

    async def _answered(self, request: Request, account: User, make: Callable[[], Response]) -> Response:
        try:
            return await run_in_threadpool(make)
        except CloisterError as problem:
            return self._refuse(request, account, 422, problem.message, problem.remedy)
        except Exception:
            log.exception("a page could not be made")
            return self._refuse(
                request, account, 500, "This could not be done; the page's log says what kind of error."
            )

    async def _sign_in_page(self, request: Request) -> Response:
        if self._who(request) is not None:
            return RedirectResponse("/", 303)
        return self._sign_in_form(request, 200, "")

    async def _sign_in(self, request: Request) -> Response:
        fields = await self._form(request)
        if fields is None:
            return self._sign_in_form(request, 403, "That form was too old. Please sign in again.")
        path = _within(request.query_params.get("next", "/"))
        if self._oidc is not None:
            return await self._on_to_provider(request, self._oidc, path)
        name = fields.get("name", "")
        wait = self._attempts.begin(name)
        if wait:
            problem = f"Too many attempts. Try again in {max(1, round(wait / 60))} min."
            refused = self._sign_in_form(request, 429, problem)
            refused.headers["Retry-After"] = str(int(wait) + 1)
            return refused
        people = self._people()
        account = await run_in_threadpool(people.verified, name, fields.get("password", ""))
        if account is None:
            await self._noted("sign-in-refused", name=name if people.find(name) else None)
            return self._sign_in_form(request, 401, "Name or password is wrong.")
        self._attempts.succeeded(name)
        return await self._signed_in(request, account, RedirectResponse(path, 303))

    async def _on_to_provider(self, request: Request, oidc: OidcSignIn, path: str) -> Response:
        try:
            address, browser = await run_in_threadpool(oidc.begin, path)
        except CloisterError as problem:
            return self._sign_in_form(request, 503, problem.message)
        answer = self._onward(address)
        answer.set_cookie(
            f"{self._cookie}-oidc", browser, path=_BACK, httponly=True, samesite="lax", max_age=int(SECONDS)
        )
        return answer

    async def _back_from_provider(self, request: Request) -> Response:
        assert self._oidc is not None  # noqa: S101 (or there is no such path)
        browser = request.cookies.get(f"{self._cookie}-oidc", "")
        try:
            user, path = await run_in_threadpool(self._oidc.finish, request.query_params, browser)
        except CloisterError as problem:
            # A name is known only from a real token; the others anybody's page could send here, so they are counted.
            name = problem.name if isinstance(problem, SignInRefusedError) else None
            if name is not None or not self._attempts.begin(_BACK):
                await self._noted("sign-in-refused", name=name)
            return self._not_signed_in(401, problem.message, problem.remedy)
        return await self._signed_in(request, user, self._onward(path))

    async def _signed_in(self, request: Request, user: User, answer: Response) -> Response:
        if not await self._noted("signed-in", user):
            return self._not_signed_in(503, "The audit log cannot be written.", "Nobody can sign in until then.")
        self._sessions.end(request.cookies.get(self._cookie, ""))
        return self._with_cookie(answer, self._sessions.begin(user))

    async def _sign_out(self, request: Request) -> Response:
        user = self._who(request)
        if await self._form(request) is None:
            return self._refuse(request, user, 403, "This form is not from this page. Reload it.")
        self._sessions.end(request.cookies.get(self._cookie, ""))
        if user is not None:
            await self._noted("signed-out", user)
        answer = RedirectResponse(_SIGN_IN, 303)
        answer.delete_cookie(self._cookie, path="/", httponly=True, samesite="strict")
        return answer

    async def _noted(self, event: Event, user: User | None = None, *, name: str | None = None) -> bool:
        """Whether it stands in the audit log, of a user or, where nobody is signed in, of a name."""
        by, role, subject = (user.name, user.role, user.subject) if user else (name, None, None)
        try:
            await run_in_threadpool(self._record, event, by=by, role=role, subject=subject)
        except (CloisterError, OSError):
            log.exception("the audit log cannot be written")
            return False
        return True

    def _not_signed_in(self, status: int, problem: str, remedy: str) -> Response:
        """Leaves the cookies alone: whom another site leads here is not signed out by it."""
        content = {"title": "Not signed in", "problem": problem, "remedy": remedy}
        return Response(self._templates.get_template("refusal.html").render(content), status, media_type="text/html")

    def _onward(self, address: str) -> Response:
        content = self._templates.get_template("onward.html").render(title="Sign in", address=address)
        return Response(content, media_type="text/html")

    async def _tell_metrics(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self._token.encode()):
            return PlainTextResponse("a bearer token is needed\n", 401, {"WWW-Authenticate": "Bearer"})
        try:
            return Response(_sendable(await run_in_threadpool(self._metrics)), media_type=CONTENT_TYPE)
        except CloisterError as problem:
            return PlainTextResponse(f"{problem.code}\n", 503)

    async def _not_found(self, request: Request, _: Exception) -> Response:
        return self._refuse(request, self._who(request), 404, "There is no such page.")

    async def _form(self, request: Request) -> dict[str, str] | None:
        """The fields of a form that this page made for this browser; None of any other."""
        token = request.cookies.get(self._cookie, "")
        origin = request.headers.get("origin", "")
        kind = request.headers.get("content-type", "").partition(";")[0]
        if not token or origin not in {f"http://{host}" for host in self._hosts} or kind != _FORM:
            return None
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST_FORM_BYTES:
                return None
        try:
            fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50))
        except ValueError:
            return None
        return fields if self._sessions.is_form_of(fields.pop("form", ""), token) else None

    def _sign_in_form(self, request: Request, status: int, problem: str) -> Response:
        token = request.cookies.get(self._cookie) or self._sessions.new_token()
        content = self._templates.get_template("sign_in.html").render(
            title="Sign in",
            problem=problem,
            form=self._sessions.form_token(token),
            next=_within(request.query_params.get("next", "/")),
        )
        return self._with_cookie(Response(content, status, media_type="text/html"), token)

    def _render(self, request: Request, template: str, account: User, content: Mapping[str, Any]) -> Response:
        return Response(self._html(request, template, account, content), media_type="text/html")

    def _refuse(self, request: Request, account: User | None, status: int, problem: str, remedy: str = "") -> Response:
        if account is None:
            return PlainTextResponse(f"{problem}\n", status)
        content = {"title": "Not possible", "problem": problem, "remedy": remedy}
        return Response(self._html(request, "refusal.html", account, content), status, media_type="text/html")

    def _html(self, request: Request, template: str, account: User, content: Mapping[str, Any]) -> bytes:
        page = self._templates.get_template(template).render(
            account=account,
            path=request.url.path,
            tabs=[tab for tab in self._tabs if _may(account, tab.role)],
            form=self._sessions.form_token(request.cookies[self._cookie]),
            **content,
        )
        return _sendable(page)

    def _with_cookie(self, answer: Response, token: str) -> Response:
        answer.set_cookie(self._cookie, token, path="/", httponly=True, samesite="strict")
        return answer


class _Guarded:
    """Refuses requests that do not name this host, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, hosts: set[str]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
            if len(hosts) == 1 and hosts[0] in self._hosts:
                await self._app(scope, receive, send_with_headers)
            else:
                refusal = PlainTextResponse("This page answers to its own address only.\n", 403)
                await refusal(scope, receive, send_with_headers)


def redirect_address(port: int) -> str:
    """Where a provider sends browsers back to; it has to know this address of its client."""
    return f"http://{HOST}:{port}{_BACK}"


def metrics_token(folder: Path) -> str:
    """The token that Prometheus shows, made where there is none.

    Raises:
        InputError: the file holds something else; a request without a token would have shown an empty one.
    """
    path = folder / TOKEN_FILE
    if not path.exists():
        atomic.write_bytes(path, secrets.token_urlsafe(32).encode() + b"\n", mode=0o600)
    token = path.read_bytes().strip()
    if not re.fullmatch(rb"[!-~]{32,}", token):
        raise InputError(
            f"{path}: holds no token of at least 32 visible ASCII characters.", "Remove it: a new one is made."
        )
    return token.decode()


_FORM = "application/x-www-form-urlencoded"


async def _own_file(request: Request) -> Response:
    path = request.url.path
    content = (files("cloister.study.web") / "layout" / path.removeprefix("/")).read_bytes()
    return Response(content, media_type=_FILES[path])


def _sendable(text: str) -> bytes:
    """Names of files may hold bytes that are no text."""
    return text.encode("utf-8", "backslashreplace")


def _may(account: User, role: Role) -> bool:
    return role == "viewer" or account.role == "operator"


def _within(path: str) -> str:
    """A path of this page; its beginning if it could lead elsewhere."""
    plain = unquote(path)
    inside = plain.startswith("/") and not plain.startswith("//") and "\\" not in plain and plain.isprintable()
    return quote(plain) if inside else "/"


def _moment(value: datetime | str | None) -> str:
    if value is None:
        return "–"
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    with suppress(OverflowError):  # at the ends of time, as somebody signed it
        at = at.astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M}"


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


_FILTERS: dict[str, Callable[..., str]] = {
    "moment": _moment,
    "size": _size,
    "count": lambda value: f"{value:,}",
    "short": lambda value: str(value)[:12],
    "error": text_of_wire_code,
}

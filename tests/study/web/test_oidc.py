"""Signing in by the institution's provider: who it vouches for gets in with a role, and no attack gets anybody in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from cloister.study.errors import InputError, MissingFileError, SignInRefusedError
from cloister.study.web import oidc_provider
from cloister.study.web.attempts import MOST_FOR_A_NAME
from cloister.study.web.oidc import MOST_AT_ONCE, SECONDS, OidcSignIn
from cloister.study.web.oidc_provider import OidcProvider
from cloister.study.web.oidc_settings import OidcSettings

if TYPE_CHECKING:
    from tests.conftest import Inspect
    from tests.study.web.conftest import Provider, Serve, Served, Visitor


@pytest.fixture
def served(serve: Serve, provider: Provider) -> Iterator[Served]:
    with serve(provider.settings) as page:
        yield page


def begin(visitor: Visitor, path: str = "/") -> str:
    """Send the form; returns the address of the provider to which the browser is sent on."""
    _, content = visitor.ask("GET", "/sign-in")
    assert 'type="password"' not in content
    status, content = visitor.ask("POST", f"/sign-in?next={path}", {"form": visitor.form(content)})
    assert status == 200, content
    return onward(content)


def onward(content: str) -> str:
    return unescape(re.findall(r'http-equiv="refresh" content="0; url=([^"]*)"', content)[0])


def follow(visitor: Visitor, address: str) -> tuple[int, str]:
    """Go where the provider sends the browser, without the cookies that browsers keep back then (SameSite=Strict)."""
    kept = {name: visitor.cookies.pop(name) for name in list(visitor.cookies) if not name.endswith("-oidc")}
    answered = visitor.ask("GET", address.removeprefix(visitor.origin))
    visitor.cookies = {**kept, **visitor.cookies}
    return answered


def sign_in(visitor: Visitor, provider: Provider, path: str = "/") -> tuple[int, str]:
    return follow(visitor, provider.consent(begin(visitor, path)))


def assert_nobody(served: Served, visitor: Visitor, answer: tuple[int, str]) -> None:
    assert answer[0] == 401
    assert "Kowalski" not in answer[1]
    assert visitor.ask("GET", "/")[0] == 303
    assert served.logged("signed-in") == []
    assert len(served.logged("sign-in-refused")) == 1


def test_who_the_provider_vouches_for_is_signed_in_with_their_role(served: Served, provider: Provider) -> None:
    visitor = served.visitor()
    status, content = sign_in(visitor, provider, "/echo/x")
    assert (status, onward(content)) == (200, "/echo/x")
    assert "seen by mlee" in visitor.ask("GET", "/")[1]
    assert visitor.ask("GET", "/secret")[0] == 403
    provider.claims["groups"] = "trial-office"
    other = served.visitor()
    sign_in(other, provider)
    assert "something secret" in other.ask("GET", "/secret")[1]
    form = other.form(other.ask("GET", "/")[1])
    assert other.ask("POST", "/sign-out", {"form": form})[0] == 303
    assert other.ask("GET", "/")[0] == 303
    assert served.noted == [
        ("signed-in", "mlee", "viewer"), ("signed-in", "mlee", "operator"), ("signed-out", "mlee", "operator"),
    ]  # fmt: skip


def test_a_password_signs_nobody_in_where_a_provider_does(served: Served) -> None:
    visitor = served.visitor()
    _, content = visitor.ask("GET", "/sign-in")
    fields = {"form": visitor.form(content), "name": served.people.officer, "password": served.people.password}
    assert visitor.ask("POST", "/sign-in", fields)[0] == 200
    assert visitor.ask("GET", "/")[0] == 303
    assert served.noted == []


def claiming(**changed: Any) -> Callable[[Provider], None]:
    return lambda provider: provider.claims.update(changed)


def signing(sign: Callable[[Provider, dict[str, object]], str]) -> Callable[[Provider], None]:
    def change(provider: Provider) -> None:
        provider.sign = lambda claims: sign(provider, claims)

    return change


def saying(**changed: Any) -> Callable[[Provider], None]:
    return lambda provider: provider.discovery.update(changed)


DISHONEST: dict[str, Callable[[Provider], None]] = {
    "wrong issuer": claiming(iss="https://evil.example"),
    "wrong audience": claiming(aud="another-page"),
    "expired": claiming(exp=1),
    "another nonce": claiming(nonce="x"),
    "alg none": signing(lambda provider, claims: provider.token(claims, {"alg": "none"}).rpartition(".")[0] + "."),
    "an HMAC": signing(lambda provider, claims: provider.token(claims, {"alg": "HS256"})),
    "another key": signing(lambda provider, claims: provider.token(claims, {"kid": "other"})),
    "claims that were not signed": signing(
        lambda provider, claims: ".".join(
            [*provider.token({**claims, "groups": "trial-office"}).split(".")[:2], provider.token(claims).split(".")[2]]
        )
    ),
    "no token": signing(lambda *_: ""),
    "nobody's name": claiming(preferred_username=None),
    "a name that is a record number": claiming(preferred_username="Maria Kowalski 1951"),
    "no role": claiming(groups=["everybody"]),
    "a role of another form": claiming(groups={"trial-office": True}),
    "tokens from elsewhere": saying(token_endpoint="https://evil.example/token"),
    "another issuer's document": saying(issuer="https://evil.example"),
    "an error": lambda provider: setattr(provider, "status", 500),
    "a way elsewhere": lambda provider: setattr(provider, "status", 302),
}


@pytest.mark.parametrize("change", DISHONEST.values(), ids=DISHONEST.keys())
def test_what_no_honest_provider_says_signs_nobody_in(
    served: Served, provider: Provider, change: Callable[[Provider], None]
) -> None:
    visitor = served.visitor()
    address = begin(visitor)
    change(provider)
    assert_nobody(served, visitor, follow(visitor, provider.consent(address)))


def test_who_has_no_role_is_refused_under_their_name_and_a_name_that_is_none_is_not_written(
    served: Served, provider: Provider
) -> None:
    provider.claims["groups"] = []
    sign_in(served.visitor(), provider)
    provider.claims["preferred_username"] = "Maria Kowalski 1951"
    sign_in(served.visitor(), provider)
    assert served.logged("sign-in-refused") == [("mlee", None), (None, None)]


def test_an_account_that_is_called_otherwise_is_the_same_on_record_and_a_name_given_on_is_not(
    served: Served, provider: Provider
) -> None:
    for name, subject in (("mlee", "17"), ("mlee-smith", "17"), ("mlee", "18")):
        provider.claims |= {"preferred_username": name, "sub": subject}
        visitor = served.visitor()
        assert sign_in(visitor, provider)[0] == 200
    visitor.ask("POST", "/sign-out", {"form": visitor.form(visitor.ask("GET", "/")[1])})
    first, renamed, given_on, signed_out = served.subjects
    assert first == renamed == hashlib.sha256(f"{provider.issuer}\n17".encode()).hexdigest()
    assert given_on == signed_out != first


@pytest.mark.parametrize("subject", ["", "x" * 256, "Zo\u00eb", "\ud800", 17, None, ["17"]], ids=ascii)
def test_a_subject_that_is_none_signs_nobody_in(served: Served, provider: Provider, subject: object) -> None:
    provider.claims["sub"] = subject
    visitor = served.visitor()
    assert_nobody(served, visitor, sign_in(visitor, provider))


@pytest.mark.parametrize("subject", ["Maria Kowalski 1951", "MRN 00482913", "a@b.example\n", "x" * 255], ids=ascii)
def test_whatever_a_subject_is_the_record_holds_no_text_of_it(served: Served, provider: Provider, subject: str) -> None:
    provider.claims["sub"] = subject
    assert sign_in(served.visitor(), provider)[0] == 200
    assert [re.fullmatch("[0-9a-f]{64}", told or "") is not None for told in served.subjects] == [True]


def test_an_answer_is_worth_something_once(served: Served, provider: Provider) -> None:
    """Even where the provider took a code twice."""
    visitor = served.visitor()
    back = provider.consent(begin(visitor))
    kept, codes = dict(visitor.cookies), dict(provider.codes)
    assert follow(visitor, back)[0] == 200
    provider.codes |= codes
    again = served.visitor()
    again.cookies = {name: value for name, value in kept.items() if name.endswith("-oidc")}
    assert follow(again, back)[0] == 401
    assert again.ask("GET", "/")[0] == 303


def test_an_answer_is_worth_nothing_in_another_browser(served: Served, provider: Provider) -> None:
    """Neither one that was overheard, nor one that an attacker has others open to act under the attacker's account."""
    attacker, victim = served.visitor(), served.visitor()
    back = provider.consent(begin(attacker))
    assert_nobody(served, victim, follow(victim, back))
    begin(victim)
    assert follow(victim, provider.consent(begin(attacker)))[0] == 401
    assert victim.ask("GET", "/")[0] == 303


def test_a_code_of_another_sign_in_is_worth_nothing(served: Served, provider: Provider) -> None:
    """An attacker who has a stolen code puts it into a sign-in of their own: the verifier is another one."""
    victim, attacker = served.visitor(), served.visitor()
    stolen = dict(parse_qsl(urlsplit(provider.consent(begin(victim))).query))["code"]
    own = urlsplit(provider.consent(begin(attacker)))
    mixed = own._replace(query=urlencode({**dict(parse_qsl(own.query)), "code": stolen})).geturl()
    assert_nobody(served, attacker, follow(attacker, mixed))


def test_a_token_of_an_earlier_sign_in_is_worth_nothing(served: Served, provider: Provider) -> None:
    tokens: list[str] = []
    provider.sign = lambda claims: tokens.append(provider.token(claims)) or tokens[0]  # type: ignore[func-returns-value]
    assert sign_in(served.visitor(), provider)[0] == 200
    visitor = served.visitor()
    assert sign_in(visitor, provider)[0] == 401
    assert visitor.ask("GET", "/")[0] == 303


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "x"},
        {"state": ""},
        {"code": ""},
        {"code": "x" * 5000},
        {"iss": "https://evil.example"},
        {"error": "no"},
    ],
    ids=str,
)
def test_an_answer_that_was_changed_is_worth_nothing(
    served: Served, provider: Provider, changed: dict[str, str]
) -> None:
    visitor = served.visitor()
    own = urlsplit(provider.consent(begin(visitor)))
    query = urlencode({**dict(parse_qsl(own.query)), **changed})
    before = len(provider.asked)
    assert_nobody(served, visitor, follow(visitor, own._replace(query=query).geturl()))
    assert provider.asked[before:] == []


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/%5Cevil.example", "%2F%2Fevil.example"])
def test_a_sign_in_leads_nowhere_else(served: Served, provider: Provider, path: str) -> None:
    assert onward(sign_in(served.visitor(), provider, path)[1]) == "/"


def test_another_site_cannot_begin_a_sign_in_nor_end_a_session(served: Served, provider: Provider) -> None:
    visitor = served.visitor()
    sign_in(visitor, provider)
    asked = len(provider.asked)
    form = visitor.form(visitor.ask("GET", "/")[1])
    for headers in ({"Origin": "https://evil.example"}, {"Origin": None}):
        assert visitor.ask("POST", "/sign-in", {"form": form}, **headers)[0] == 403
    assert visitor.ask("POST", "/sign-in", {"form": "0" * 64})[0] == 403
    assert len(provider.asked) == asked
    assert follow(visitor, "/sign-in/oidc?state=x&code=x")[0] == 401
    assert "seen by mlee" in visitor.ask("GET", "/")[1]


def test_refusals_on_record_are_bounded(served: Served) -> None:
    visitor = served.visitor()
    for _ in range(3 * MOST_FOR_A_NAME):
        assert follow(visitor, "/sign-in/oidc?state=x&code=x")[0] == 401
    assert served.logged("sign-in-refused") == [(None, None)] * MOST_FOR_A_NAME


def test_another_sites_page_cannot_keep_a_refused_person_off_the_record(served: Served, provider: Provider) -> None:
    for number in range(2 * MOST_FOR_A_NAME):
        follow(served.visitor(), f"/sign-in/oidc?state=x&code={number}")
    provider.claims["groups"] = []
    sign_in(served.visitor(), provider)
    assert ("mlee", None) in served.logged("sign-in-refused")


def test_without_the_audit_log_nobody_is_signed_in(served: Served, provider: Provider) -> None:
    (served.folder / "no log").touch()
    visitor = served.visitor()
    assert sign_in(visitor, provider)[0] == 503
    assert visitor.ask("GET", "/")[0] == 303


def test_a_provider_that_is_not_there_is_told(served: Served, provider: Provider) -> None:
    visitor = served.visitor()
    _, content = visitor.ask("GET", "/sign-in")
    provider.status = 503
    status, content = visitor.ask("POST", "/sign-in", {"form": visitor.form(content)})
    assert status == 503
    assert "The identity provider answers 503" in content
    assert "Kowalski" not in content


def test_the_cookie_of_a_sign_in_is_for_the_way_back_alone(served: Served) -> None:
    visitor = served.visitor()
    begin(visitor)
    (cookie,) = [found.lower() for found in visitor.headers.get_all("Set-Cookie") or []]
    for part in ("httponly", "samesite=lax", "path=/sign-in/oidc", f"max-age={int(SECONDS)}"):
        assert part in cookie
    assert visitor.ask("GET", "/sign-in", Host=f"localhost:{served.port}")[0] == 403


def test_only_the_institutions_own_certificate_will_do(provider: Provider) -> None:
    elsewhere = provider.settings.model_copy(update={"authority": None})
    with pytest.raises(SignInRefusedError, match="cannot be reached"):
        OidcProvider(elsewhere).discover()
    address = provider.settings.model_copy(update={"issuer": provider.issuer.replace("localhost", "127.0.0.1")})
    with pytest.raises(SignInRefusedError, match="cannot be reached"):
        OidcProvider(address).discover()
    assert provider.asked == []


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x", "https://localhost:1/x", "http://localhost:{port}/x", "https://me@evil.example/x",
        "https://localhost:{port}@evil.example/x", "https://localhost:{port}/a b", "https://localhost:{port}/\n",
        "/x", "", 7,
    ],
)  # fmt: skip
def test_an_address_elsewhere_is_not_asked(provider: Provider, name: str, address: object) -> None:
    port = str(urlsplit(provider.issuer).port)
    provider.discovery[name] = address.replace("{port}", port) if isinstance(address, str) else address
    with pytest.raises(SignInRefusedError, match="not the issuer's"):
        OidcProvider(provider.settings).discover()


def test_a_secret_that_went_away_is_told(provider: Provider, tmp_path: Path) -> None:
    settings = provider.settings.model_copy(update={"client_secret_file": str(tmp_path / "gone")})
    found = OidcProvider(settings).discover()
    with pytest.raises(SignInRefusedError, match="secret cannot be read"):
        OidcProvider(settings).id_token(found, {})


def test_a_document_without_end_is_not_read(provider: Provider) -> None:
    provider.discovery["more"] = "x" * 300_000
    with pytest.raises(SignInRefusedError, match="bytes"):
        OidcProvider(provider.settings).discover()


@pytest.mark.parametrize("seconds_a_byte", [1.0, 0.1], ids=["headers", "content"])
def test_a_provider_that_drips_holds_nobody_up(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, seconds_a_byte: float
) -> None:
    """Each of its bytes comes well within the timeout of a socket; so many of them do not come in time."""
    provider.piece = 1
    OidcProvider(provider.settings).discover()
    looks = count()
    monkeypatch.setattr(oidc_provider, "monotonic", lambda: 1 + next(looks) * seconds_a_byte)
    with pytest.raises(SignInRefusedError, match="in time"):
        OidcProvider(provider.settings).discover()
    assert next(looks) == oidc_provider.ANSWER_SECONDS / seconds_a_byte + 1


def begun(sign_ins: OidcSignIn, provider: Provider) -> tuple[dict[str, str], str]:
    """The provider's answer to a sign-in, and the browser's token."""
    address, browser = sign_ins.begin("/")
    return dict(parse_qsl(urlsplit(provider.consent(address)).query)), browser


def test_a_sign_in_runs_out(provider: Provider) -> None:
    now = [0.0]
    sign_ins = OidcSignIn(provider.settings, "http://127.0.0.1:1/x", lambda: now[0])
    answer = begun(sign_ins, provider)
    now[0] = SECONDS
    with pytest.raises(SignInRefusedError, match="too long"):
        sign_ins.finish(*answer)


def test_who_begins_without_end_fills_no_memory_and_keeps_nobody_out(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_ins = OidcSignIn(provider.settings, "http://127.0.0.1:1/x")
    found = OidcProvider(provider.settings).discover()
    monkeypatch.setattr(OidcProvider, "discover", lambda _: found)
    oldest, second = begun(sign_ins, provider), begun(sign_ins, provider)
    for _ in range(MOST_AT_ONCE - 1):
        sign_ins.begin("/")
    with pytest.raises(SignInRefusedError, match="began no such"):
        sign_ins.finish(*oldest)
    assert sign_ins.finish(*second)[0].name == "mlee"


def test_nothing_secret_repeats(provider: Provider) -> None:
    sign_ins = OidcSignIn(provider.settings, "http://127.0.0.1:1/x")
    asked = [dict(parse_qsl(urlsplit(sign_ins.begin("/")[0]).query)) for _ in range(3)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({one[name] for one in asked}) == 3


SETTINGS = {"issuer": '"https://id.example"', "client_id": '"c"', "viewers": '["x"]'}
BAD_SETTINGS = {
    "in the clear": {"issuer": '"http://id.example"'},
    "with a user": {"issuer": '"https://me@id.example"'},
    "with a query": {"issuer": '"https://id.example?x=1"'},
    "no address": {"issuer": '"id.example"'},
    "nobody": {"viewers": "[]"},
    "unknown key": {"client_secret": '"hidden"'},
    "two scopes in one": {"scopes": '["a b"]'},
}


def write(folder: Path, changed: dict[str, str]) -> Path:
    path = folder / "oidc.toml"
    path.write_text("".join(f"{name} = {value}\n" for name, value in {**SETTINGS, **changed}.items()))
    return path


@pytest.mark.parametrize("changed", BAD_SETTINGS.values(), ids=BAD_SETTINGS.keys())
def test_settings_that_are_wrong_are_refused(tmp_path: Path, changed: dict[str, str]) -> None:
    assert OidcSettings.read(write(tmp_path, {})).viewers == ("x",)
    with pytest.raises(InputError):
        OidcSettings.read(write(tmp_path, changed))


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"client_secret_file": '"secret"'})
    with pytest.raises(MissingFileError):
        OidcSettings.read(path)
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0o640)
    with pytest.raises(InputError, match="others may read"):
        OidcSettings.read(path)
    (tmp_path / "secret").chmod(0o600)
    assert OidcSettings.read(path).client_secret_file == str((tmp_path / "secret").resolve())


def test_a_real_browser_gets_in_and_stays_in(browser: Any, served: Served) -> None:
    """Through another site, whose way back carries no cookie that is `Strict`."""
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"http://127.0.0.1:{served.port}/echo/x")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Allow").click()
    page.wait_for_url(f"http://127.0.0.1:{served.port}/echo/x")
    page.goto(f"http://127.0.0.1:{served.port}/")
    assert "seen by mlee" in page.inner_text("main")
    assert {(cookie["sameSite"], cookie["httpOnly"]) for cookie in context.cookies()} == {
        ("Strict", True),
        ("Lax", True),
    }
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    context.close()
    assert [event for event, *_ in served.noted] == ["signed-in", "signed-out"]


def test_nothing_keeps_anybody_from_reading_the_pages(
    browser: Any, served: Served, provider: Provider, inspect: Inspect
) -> None:
    """Of a sign-in: before it, on the way to the provider, and when nobody is signed in in the end."""
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.route(f"{provider.issuer}/**", lambda asked: asked.fulfill(status=204))  # so that the browser stays
    page.goto(f"http://127.0.0.1:{served.port}/")
    amiss = inspect(page)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Go on").wait_for()
    amiss += inspect(page)
    page.goto(f"http://127.0.0.1:{served.port}/sign-in/oidc?state=x&code=x")
    page.get_by_role("heading", name="Not signed in").wait_for()
    amiss += inspect(page)
    context.close()
    assert amiss == []

"""A page on loopback shows nothing to who is not signed in, and does nothing that its own forms did not send."""

from __future__ import annotations

import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cloister.study.errors import InputError
from cloister.study.web.accounts import ACCOUNTS_FILE, Accounts
from cloister.study.web.attempts import MOST_FOR_A_NAME, MOST_IN_ALL
from cloister.study.web.local_page import _moment
from cloister.study.web.serving import listen

if TYPE_CHECKING:
    from tests.conftest import Inspect, Watch
    from tests.study.web.conftest import Served

OFFICER = "Dr. Ada Officer"


def test_who_is_not_signed_in_is_led_to_the_form_and_sees_nothing(served: Served) -> None:
    visitor = served.visitor()
    for path in ("/", "/secret", "/echo/x"):
        status, content = visitor.ask("GET", path)
        assert (status, content) == (303, "")
        assert visitor.headers["Location"] == f"/sign-in?next={path}"
    assert visitor.ask("POST", "/act")[0] == 303
    assert visitor.ask("GET", "/nowhere") == (404, "There is no such page.\n")
    assert served.done == []


def test_after_signing_in_the_page_that_was_wanted_is_shown(served: Served) -> None:
    visitor = served.visitor()
    assert visitor.sign_in(OFFICER, path="/secret") == 303
    assert visitor.headers["Location"] == "/secret"
    assert "something secret" in visitor.ask("GET", "/secret")[1]
    assert f"seen by {OFFICER}" in visitor.ask("GET", "/")[1]


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/%5Cevil.example", "%2F%2Fevil.example", ""]
)
def test_signing_in_leads_nowhere_else(served: Served, path: str) -> None:
    visitor = served.visitor()
    assert visitor.sign_in("viewer", path=path) == 303
    assert visitor.headers["Location"] == "/"


def test_a_session_begins_under_a_new_token_that_scripts_and_other_sites_do_not_get(served: Served) -> None:
    visitor = served.visitor()
    visitor.ask("GET", "/sign-in")
    before = dict(visitor.cookies)
    visitor.sign_in("viewer")
    assert visitor.cookies.keys() == before.keys() == {f"cloister-{served.port}"}
    assert visitor.cookies != before
    cookie = visitor.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    planted = served.visitor()
    planted.cookies = before
    assert planted.ask("GET", "/")[0] == 303


def test_wrong_names_and_wrong_passwords_look_alike_and_are_counted(served: Served) -> None:
    visitor = served.visitor()
    answers = set()
    for name, password in (("viewer", "wrong"), ("nobody", "wrong")):
        _, content = visitor.ask("GET", "/sign-in")
        fields = {"form": visitor.form(content), "name": name, "password": password}
        answers.add(visitor.ask("POST", "/sign-in", fields))
    assert [status for status, _ in answers] == [401]
    assert [visitor.sign_in("viewer", "wrong") for _ in range(MOST_FOR_A_NAME)][-1] == 429
    assert int(visitor.headers["Retry-After"]) > 0
    assert visitor.sign_in("viewer") == 429
    assert visitor.sign_in(OFFICER) == 303


def test_who_signs_in_or_out_and_who_is_refused_is_on_record_and_no_password(served: Served) -> None:
    visitor = served.visitor()
    visitor.sign_in("viewer", "wrong")
    visitor.sign_in(served.people.password, "wrong")
    visitor.sign_in(OFFICER)
    form = visitor.form(visitor.ask("GET", "/")[1])
    for _ in range(2):
        visitor.ask("POST", "/sign-out", {"form": form})
    assert served.noted == [
        ("sign-in-refused", "viewer", None),
        ("sign-in-refused", None, None),
        ("signed-in", OFFICER, "operator"),
        ("signed-out", OFFICER, "operator"),
    ]


def test_refusals_on_record_are_bounded_by_attempts(served: Served) -> None:
    visitor = served.visitor()
    _, content = visitor.ask("GET", "/sign-in")
    # Longer than any password, so that no time is spent on them.
    fields = {"form": visitor.form(content), "password": "x" * 2000}
    for number in range(MOST_IN_ALL + 20):
        visitor.ask("POST", "/sign-in", {**fields, "name": f"name {number}"})
    assert served.noted == [("sign-in-refused", None, None)] * MOST_IN_ALL


def test_what_cannot_be_recorded_signs_nobody_in_and_everybody_out(served: Served) -> None:
    visitor, late = served.visitor(), served.visitor()
    visitor.sign_in(OFFICER)
    form = visitor.form(visitor.ask("GET", "/")[1])
    (served.folder / "no log").touch()
    assert late.sign_in("viewer") == 503
    assert late.ask("GET", "/")[0] == 303
    assert late.sign_in("viewer", "wrong") == 401
    assert visitor.ask("POST", "/sign-out", {"form": form})[0] == 303
    assert visitor.ask("GET", "/")[0] == 303


def test_viewers_look_and_do_not_act(served: Served) -> None:
    visitor = served.visitor()
    visitor.sign_in("viewer")
    status, content = visitor.ask("GET", "/secret")
    assert status == 403
    assert "something secret" not in content
    form = visitor.form(visitor.ask("GET", "/")[1])
    assert visitor.ask("POST", "/act", {"form": form, "what": "x"})[0] == 403
    assert served.done == []


def test_operators_act_under_their_own_name(served: Served) -> None:
    visitor = served.visitor()
    visitor.sign_in(OFFICER)
    form = visitor.form(visitor.ask("GET", "/")[1])
    assert visitor.ask("POST", "/act", {"form": form, "what": "x"})[0] == 303
    assert served.done == [(OFFICER, "x")]


FORGERIES: dict[str, dict[str, str | None]] = {
    "another site": {"Origin": "https://evil.example"},
    "a page in a sandbox": {"Origin": "null"},
    "another port": {"Origin": "http://127.0.0.1:8888"},
    "https": {"Origin": "https://127.0.0.1:{port}"},
    "no origin": {"Origin": None},
    "a form without a name": {"Content_Type": "text/plain"},
    "a script": {"Content_Type": "application/json"},
    "no session": {"Cookie": None},
    "another session": {"Cookie": "cloister-{port}=abc"},
    "DNS rebinding": {"Host": "evil.example"},
    "DNS rebinding with our port": {"Host": "evil.example:{port}"},
    "another host": {"Host": "127.0.0.1:1"},
}


@pytest.mark.parametrize("change", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_form_from_elsewhere_does_nothing(served: Served, change: dict[str, str | None]) -> None:
    visitor = served.visitor()
    visitor.sign_in(OFFICER)
    form = visitor.form(visitor.ask("GET", "/")[1])
    headers = {name: value and value.replace("{port}", str(served.port)) for name, value in change.items()}
    status, _ = visitor.ask("POST", "/act", {"form": form, "what": "x"}, **headers)
    assert status in {303, 403}
    assert served.done == []


@pytest.mark.parametrize("form", ["", "0" * 64, "é"])
def test_a_form_without_its_token_does_nothing(served: Served, form: str) -> None:
    visitor = served.visitor()
    visitor.sign_in(OFFICER)
    status, content = visitor.ask("POST", "/act", {"form": form, "what": "x"})
    assert status == 403
    assert "not from this page" in content
    other = served.visitor()
    other.sign_in(OFFICER)
    theirs = other.form(other.ask("GET", "/")[1])
    assert visitor.ask("POST", "/act", {"form": theirs, "what": "x"})[0] == 403
    assert visitor.ask("POST", "/sign-out", {"form": form})[0] == 403
    assert visitor.ask("GET", "/")[0] == 200
    assert served.done == []


def test_a_form_that_is_too_large_does_nothing(served: Served) -> None:
    visitor = served.visitor()
    visitor.sign_in(OFFICER)
    form = visitor.form(visitor.ask("GET", "/")[1])
    assert visitor.ask("POST", "/act", {"form": form, "what": "x" * 20_000})[0] == 403
    assert served.done == []


def test_signing_out_ends_the_session_everywhere(served: Served) -> None:
    visitor = served.visitor()
    visitor.sign_in("viewer")
    kept = dict(visitor.cookies)
    form = visitor.form(visitor.ask("GET", "/")[1])
    assert visitor.ask("POST", "/sign-out", {"form": form})[0] == 303
    visitor.cookies = kept
    assert visitor.ask("GET", "/")[0] == 303


def test_an_account_that_is_taken_away_is_out_at_once(served: Served) -> None:
    visitor = served.visitor()
    visitor.sign_in("viewer")
    assert visitor.ask("GET", "/")[0] == 200
    Accounts.read(served.folder / ACCOUNTS_FILE).without("viewer").write(served.folder / ACCOUNTS_FILE)
    assert visitor.ask("GET", "/")[0] == 303


def test_accounts_that_cannot_be_read_let_nobody_in(served: Served) -> None:
    visitor = served.visitor()
    visitor.sign_in(OFFICER)
    (served.folder / ACCOUNTS_FILE).write_text("{")
    assert visitor.ask("GET", "/")[0] == 303
    assert visitor.sign_in(OFFICER) == 401


def test_errors_of_ours_are_told_and_others_are_not(served: Served) -> None:
    visitor = served.visitor()
    visitor.sign_in(OFFICER)
    form = visitor.form(visitor.ask("GET", "/")[1])
    status, content = visitor.ask("POST", "/act", {"form": form, "what": "refused"})
    assert status == 422
    assert "It was refused." in content
    assert "Do it better." in content
    status, content = visitor.ask("POST", "/act", {"form": form, "what": "broken"})
    assert status == 500
    assert "Kowalski" not in content


def test_what_is_shown_is_text(served: Served) -> None:
    visitor = served.visitor()
    visitor.sign_in("viewer")
    content = visitor.ask("GET", "/echo/%3Cscript%3Ealert(1)%3C%2Fscript%3E")[1]
    assert "<script>alert" not in content
    assert visitor.ask("GET", "/echo/caf%ED%B3%A9")[0] == 200
    visitor.ask("GET", "/nowhere%22%3E%3Cscript%3E")
    assert "<script>" not in visitor.ask("GET", "/sign-in?next=/%22%3E%3Cscript%3E")[1]


def test_every_answer_carries_the_security_headers_and_nothing_comes_from_elsewhere(served: Served) -> None:
    visitor = served.visitor()
    for path in ("/sign-in", "/", "/page.css", "/live.js", "/metrics", "/nowhere"):
        _, content = visitor.ask("GET", path)
        policy = visitor.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert visitor.headers["Cache-Control"] == "no-store"
        assert visitor.headers["X-Content-Type-Options"] == "nosniff"
        assert "http:" not in content
        assert "https:" not in content


def test_interfaces_of_the_framework_are_off(served: Served) -> None:
    visitor = served.visitor()
    visitor.sign_in(OFFICER)
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert visitor.ask("GET", path)[0] == 404
    assert visitor.ask("PUT", "/")[0] == 404


def test_nothing_keeps_anybody_from_reading_the_pages(served: Served, watch: Watch, inspect: Inspect) -> None:
    """Of a sign-in that failed and of what is refused; and were a page illegible, it would be told."""
    origin = f"http://127.0.0.1:{served.port}"
    with watch(origin, "40[134]") as page:
        page.goto(f"{origin}/sign-in")
        page.get_by_label("Name").fill("viewer")
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("alert").wait_for()
        amiss = inspect(page)
        served.people.at(origin)(page, "viewer")
        for path in ("/secret", "/nowhere"):
            page.goto(f"{origin}{path}")
            amiss += inspect(page)
        assert amiss == []
        page.evaluate("document.querySelector('.problem').style = 'color: grey; width: 500px'")
        amiss = inspect(page)
    assert sum("color-contrast" in found for found in amiss) == 2
    assert sum("pixels wide" in found for found in amiss) == 1


def test_metrics_are_for_who_has_the_token(served: Served) -> None:
    visitor = served.visitor()
    path = served.folder / "metrics.token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    token = path.read_text().strip()
    for wrong in ("", "Bearer", "Bearer x", f"Basic {token}", f"bearer {token}"):
        assert visitor.ask("GET", "/metrics", Authorization=wrong or None)[0] == 401
    assert visitor.ask("GET", "/metrics", Authorization=f"Bearer {token}") == (200, "metric 1\n")
    visitor.sign_in(OFFICER)
    assert visitor.ask("GET", "/metrics")[0] == 401


def test_it_listens_on_loopback_alone_and_says_so_if_it_cannot() -> None:
    with listen(0) as listening:
        host, port = listening.getsockname()
        assert host == "127.0.0.1"
        with pytest.raises(InputError, match=str(port)):
            listen(port)
        others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        for address in others - {"127.0.0.1"}:
            with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
                socket.create_connection((str(address), port), timeout=1)


def test_a_new_metrics_token_is_made_only_where_there_is_none(tmp_path: Path) -> None:
    from cloister.study.web.local_page import metrics_token

    assert metrics_token(tmp_path) == metrics_token(tmp_path)


@pytest.mark.parametrize("token", [b"", b"\n", b"short", b"x" * 31, b"caf\xe9" * 10, b"a b" * 20])
def test_a_metrics_token_that_could_be_guessed_is_refused(tmp_path: Path, token: bytes) -> None:
    """A request that shows none would have shown an empty one."""
    from cloister.study.web.local_page import metrics_token

    (tmp_path / "metrics.token").write_bytes(token)
    with pytest.raises(InputError, match=r"metrics\.token: holds no token"):
        metrics_token(tmp_path)


def test_a_moment_at_the_end_of_time_is_shown_as_it_was_signed() -> None:
    assert _moment("2026-03-01T01:30:00+02:00") == "2026-02-28 23:30"
    assert _moment("9999-12-31T23:59:59-01:00") == "9999-12-31 23:59"

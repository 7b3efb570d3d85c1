"""The coordinator's page in a real browser: what each role sees, live rounds, and how it looks small and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cloister.server.gates import Gate
from cloister.server.page.federation import Broken, Federation
from cloister.study.schema import Study

if TYPE_CHECKING:
    from tests.conftest import Inspect, Watch
    from tests.server.page.conftest import ServedFederation

OFFICER, VIEWER = "Dr. Ada Officer", "viewer"
NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def page(served_federation: ServedFederation, watch: Watch) -> Iterator[Any]:
    with watch(served_federation.origin, "4(01|03|04|22)") as page:
        yield page


def test_a_viewer_sees_sites_studies_rounds_and_budgets(page: Any, served_federation: ServedFederation) -> None:
    served_federation.sign_in(page, VIEWER)
    sites = page.get_by_role("region", name="Sites")
    assert re.search(r"va\s+until \S+\s+4\s+2\s", sites.inner_text(), re.DOTALL)
    assert "revoked" in sites.inner_text()
    assert "cannot be read" in page.inner_text("main")
    page.get_by_role("link", name="heart").click()
    assert "Heart <b>failure</b>" in page.inner_text("main")
    assert page.locator("svg.wide circle").count() == 7
    assert page.locator("svg.wide circle.rejected").count() == 1
    rounds = page.get_by_role("region", name="Rounds").locator("tbody tr")
    assert rounds.count() == 7
    assert "budget-exhausted" in rounds.nth(1).inner_text()
    assert "rejected" in rounds.nth(3).inner_text()
    assert "2 × no-reply" in page.get_by_role("region", name="Privacy by site").inner_text()
    assert served_federation.submission.study.sha256 in page.get_by_role("region", name="Evidence").inner_text()


def test_who_did_what_is_for_operators(page: Any, served_federation: ServedFederation) -> None:
    served_federation.sign_in(page, VIEWER)
    assert page.get_by_role("link", name="Audit log").count() == 0
    assert page.goto(f"{served_federation.origin}/audit").status == 403
    assert "study-submitted" not in page.content()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    served_federation.sign_in(page, OFFICER)
    page.get_by_role("link", name="Audit log").click()
    page.wait_for_url("**/audit")
    assert page.get_by_text("study-submitted").count() == 2
    assert "as viewer, subject cccccccccccc…" in page.inner_text("table")
    newest = page.locator("tbody tr").first.inner_text()
    assert "signed-in" in newest
    assert OFFICER in newest
    assert "signed-out" in page.locator("tbody tr").nth(1).inner_text()


def test_a_wrong_password_is_told_and_nothing_else(page: Any, served_federation: ServedFederation) -> None:
    page.goto(f"{served_federation.origin}/studies/x")
    page.get_by_label("Name").fill(VIEWER)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("alert").inner_text() == "Name or password is wrong."


def test_a_round_that_ends_appears_without_anybody_doing_anything(
    page: Any, served_federation: ServedFederation
) -> None:
    page.clock.install()
    served_federation.sign_in(page, VIEWER)
    page.goto(f"{served_federation.origin}/studies/{served_federation.submission.folder.name}")
    checkpoints = served_federation.submission.folder / "checkpoints"
    (newest,) = checkpoints.glob("round-*.safetensors")
    aside = checkpoints / "aside"
    newest.rename(aside)
    try:
        with page.expect_response(lambda answer: answer.request.headers.get("x-renewal") == "1"):
            page.clock.run_for(5_100)
        page.get_by_text("No round is finished yet.").wait_for()
    finally:
        aside.rename(newest)
    with page.expect_response(lambda answer: answer.request.headers.get("x-renewal") == "1"):
        page.clock.run_for(5_100)
    page.get_by_role("region", name="Rounds").wait_for()


def test_nothing_keeps_anybody_from_reading_the_pages(
    page: Any, served_federation: ServedFederation, inspect: Inspect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Federation, "releases", lambda _: releases(served_federation.submission.study))
    served_federation.sign_in(page, OFFICER)
    amiss: list[str] = []
    studies = [row.key for row in Federation(served_federation.server.folder).studies()[0]]
    for path in ("/", "/releases", "/audit", "/nowhere", *(f"/studies/{key}" for key in studies)):
        page.goto(f"{served_federation.origin}{path}")
        amiss += inspect(page)
    assert amiss == []


def releases(study: Study) -> tuple[list[Any], list[Broken]]:
    """One that holds and one that does not, without what it takes to make them."""
    gates = [
        Gate(name, passed=True, detail="0.813 against 0.550, at least 0.01 better") for name in ("utility", "gain")
    ]
    statement = SimpleNamespace(epsilon=1.234, delta=1e-5)
    evidence = SimpleNamespace(released=NOW, rounds_finished=12)
    verified = {"study": study, "evidence": evidence, "gates": gates, "statements": {"north": statement}}
    found = [
        SimpleNamespace(key=key, verified=SimpleNamespace(**verified, card_checked=checked))
        for key, checked in (("heart.zip", True), ("old.zip", False))
    ]
    return found, [Broken("copy.zip", "copy.zip: not a release.")]

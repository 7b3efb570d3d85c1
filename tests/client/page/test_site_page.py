"""The site's page in a real browser: who may decide, what a decision does, and how it looks on a small dark screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from cloister.client.approvals import check_approval
from cloister.client.site_audit import log_of
from cloister.study.errors import NotApprovedError, text_of_wire_code

if TYPE_CHECKING:
    from tests.client.page.conftest import ServedSite
    from tests.conftest import Inspect, Watch

OFFICER, VIEWER = "Dr. Ada Officer", "viewer"
PATHS = ("/", "/studies", "/ledger", "/left", "/data")


@pytest.fixture
def page(served_site: ServedSite, watch: Watch) -> Iterator[Any]:
    with watch(served_site.origin, "4(03|04|22)") as page:
        yield page


def test_an_operator_approves_and_withdraws_under_their_own_name(page: Any, served_site: ServedSite) -> None:
    site, pending = served_site.site, served_site.pending
    served_site.sign_in(page, OFFICER)
    page.get_by_role("status").get_by_role("link", name="heart").click()
    summary = page.inner_text("pre")
    assert pending.sha256 in summary
    assert "epsilon" in summary
    assert "Heart <b>failure</b>" in page.inner_text("main")
    approve = page.get_by_role("button", name="Approve exactly this study")
    approve.click()
    with pytest.raises(NotApprovedError):
        check_approval(site, pending)
    page.get_by_label("I have compared the SHA-256").check()
    approve.click()
    page.get_by_role("button", name="Withdraw the approval").wait_for()
    check_approval(site, pending)
    approval = json.loads((site.approvals / f"{pending.sha256}.json").read_text())
    assert approval["approved_by"] == OFFICER
    last = log_of(site).entries()[-1]
    assert (last["event"], last["by"], last["study_sha256"]) == ("study-approved", OFFICER, pending.sha256)
    page.get_by_label("Reason").fill("consent withdrawn")
    page.get_by_role("button", name="Withdraw the approval").click()
    page.wait_for_url("**/studies")
    with pytest.raises(NotApprovedError, match="withdrawn"):
        check_approval(site, pending)
    assert log_of(site).entries()[-1]["event"] == "approval-withdrawn"
    page.goto(f"{served_site.origin}/")
    assert page.get_by_role("status").count() == 0, "it was decided on"
    page.goto(f"{served_site.origin}/studies/{pending.sha256}")
    assert "withdrawn" in page.inner_text("h1")
    assert "consent withdrawn" in page.inner_text("pre")
    page.get_by_label("I have compared the SHA-256").check()
    approve.click()
    page.get_by_role("button", name="Withdraw the approval").wait_for()
    assert "consent withdrawn" in page.inner_text("pre")


def test_a_viewer_sees_the_study_and_cannot_decide_even_with_a_form_of_their_own(
    page: Any, served_site: ServedSite
) -> None:
    pending = served_site.pending
    served_site.sign_in(page, VIEWER)
    page.goto(f"{served_site.origin}/studies/{pending.sha256}")
    assert "Operators decide" in page.inner_text("main")
    assert page.locator("main form").count() == 0
    page.evaluate(
        """path => {
            const form = document.querySelector("form.account");
            form.action = path;
            const field = document.createElement("input");
            field.name = "compared"; field.value = "yes";
            form.append(field);
            form.submit();
        }""",
        f"/studies/{pending.sha256}/approve",
    )
    page.get_by_text("This is for operators.").wait_for()
    with pytest.raises(NotApprovedError):
        check_approval(served_site.site, pending)


def test_a_form_without_its_token_approves_nothing(page: Any, served_site: ServedSite) -> None:
    pending = served_site.pending
    served_site.sign_in(page, OFFICER)
    page.goto(f"{served_site.origin}/studies/{pending.sha256}")
    page.evaluate("() => document.querySelector('.decide [name=form]').value = '0'.repeat(64)")
    page.get_by_label("I have compared the SHA-256").check()
    page.get_by_role("button", name="Approve exactly this study").click()
    page.get_by_text("This form is not from this page.").wait_for()
    with pytest.raises(NotApprovedError):
        check_approval(served_site.site, pending)


def test_a_study_is_approved_as_it_is_now_not_as_it_was_shown(page: Any, served_site: ServedSite) -> None:
    site, pending = served_site.site, served_site.pending
    served_site.sign_in(page, OFFICER)
    page.goto(f"{served_site.origin}/studies/{pending.sha256}")
    page.get_by_label("I have compared the SHA-256").check()
    (site.folder / "studies" / "heart.json").unlink()
    page.get_by_role("button", name="Approve exactly this study").click()
    page.get_by_text("There is no signed study with this SHA-256 here.").wait_for()
    assert not (site.approvals / f"{pending.sha256}.json").exists()


def test_what_the_policy_forbids_and_what_was_altered_cannot_be_approved(page: Any, served_site: ServedSite) -> None:
    served_site.sign_in(page, OFFICER)
    page.goto(f"{served_site.origin}/studies")
    altered = page.locator("li", has_text="altered.json")
    assert "not for this site" in altered.inner_text()
    assert altered.get_by_role("link").count() == 0
    page.get_by_role("link", name="greedy").click()
    page.wait_for_selector(".problem")
    assert "rounds = 5000 is above the policy's ceiling of 1000" in page.inner_text(".problem")
    assert page.locator(".decide").count() == 0


def test_ledger_and_record_say_what_the_commands_say(page: Any, served_site: ServedSite) -> None:
    served_site.sign_in(page, VIEWER)
    page.goto(f"{served_site.origin}/ledger")
    row = page.get_by_role("row", name="example")
    assert row.get_by_role("cell").nth(3).inner_text() == "2"
    page.goto(f"{served_site.origin}/left")
    assert f"refused: {text_of_wire_code(9464)}" in page.inner_text("table")
    assert "1.2 kB" in page.inner_text("table")
    page.goto(f"{served_site.origin}/data")
    assert "2 × missing-text" in page.inner_text("main")
    assert "cannot be used" in page.inner_text("main")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    told = [(entry["event"], entry["by"], entry["role"]) for entry in log_of(served_site.site).entries()[-2:]]
    assert told == [("signed-in", VIEWER, "viewer"), ("signed-out", VIEWER, "viewer")]
    page.goto(f"{served_site.origin}/ledger")
    assert "/sign-in" in page.url


def test_nothing_keeps_anybody_from_reading_the_page(page: Any, served_site: ServedSite, inspect: Inspect) -> None:
    page.goto(f"{served_site.origin}/sign-in")
    amiss = inspect(page)
    served_site.sign_in(page, OFFICER)
    for path in (*PATHS, f"/studies/{served_site.pending.sha256}", f"/studies/{served_site.approved.sha256}"):
        page.goto(f"{served_site.origin}{path}")
        amiss += inspect(page)
    assert amiss == []


def test_everything_can_be_reached_by_keyboard(page: Any, served_site: ServedSite) -> None:
    served_site.sign_in(page, OFFICER)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"


def test_the_page_renews_itself_without_taking_over(page: Any, served_site: ServedSite) -> None:
    page.clock.install()
    served_site.sign_in(page, OFFICER)
    assert "heart" in page.inner_text("main")
    (served_site.site.folder / "studies" / "heart.json").unlink()
    with page.expect_response(lambda answer: answer.request.headers.get("x-renewal") == "1"):
        page.clock.run_for(5_100)
    page.get_by_role("status").wait_for(state="detached")

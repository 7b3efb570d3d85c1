"""The coordinator's page in a real browser: what each role sees, live rounds, and how it looks small and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Watch
    from tests.server.page.conftest import ServedFederation

OFFICER, VIEWER = "Dr. Ada Officer", "viewer"


@pytest.fixture
def page(served_federation: ServedFederation, watch: Watch) -> Iterator[Any]:
    with watch(served_federation.origin, "4(01|03|22)") as page:
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_400_pixels_and_everything_is_legible(
    page: Any, served_federation: ServedFederation, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 400, "height": 800})
    served_federation.sign_in(page, OFFICER)
    for path in ("/", f"/studies/{served_federation.submission.folder.name}", "/releases", "/audit"):
        page.goto(f"{served_federation.origin}{path}")
        assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
        assert page.locator("h1").count() == 1
        assert page.evaluate(UNNAMED) == [], path
        assert page.evaluate(LOW_CONTRAST) == [], path


UNNAMED = """() =>
    [...document.querySelectorAll("input:not([type=hidden]), progress, button, a, svg, nav, [role=region]")]
    .filter(element => !(element.labels && element.labels.length) && !element.getAttribute("aria-label") &&
        !element.textContent.trim()).map(element => element.outerHTML)"""
# Texts below the contrast that WCAG 2.2 asks for (4.5), with its relative luminance.
LOW_CONTRAST = """() => {
    const rgb = text => text.match(/[0-9.]+/g).map(Number);
    const linear = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const ground = element => {
        for (let at = element; at; at = at.parentElement) {
            const found = rgb(getComputedStyle(at).backgroundColor);
            if (found.length === 3 || found[3] === 1) return found;
        }
        return [255, 255, 255];
    };
    return [...document.body.querySelectorAll("*")].filter(element => element.getClientRects().length &&
        [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()) &&
        !element.closest(".skip, progress")).filter(element => {
            const style = getComputedStyle(element);
            const ink = light(rgb(element.closest("svg") ? style.fill : style.color));
            const paper = light(ground(element));
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 4.5;
        }).map(element => element.textContent.trim().slice(0, 60));
}"""

"""The review page in a real browser: everything by keyboard, every decision in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from cloister.deid.review.decisions import DecisionLog, Entry
from cloister.deid.review.reviewed_dataset import ReviewedDataset, open_review
from cloister.deid.review.server import ReviewServer
from cloister.deid.review.session import audited_sample, leaking
from cloister.study.keys import SiteKey

if TYPE_CHECKING:
    from tests.conftest import Inspect, Watch

DOCUMENT = {
    "<p>Mrs. <b>Lind</b>qvist was well.<!-- typed by the ward --><br>Stable.</p>": (
        "<p>Mrs. <b>Brandt</b> was well.<br>Stable.</p>"
    )
}
pytestmark = pytest.mark.usefixtures("no_detectors")


@pytest.fixture
def log(
    make_dataset: Callable[..., tuple[Path, Path]], notes_to_review: dict[str, str], site_key: SiteKey
) -> Iterator[tuple[DecisionLog, ReviewServer]]:
    """A review of three notes and a document, served."""
    folder, notes = make_dataset({**notes_to_review, **DOCUMENT})
    dataset = ReviewedDataset.open(folder, site_key)
    with dataset.log() as log:
        review = open_review(dataset, log, notes, None, sample=4, uncertain=0)
        with ReviewServer(review, {"collection": "Collection main"}, lambda: {"told": "No bound yet."}) as server:
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
            thread.start()
            yield log, server
            server.shutdown()
            thread.join()


@pytest.fixture
def page(log: tuple[DecisionLog, ReviewServer], watch: Watch) -> Iterator[Any]:
    with watch(log[1].origin, "422") as page:
        page.goto(log[1].link)
        page.wait_for_selector("#findings li")
        yield page


def press(page: Any, key: str) -> None:
    """A key, and all that follows from it."""
    page.keyboard.press(key)
    page.wait_for_selector("main[aria-busy=false]", state="attached")


def standing(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.action for entry in entries if entry.action != "sample"]


def to_note(page: Any, holding: str) -> None:
    for _ in range(4):
        if holding in page.inner_text("#original"):
            return
        press(page, "n")
    raise AssertionError(holding)


def test_a_note_is_reviewed_by_keyboard_alone(page: Any, log: tuple[DecisionLog, ReviewServer]) -> None:
    to_note(page, "Al-Sayed")
    assert page.url == log[1].origin + "/"
    assert "Victor Holm" in page.inner_text("#cleaned")
    press(page, "c")
    press(page, "x")
    press(page, "u")
    assert standing(log[0].entries) == ["confirm", "reject", "undo"]
    press(page, "C")
    page.keyboard.press("a")
    page.wait_for_selector("#label-dialog[open]")
    page.keyboard.type("0151 2334455")
    page.keyboard.press("Tab")
    page.keyboard.type("PHONE")
    press(page, "Enter")
    assert page.inner_text("#message") == ""
    assert "0151 2334455" in page.inner_text("#original mark.leak")
    press(page, "f")
    assert page.inner_text("#message") == ""
    assert page.inner_text("#progress").startswith("1 of 4")
    (finished,) = [found for found in audited_sample(log[0].entries) if found is not None]
    assert finished.missed == {"PHONE": 1}
    assert len(leaking(log[0].entries)) == 1


def test_a_missed_identifier_is_added_by_selecting_it(page: Any, log: tuple[DecisionLog, ReviewServer]) -> None:
    to_note(page, "Parkinson gait")
    page.evaluate(
        """() => {
            const walker = document.createTreeWalker(document.getElementById("original"), NodeFilter.SHOW_TEXT);
            for (let node; (node = walker.nextNode()); ) {
                const at = node.data.indexOf("stable");
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at - 1);
                range.setEnd(node, at + 6);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
            }
        }"""
    )
    page.keyboard.press("a")
    page.wait_for_selector("#label-dialog[open]")
    assert page.input_value("#missed") == "stable"
    press(page, "Enter")
    added = log[0].entries[-1]
    text = page.inner_text("#original")
    assert (added.action, text[added.start : added.end]) == ("add", "stable")


def test_keys_pressed_faster_than_the_server_answers_are_not_lost(
    page: Any, log: tuple[DecisionLog, ReviewServer]
) -> None:
    to_note(page, "Follow-up")
    page.keyboard.type("cxu")
    press(page, "c")
    assert standing(log[0].entries) == ["confirm", "reject", "undo", "confirm"]


def test_a_note_with_open_findings_cannot_be_finished_and_says_so(
    page: Any, log: tuple[DecisionLog, ReviewServer]
) -> None:
    press(page, "f")
    assert page.inner_text("#message") == "Decide on every finding first."
    assert standing(log[0].entries) == []
    press(page, "C")
    assert set(standing(log[0].entries)) == {"confirm"}


def test_the_page_goes_on_after_a_reload_and_the_link_is_worth_nothing_to_others(
    browser: Any, page: Any, log: tuple[DecisionLog, ReviewServer]
) -> None:
    press(page, "c")
    page.reload()
    page.wait_for_selector("#findings button.identifier, #findings button.leak")
    other = browser.new_context().new_page()
    other.goto(log[1].link)
    other.wait_for_selector("#message.alone")
    assert "used already" in other.inner_text("#message")
    assert other.inner_text("main").strip() == other.inner_text("#message")
    other.context.close()


def test_stopping_ends_the_server_and_keeps_the_decisions(page: Any, log: tuple[DecisionLog, ReviewServer]) -> None:
    press(page, "c")
    page.keyboard.type("qx")
    page.wait_for_selector("#message.alone")
    log[1].wait_until_closed()
    press(page, "u")
    assert page.inner_text("#message").startswith("Everything decided is kept.")
    assert audited_sample(log[0].entries) == [None] * 4
    assert standing(log[0].entries) == ["confirm"]


def test_a_document_is_shown_as_text(page: Any, log: tuple[DecisionLog, ReviewServer]) -> None:
    to_note(page, "Mrs. Lindqvist")
    assert page.locator("#original mark").all_inner_texts() == ["Lindqvist"]
    assert "typed by the ward" in page.inner_text("#original s")
    assert "typed by the ward" not in page.inner_text("#cleaned")
    assert "Mrs. Brandt was well.\nStable." in page.inner_text("#cleaned")
    assert not [sign for sign in ("<", ">", "&") if sign in page.inner_text("#original") + page.inner_text("#cleaned")]
    assert page.inner_text("#parts").endswith("not in the dataset: 1.")
    assert "hidden parts" in page.inner_text("#parts")
    press(page, "C")
    page.keyboard.press("a")
    page.wait_for_selector("#label-dialog[open]")
    page.keyboard.type("Stable")
    press(page, "Enter")
    added = log[0].entries[-1]
    assert (added.action, page.evaluate("note.text").find("Stable")) == ("add", added.start)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (900, 700), (640, 400), (400, 800)])
def test_the_finding_to_decide_on_is_in_view_and_under_no_button(page: Any, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    to_note(page, "Al-Sayed")
    for key in ("j", "k", "c"):
        press(page, key)
        place = page.locator("#original mark.current").bounding_box()
        assert place["y"] >= 0
        assert place["y"] + place["height"] <= page.locator("#actions").bounding_box()["y"]


def test_nothing_keeps_anybody_from_reading_the_page(page: Any, inspect: Inspect) -> None:
    to_note(page, "Mrs. Lindqvist")
    amiss = inspect(page)
    to_note(page, "Al-Sayed")
    for key in ("f", "c", "x"):
        press(page, key)
    amiss += inspect(page)
    for key, dialog in (("a", "#label-dialog"), ("?", "#keys-dialog")):
        page.keyboard.press(key)
        page.wait_for_selector(f"{dialog}[open]")
        amiss += inspect(page)
        page.keyboard.press("Escape")
        page.wait_for_selector(dialog, state="hidden")
    press(page, "q")
    page.wait_for_selector("#message.alone")
    assert amiss + inspect(page) == []


def test_enlarged_text_needs_no_sideways_scrolling(page: Any) -> None:
    page.set_viewport_size({"width": 640, "height": 400})  # what 200 % leaves of 1280 x 800
    assert page.evaluate("document.documentElement.scrollWidth") <= 640

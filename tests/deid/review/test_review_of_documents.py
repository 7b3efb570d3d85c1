"""RTF, mail and HTML under review: shown as text, decided on as text; what is written stays a document."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cloister.deid.review import reviewed_dataset
from cloister.deid.review.api import answer
from cloister.deid.review.apply import apply_review
from cloister.deid.review.reviewed_dataset import ReviewedDataset, open_review
from cloister.deid.review.session import Review
from cloister.deid.text.documents import Edit, read_document
from cloister.deid.text.finding import Finding
from cloister.study.dataset import verify_dataset
from cloister.study.errors import InputError
from cloister.study.keys import SiteKey

pytestmark = pytest.mark.usefixtures("no_detectors")
MakeDataset = Callable[..., tuple[Path, Path]]
DecideAll = Callable[..., None]

HTML = "<p>Mrs. <b>Kow</b>alski was well.<!-- typed by Miller --> Ring 0151 2334455.<br>Seen <i>today</i>.</p>"
ENCODED = base64.b64encode(b"<div>Mrs. Kowalski <u>slept</u> well &amp; ate.</div>").decode()
ORIGINALS = {
    "rtf": r"{\rtf1\ansi{\info{\author Ann Miller}}\pard Mrs. Kow{\b alski\b0}\par was \'e0 jeun, stable.\par}",
    "mail": "From: ward@example.org\nSubject: Kowalski\nMIME-Version: 1.0\n"
    "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + ENCODED + "\n",
    "html": HTML,
}
VISIBLE = {
    "rtf": "Mrs. Kowalski\nwas à jeun, stable.\n",
    "mail": "From: ward@example.org\nSubject: Kowalski\n\nMrs. Kowalski slept well & ate.\n\n",
    "html": "Mrs. Kowalski was well. Ring 0151 2334455.\nSeen today.\n\n\ntyped by Miller ",
}


def cleaned(source: str) -> str:
    """With the name replaced, by the product's own means."""
    document = read_document(source)
    edits = []
    start = document.text.find("Kowalski")
    while start >= 0:
        edits.append(Edit(start, start + 8, "Brandt"))
        start = document.text.find("Kowalski", start + 8)
    return document.replaced(edits).source


@pytest.fixture
def documents(make_dataset: MakeDataset) -> tuple[Path, Path]:
    return make_dataset({source: cleaned(source) for source in ORIGINALS.values()})


def place_of(review: Review, kind: str) -> int:
    return next(i for i in range(len(review.notes)) if review.note(i).alignment.original == VISIBLE[kind])


@pytest.mark.parametrize("kind", ORIGINALS)
def test_a_document_is_shown_as_text_with_what_was_removed(
    documents: tuple[Path, Path], site_key: SiteKey, kind: str
) -> None:
    dataset = ReviewedDataset.open(documents[0], site_key)
    with dataset.log() as log:
        review = open_review(dataset, log, documents[1], None, sample=3, uncertain=0)
        index = place_of(review, kind)
        note = review.note(index)
        assert (
            note.alignment.cleaned.split()
            == VISIBLE[kind].replace("Kowalski", "Brandt").replace("typed by Miller", "").split()
        )
        removed = [VISIBLE[kind][span.start : span.end] for span in note.spans]
        assert removed == ["Kowalski"] * VISIBLE[kind].count("Kowalski")
        assert all(span.removed for span in note.spans)
        asked = answer(review, "note", {"note": index})
        assert asked["text"] == VISIBLE[kind]
        assert (asked["parts_removed"] > 0) == (kind != "mail")
        for span in asked["spans"]:
            assert asked["cleaned"][span["cleaned_start"] : span["cleaned_end"]] == "Brandt"


def test_what_the_document_hides_is_nothing_to_decide_on_and_no_leak(
    documents: tuple[Path, Path], site_key: SiteKey
) -> None:
    dataset = ReviewedDataset.open(documents[0], site_key)
    with dataset.log() as log:
        review = open_review(dataset, log, documents[1], None, sample=3, uncertain=0)
        index = place_of(review, "html")
        start = VISIBLE["html"].index("Miller")
        assert [VISIBLE["html"][a:b].strip() for a, b in review.note(index).unwritten] == ["typed by Miller"]
        with pytest.raises(InputError, match="does not hold"):
            review.add(index, start, start + 6, "NAME")


def test_an_identifier_in_a_comment_counts_as_removed_and_nothing_stands_for_it(
    documents: tuple[Path, Path], site_key: SiteKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = VISIBLE["html"].index("Miller")
    finding = Finding(start, start + 6, "NAME", 0.9, "name")
    monkeypatch.setattr(reviewed_dataset, "detect", lambda text, *_, **__: [finding] if text == VISIBLE["html"] else [])
    dataset = ReviewedDataset.open(documents[0], site_key)
    with dataset.log() as log:
        review = open_review(dataset, log, documents[1], None, sample=3, uncertain=0)
        asked = answer(review, "note", {"note": place_of(review, "html")})
    (shown,) = [span for span in asked["spans"] if span["start"] == start]
    assert shown["removed"]
    assert asked["cleaned"][shown["cleaned_start"] : shown["cleaned_end"]] == ""


@pytest.mark.parametrize("leaking", [None, "html"])
def test_after_the_review_every_document_that_stays_is_what_it_was(
    documents: tuple[Path, Path], site_key: SiteKey, decide_all: DecideAll, leaking: str | None
) -> None:
    folder, notes = documents
    dataset = ReviewedDataset.open(folder, site_key)
    with dataset.log() as log:
        review = open_review(dataset, log, notes, None, sample=3, uncertain=0)
        decide_all(review)
        if leaking is not None:
            index, start = place_of(review, leaking), VISIBLE[leaking].index("0151")
            review.add(index, start, start + 12, "PHONE")
            review.finish(index)
        certificate = apply_review(dataset, log, notes, date(2026, 11, 21))
    verify_dataset(folder, site_key)
    texts = pq.read_table(folder / "notes.parquet").column("text").to_pylist()
    stay = [cleaned(source) for kind, source in ORIGINALS.items() if kind != leaking]
    assert texts == stay
    assert all(read_document(text).replaced([]).source == text for text in texts)
    assert certificate.residual_risk is not None
    assert certificate.residual_risk.audit is not None
    missed = certificate.residual_risk.audit.missed
    # One in the RTF, two in the mail, one in the HTML; comments and metadata count as none.
    assert (missed.events, missed.trials) == ((0, 4) if leaking is None else (1, 5))

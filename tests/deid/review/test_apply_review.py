"""What a review found goes into the signed certificate; notes with a leak leave the dataset."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from cloister.deid.residual_risk.bounds import upper_bound
from cloister.deid.review.apply import apply_review, restore_interrupted
from cloister.deid.review.reviewed_dataset import ReviewedDataset, open_review
from cloister.deid.review.session import Review, audited_sample, drawn
from cloister.study.dataset import CERTIFICATE_FILE, verify_dataset
from cloister.study.errors import CertificateError, DataError, InputError
from cloister.study.keys import SiteKey
from cloister.study.population import read_population

DAY = date(2026, 11, 21)
MISSED = "0151 2334455"
pytestmark = pytest.mark.usefixtures("no_detectors")
MakeDataset = Callable[..., tuple[Path, Path]]
DecideAll = Callable[..., None]


def report_leak(review: Review) -> None:
    """Add the number that was missed, and finish that note."""
    for index in range(len(review.notes)):
        start = review.note(index).alignment.original.find(MISSED)
        if start >= 0:
            review.add(index, start, start + len(MISSED), "PHONE")
            review.finish(index)


def _visits(number: int) -> dict[str, str]:
    """Original -> cleaned; the number was missed in all of them."""
    return {f"Ms. Kowalski, visit {i}, ring {MISSED}.": f"Ms. Brandt, visit {i}, ring {MISSED}." for i in range(number)}


def test_a_clean_sample_puts_a_signed_bound_into_the_certificate_and_changes_no_file(
    make_dataset: MakeDataset, site_key: SiteKey, decide_all: DecideAll
) -> None:
    folder, notes = make_dataset()
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != CERTIFICATE_FILE}
    dataset = ReviewedDataset.open(folder, site_key)
    with dataset.log() as log:
        decide_all(open_review(dataset, log, notes, None, sample=3, uncertain=0))
        written = apply_review(dataset, log, notes, DAY)
    _, certificate = verify_dataset(folder, site_key)
    assert certificate == written
    risk = certificate.residual_risk
    assert risk is not None
    assert risk.audit is not None
    assert (risk.audit.audited, risk.audit.notes, risk.audit.missed.events) == (DAY, 3, 0)
    assert risk.audit.missed.trials >= 6
    assert risk.audit.missed.upper == upper_bound(0, risk.audit.missed.trials)
    assert risk.bound == pytest.approx(upper_bound(0, 3))
    assert (risk.survival.checked, risk.survival.surviving) == (0, 0)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != CERTIFICATE_FILE} == files


def test_a_note_with_a_leak_goes_to_quarantine_and_still_counts_against_the_bound(
    make_dataset: MakeDataset, site_key: SiteKey, decide_all: DecideAll
) -> None:
    folder, notes = make_dataset()
    dataset = ReviewedDataset.open(folder, site_key)
    with dataset.log() as log:
        review = open_review(dataset, log, notes, None, sample=3, uncertain=0)
        decide_all(review)
        report_leak(review)
        apply_review(dataset, log, notes, DAY)
    manifest, certificate = verify_dataset(folder, site_key)
    texts = pq.read_table(folder / "notes.parquet").column("text").to_pylist()
    assert len(texts) == manifest.tables[0].rows == certificate.records_out == 2
    assert MISSED not in "".join(texts)
    assert set(read_population(folder, site_key, "main")) == {"P1", "P2"}
    assert (certificate.quarantined, certificate.languages) == ({"missed-in-review": 1}, {"en": 2})
    quarantined = [json.loads(line) for line in (folder / "quarantine.jsonl").read_text().splitlines()]
    assert [(entry["position"], entry["code"]) for entry in quarantined] == [(1, "missed-in-review")]
    assert certificate.residual_risk is not None
    audit = certificate.residual_risk.audit
    assert audit is not None
    assert (audit.missed.events, audit.by_label["PHONE"].upper, audit.leaking_notes.events) == (1, 1.0, 1)
    # A second look: the sample is the one drawn, with the note that has left.
    again = ReviewedDataset.open(folder, site_key)
    with again.log() as log:
        review = open_review(again, log, notes, None, sample=3, uncertain=0)
        assert (len(review.notes), len(drawn(log.entries, "uniform"))) == (2, 3)
        second = apply_review(again, log, notes, DAY).residual_risk
    assert second is not None
    assert second.audit == audit


def test_after_a_leak_was_applied_a_review_without_its_log_cannot_forget_it(
    make_dataset: MakeDataset, site_key: SiteKey, decide_all: DecideAll
) -> None:
    """The sample would be the same without the leaking note, and the certificate would say that nothing was missed."""
    folder, notes = make_dataset(_visits(12))
    dataset = ReviewedDataset.open(folder, site_key)
    with dataset.log() as log:
        review = open_review(dataset, log, notes, None, sample=6, uncertain=0)
        decide_all(review)
        start = review.note(2).alignment.original.index(MISSED)
        review.add(2, start, start + len(MISSED), "PHONE")
        review.finish(2)
        apply_review(dataset, log, notes, DAY)
    before = (folder / CERTIFICATE_FILE).read_bytes()
    away = dataset.log_file.rename(folder.parent / "away.jsonl")
    again = ReviewedDataset.open(folder, site_key)
    with again.log() as log:
        decide_all(open_review(again, log, notes, None, sample=6, uncertain=0))
        with pytest.raises(InputError, match=r"1 notes went to quarantine in a review .* not in clean.review.jsonl"):
            apply_review(again, log, notes, DAY)
    assert (folder / CERTIFICATE_FILE).read_bytes() == before
    away.rename(dataset.log_file)
    with again.log() as log:
        risk = apply_review(again, log, notes, DAY).residual_risk
    assert risk is not None
    assert risk.audit is not None
    assert risk.audit.missed.events == 1


def test_certificate_and_log_hold_no_text_of_any_note(
    make_dataset: MakeDataset, site_key: SiteKey, decide_all: DecideAll
) -> None:
    folder, notes = make_dataset()
    dataset = ReviewedDataset.open(folder, site_key)
    with dataset.log() as log:
        review = open_review(dataset, log, notes, None, sample=3, uncertain=0)
        decide_all(review)
        report_leak(review)
        apply_review(dataset, log, notes, DAY)
    written = (dataset.log_file.read_text() + (folder / CERTIFICATE_FILE).read_text()).casefold()
    words = {word.strip(".,:").casefold() for word in notes.read_text().split() if len(word.strip(".,:")) > 4}
    assert [word for word in words if word in written and not word.startswith(('{"id', '"text'))] == []


def test_the_sample_is_nobodys_choice_and_a_larger_one_begins_with_it(
    make_dataset: MakeDataset, site_key: SiteKey, decide_all: DecideAll
) -> None:
    pairs = {f"Ms. Kowalski, visit {number}.": f"Ms. Brandt, visit {number}." for number in range(40)}
    folder, notes = make_dataset(pairs)
    dataset = ReviewedDataset.open(folder, site_key)
    with dataset.log() as log:
        decide_all(open_review(dataset, log, notes, None, sample=5, uncertain=0))
        first = drawn(log.entries, "uniform")
        decide_all(open_review(dataset, log, notes, None, sample=12, uncertain=3))
        larger = drawn(log.entries, "uniform")
        certificate = apply_review(dataset, log, notes, DAY)
    assert (larger[:5], len(larger)) == (first, 12)
    assert first == dataset.ordered()[:5] != list(dataset.references[:5])
    assert certificate.residual_risk is not None
    assert certificate.residual_risk.audit is not None
    assert (certificate.residual_risk.audit.notes, certificate.residual_risk.audit.extensions) == (12, 1)


def test_uncertain_notes_are_shown_but_do_not_enter_the_bound(
    make_dataset: MakeDataset, site_key: SiteKey, decide_all: DecideAll
) -> None:
    # What no detector names is shown as an ID, which is uncertain.
    pairs = {f"Ms. Kowalski, visit {number}.": f"Ms. Brandt, visit {number}." for number in range(10)}
    folder, notes = make_dataset(pairs)
    dataset = ReviewedDataset.open(folder, site_key)
    with dataset.log() as log:
        review = open_review(dataset, log, notes, None, sample=4, uncertain=2)
        decide_all(review)
        assert (len(review.notes), len(audited_sample(log.entries))) == (6, 4)


def test_nothing_finished_is_no_bound(make_dataset: MakeDataset, site_key: SiteKey) -> None:
    folder, notes = make_dataset()
    before = (folder / CERTIFICATE_FILE).read_bytes()
    dataset = ReviewedDataset.open(folder, site_key)
    with dataset.log() as log:
        with pytest.raises(InputError, match="No sample was drawn"):
            apply_review(dataset, log, notes, DAY)
        review = open_review(dataset, log, notes, None, sample=3, uncertain=0)
        with pytest.raises(InputError, match="3 of the 3 notes drawn are not finished"):
            apply_review(dataset, log, notes, DAY)
        index = next(i for i in range(3) if MISSED in review.note(i).alignment.original)
        start = review.note(index).alignment.original.index(MISSED)
        review.add(index, start, start + len(MISSED), "PHONE")
        with pytest.raises(InputError, match="3 of the 3 notes drawn are not finished"):
            apply_review(dataset, log, notes, DAY)
    assert (folder / CERTIFICATE_FILE).read_bytes() == before


@pytest.mark.parametrize("skipped", [0, 20])
def test_a_leak_reported_beyond_an_unfinished_note_cannot_drop_out_of_the_bound(
    make_dataset: MakeDataset, site_key: SiteKey, decide_all: DecideAll, skipped: int
) -> None:
    """Nor can reading be stopped where the bound suits: what was drawn is read, or there is no bound."""
    folder, notes = make_dataset(_visits(30))
    before = (folder / CERTIFICATE_FILE).read_bytes()
    dataset = ReviewedDataset.open(folder, site_key)
    with dataset.log() as log:
        review = open_review(dataset, log, notes, None, sample=30, uncertain=0)
        decide_all(review)
        start = review.note(29).alignment.original.index(MISSED)
        review.add(29, start, start + len(MISSED), "PHONE")
        review.finish(29)
        review.undo(skipped)
        with pytest.raises(InputError, match="1 of the 30 notes drawn are not finished"):
            apply_review(dataset, log, notes, DAY)
        assert (folder / CERTIFICATE_FILE).read_bytes() == before
        review.finish(skipped)
        risk = apply_review(dataset, log, notes, DAY).residual_risk
    assert risk is not None
    assert risk.audit is not None
    assert (risk.audit.notes, risk.audit.missed.events) == (30, 1)


def test_an_uncertain_note_with_a_leak_is_finished_before_it_leaves(
    make_dataset: MakeDataset, site_key: SiteKey, decide_all: DecideAll
) -> None:
    folder, notes = make_dataset(_visits(10))
    dataset = ReviewedDataset.open(folder, site_key)
    with dataset.log() as log:
        review = open_review(dataset, log, notes, None, sample=4, uncertain=2)
        decide_all(review, 4)
        start = review.note(5).alignment.original.index(MISSED)
        review.add(5, start, start + len(MISSED), "PHONE")
        with pytest.raises(InputError, match="1 notes with a missed identifier are not finished"):
            apply_review(dataset, log, notes, DAY)


@pytest.mark.parametrize("step", ["rename", "rmtree"])
def test_a_kill_while_the_dataset_is_replaced_leaves_one_of_the_two_whole(
    make_dataset: MakeDataset, site_key: SiteKey, decide_all: DecideAll, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder, notes = make_dataset()
    dataset = ReviewedDataset.open(folder, site_key)

    class KilledError(BaseException):
        pass

    rename, rmtree = Path.rename, shutil.rmtree
    fatal = f".{folder.name}.{'partial' if step == 'rename' else 'replaced'}"

    def rename_or_die(path: Path, target: Path) -> Path:
        if path.name == fatal:
            raise KilledError
        return rename(path, target)

    def rmtree_or_die(path: Path, **how: Any) -> None:
        if Path(path).name == fatal and Path(path).exists():
            raise KilledError
        rmtree(path, **how)

    with dataset.log() as log:
        review = open_review(dataset, log, notes, None, sample=3, uncertain=0)
        decide_all(review)
        report_leak(review)
        if step == "rename":
            monkeypatch.setattr(Path, "rename", rename_or_die)
        else:
            monkeypatch.setattr(shutil, "rmtree", rmtree_or_die)
        with pytest.raises(KilledError):
            apply_review(dataset, log, notes, DAY)
    monkeypatch.undo()
    assert folder.exists() == (step == "rmtree")
    restore_interrupted(folder)
    dataset = ReviewedDataset.open(folder, site_key)
    assert len(dataset.references) == (3 if step == "rename" else 2)
    with dataset.log() as log:
        assert apply_review(dataset, log, notes, DAY).records_out == 2
    assert sorted(path.name for path in folder.parent.iterdir()) == ["clean", "clean.review.jsonl", "notes.jsonl"]


def test_the_wrong_notes_file_and_an_altered_dataset_are_refused(
    make_dataset: MakeDataset, site_key: SiteKey, tmp_path: Path
) -> None:
    folder, notes = make_dataset()
    dataset = ReviewedDataset.open(folder, site_key)
    other = tmp_path / "other.jsonl"
    other.write_text(notes.read_text().splitlines()[0] + "\n")
    with dataset.log() as log, pytest.raises(DataError, match=r"other.jsonl: does not hold 2 of the notes"):
        open_review(dataset, log, other, None, sample=3, uncertain=0)
    (folder / "notes.parquet").write_bytes(b"")
    with pytest.raises(CertificateError, match="changed since it was certified"):
        ReviewedDataset.open(folder, site_key)

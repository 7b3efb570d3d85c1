"""A review as a state machine: what can be decided, what counts, what can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloister.deid.review.alignment import align
from cloister.deid.review.decisions import DecisionLog, Entry
from cloister.deid.review.session import Review, ReviewNote, audited, audited_sample, drawn, leaking, states
from cloister.deid.review.shown_spans import shown_spans
from cloister.deid.text.finding import Finding
from cloister.study.errors import CloisterError, InputError
from cloister.study.keys import SiteKey

ORIGINAL = "Maria Kowalski, MRN 4471229, came with Jan on 3 May."
CLEANED = "Helen Brandt, MRN 9035518, came with Jan on 12 April."
FINDINGS = [Finding(0, 14, "NAME", 0.9, "crf"), Finding(20, 27, "MRN", 0.8, "mrn")]
CANDIDATES = [*FINDINGS, Finding(39, 42, "NAME", 0.2, "crf")]
NAME, MRN, JAN, DATE = (0, 14), (20, 27), (39, 42), (46, 51)


def note(reference: str) -> ReviewNote:
    alignment = align(ORIGINAL, CLEANED)
    return ReviewNote(reference, alignment, tuple(shown_spans(alignment, FINDINGS, CANDIDATES)))


@pytest.fixture
def log(tmp_path: Path, site_key: SiteKey) -> Iterator[DecisionLog]:
    with DecisionLog.open(tmp_path / "log", site_key, "main", "dataset") as log:
        log.append(Entry(action="sample", notes=("a", "b")))
        yield log


@pytest.fixture
def review(log: DecisionLog) -> Review:
    return Review(["a", "b"], note, log)


def decide(review: Review, index: int = 0) -> None:
    review.confirm(index, *NAME)
    review.confirm(index, *MRN, "ID")
    review.reject(index, *JAN)
    review.reject(index, *DATE)


def test_what_is_shown_is_what_was_removed_and_what_nearly_was() -> None:
    shown = note("a").spans
    assert [(span.start, span.end) for span in shown] == [NAME, MRN, JAN, DATE]
    assert [span.removed for span in shown] == [True, True, False, True]
    assert [span.uncertain for span in shown] == [True, False, True, True]
    assert (shown[3].source, shown[3].label) == ("cleaning", "ID")


def test_a_tag_tells_the_label_of_what_no_detector_names() -> None:
    alignment = align("Seen 3 May.", "Seen [DATE].")
    assert [(span.label, span.removed) for span in shown_spans(alignment, [], [])] == [("DATE", True)]


def test_a_finished_note_counts(review: Review, log: DecisionLog) -> None:
    decide(review)
    assert audited_sample(log.entries) == [None, None]
    review.finish(0)
    counted = audited_sample(log.entries)[0]
    assert counted is not None
    assert (counted.removed, counted.missed, counted.false_findings) == ({"NAME": 1, "ID": 1}, {}, 1)
    assert leaking(log.entries) == set()


def test_confirming_what_was_left_reports_a_leak(review: Review, log: DecisionLog) -> None:
    decide(review)
    review.confirm(0, *JAN)
    review.finish(0)
    counted = audited_sample(log.entries)[0]
    assert counted is not None
    assert counted.missed == {"NAME": 1}
    assert leaking(log.entries) == {"a"}


def test_a_missed_identifier_is_added_relabelled_and_taken_back(review: Review, log: DecisionLog) -> None:
    came = (29, 33)
    review.add(0, *came, "PROFESSION")
    review.confirm(0, *came, "NAME")
    assert review.state(0).decided[came].label == "NAME"
    assert leaking(log.entries) == {"a"}
    review.reject(0, *came)
    assert came not in review.state(0).decided
    review.undo(0)
    assert review.state(0).decided[came].added


def test_a_decision_after_finishing_opens_the_note_again(review: Review) -> None:
    decide(review)
    review.finish(0)
    assert review.finished() == [True, False]
    review.reject(0, *NAME)
    assert review.finished() == [False, False]
    review.undo(0)
    assert review.finished() == [True, False]


def test_a_larger_sample_goes_on_with_the_smaller(review: Review, log: DecisionLog) -> None:
    decide(review)
    review.finish(0)
    log.append(Entry(action="sample", notes=("c",)))
    log.append(Entry(action="sample", notes=("u",), part="uncertain"))
    assert drawn(log.entries, "uniform") == ["a", "b", "c"]
    assert [found is not None for found in audited_sample(log.entries)] == [True, False, False]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda review: review.confirm(0, 1, 5),
        lambda review: review.confirm(0, *NAME, "PERSON"),
        lambda review: review.reject(9, *NAME),
        lambda review: review.confirm(-1, *NAME),
        lambda review: review.add(0, 0, 5, "NAME"),
        lambda review: review.add(0, 10, 19, "NAME"),
        lambda review: review.add(0, 29, 29, "NAME"),
        lambda review: review.add(0, 29, 9999, "NAME"),
        lambda review: review.add(0, -3, 2, "NAME"),
        lambda review: review.add(0, 14, 16, "NAME"),
        lambda review: review.finish(0),
        lambda review: review.undo(0),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_logged(review: Review, log: DecisionLog, attempt: object) -> None:
    before = log.entries
    with pytest.raises(InputError):
        attempt(review)  # type: ignore[operator]
    assert log.entries == before


STEPS = st.tuples(
    st.sampled_from(["confirm", "relabel", "reject", "add", "finish", "undo"]),
    st.integers(0, 1),
    st.sampled_from([NAME, MRN, JAN, DATE, (29, 33)]),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=25))
def test_whatever_is_done_replaying_gives_the_state_and_undo_takes_back_one_step(
    tmp_path_factory: pytest.TempPathFactory, site_key: SiteKey, steps: list[tuple[str, int, tuple[int, int]]]
) -> None:
    path = tmp_path_factory.mktemp("log") / "log"
    with DecisionLog.open(path, site_key, "main", "dataset") as log:
        review = Review(["a", "b"], note, log)
        for action, index, place in steps:
            before = review.state(index)
            try:
                if action == "undo":
                    review.undo(index)
                    continue
                if action == "finish":
                    review.finish(index)
                elif action == "reject":
                    review.reject(index, *place)
                elif action == "add":
                    review.add(index, *place, "PHONE")
                else:
                    review.confirm(index, *place, "ID" if action == "relabel" else None)
            except CloisterError:
                assert review.state(index) == before
                continue
            review.undo(index)
            assert review.state(index).decided == before.decided
            assert review.state(index).finished == before.finished
        expected = states(log.entries)
    with DecisionLog.open(path, site_key, "main", "dataset") as log:
        assert states(log.entries) == expected
        assert all(audited(state) is None or state.finished for state in expected.values())

"""An audit counts what people found in all that was drawn; it cannot be improved by choosing notes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.residual_risk.audit import AuditedNote, audit
from cloister.deid.residual_risk.bounds import upper_bound

DAY = date(2026, 11, 21)
CLEAN = AuditedNote(removed={"NAME": 4, "DATE": 6}, false_findings=1)
LEAKING = AuditedNote(removed={"NAME": 4}, missed={"PHONE": 1, "NAME": 1})


def test_sixty_clean_notes_of_ten_identifiers_bound_the_rest_at_half_a_percent() -> None:
    found = audit([CLEAN] * 60, DAY)
    assert found is not None
    assert (found.missed.events, found.missed.trials, found.notes) == (0, 600, 60)
    assert found.missed.upper <= 0.005
    assert found.leaking_notes.upper == pytest.approx(1 - 0.05 ** (1 / 60))
    assert found.leaks_per_1000_notes == pytest.approx(1000 * 10 * found.missed.upper)
    assert found.false_findings == 60
    assert found.by_label["NAME"].upper == pytest.approx(upper_bound(0, 240))


def test_three_long_notes_say_little_of_notes_that_are_different() -> None:
    """Two hundred identifiers each, none missed; a template of which everything is missed may be every fifth note."""
    found = audit([AuditedNote(removed={"NAME": 200})] * 3, DAY)
    assert found is not None
    assert found.missed.upper < 0.005
    assert found.missed_per_note is not None
    assert found.missed_per_note.upper == pytest.approx(1 - 0.05 ** (1 / 3))


def test_a_note_without_identifiers_says_nothing_of_those_with_some() -> None:
    found = audit([AuditedNote(), LEAKING, AuditedNote(removed={"NAME": 1})], DAY)
    assert found is not None
    assert found.missed_per_note is not None
    assert found.missed_per_note.notes == 2
    assert found.missed_per_note.mean == pytest.approx((2 / 6 + 0) / 2)


def test_misses_count_by_label_and_by_note() -> None:
    found = audit([CLEAN, LEAKING], DAY)
    assert found is not None
    assert (found.missed.events, found.missed.trials) == (2, 16)
    assert (found.by_label["PHONE"].events, found.by_label["PHONE"].upper) == (1, 1.0)
    assert (found.by_label["NAME"].events, found.by_label["NAME"].trials) == (1, 9)
    assert (found.leaking_notes.events, found.leaking_notes.trials) == (1, 2)


@pytest.mark.parametrize("sample", [[], [None, CLEAN], [CLEAN, None, LEAKING], [*[CLEAN] * 50, None]])
def test_a_sample_that_was_not_read_to_the_end_supports_no_bound(sample: list[AuditedNote | None]) -> None:
    """Otherwise the notes read would depend on what was found in them."""
    assert audit(sample, DAY) is None


@given(st.lists(st.sampled_from([CLEAN, LEAKING]), min_size=1, max_size=40))
def test_a_leaking_note_more_never_tightens_the_bound(sample: list[AuditedNote]) -> None:
    before, after = audit(sample, DAY), audit([*sample, LEAKING], DAY)
    assert before is not None
    assert after is not None
    assert after.leaking_notes.interval[0] >= before.leaking_notes.interval[0] - 1e-12
    if not before.missed.events:
        assert after.missed.upper > before.missed.upper

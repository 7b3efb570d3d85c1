"""The aggregate is the plain modular sum of the survivors' vectors, bit for bit, or the round fails cleanly."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.privacy.secure_aggregation.thresholds import survivors_needed, threshold_of
from cloister.study.errors import TooFewSitesError

CohortOf = Callable[..., Any]


def plain_sum(vectors: dict[str, Any]) -> Any:
    return functools.reduce(lambda a, b: a + b, vectors.values())


@st.composite
def patterns(draw: st.DrawFn) -> tuple[int, int, list[int]]:
    """Sites, colluding ones, and when each drops out: 0 before sharing, 1 before masking, 2 after masking, 3 never."""
    sites = draw(st.integers(2, 7))
    colluding = draw(st.integers(0, sites - 2))
    return sites, colluding, draw(st.lists(st.integers(0, 3), min_size=sites, max_size=sites))


def check_pattern(cohort_of: CohortOf, sites: int, colluding: int, when: list[int]) -> None:
    cohort = cohort_of(sites, colluding=colluding, size=5)
    silent = [name for name, stage in zip(cohort.names, when, strict=True) if stage == 0]
    late = [name for name, stage in zip(cohort.names, when, strict=True) if stage == 2]
    masking = [name for name, stage in zip(cohort.names, when, strict=True) if stage >= 2]
    answering = sum(stage == 3 for stage in when)
    vectors = cohort.random_vectors(1, masking)
    cohort_size = sites - len(silent)
    enough = len(masking) >= survivors_needed(sites, cohort_size, 2, colluding)
    possible = enough and answering >= threshold_of(sites, colluding)
    if possible:
        np.testing.assert_array_equal(cohort.total(vectors, silent=silent, late=late), plain_sum(vectors))
    else:
        with pytest.raises(TooFewSitesError):
            cohort.total(vectors, silent=silent, late=late)


@settings(max_examples=150)
@given(pattern=patterns())
def test_any_pattern_of_drop_outs_gives_the_sum_or_fails_cleanly(
    pattern: tuple[int, int, list[int]], cohort_of: CohortOf
) -> None:
    check_pattern(cohort_of, *pattern)


@pytest.mark.heavy
@settings(max_examples=1000)
@given(pattern=patterns())
def test_a_thousand_patterns(pattern: tuple[int, int, list[int]], cohort_of: CohortOf) -> None:
    check_pattern(cohort_of, *pattern)


@pytest.mark.heavy
def test_a_hundred_sites_survive_a_third_of_them_dropping_out(cohort_of: CohortOf) -> None:
    cohort = cohort_of(100, minimum=30, colluding=6, size=3)
    vectors = cohort.random_vectors(2, cohort.names[24:])
    total = cohort.total(vectors, late=cohort.names[24:36])
    np.testing.assert_array_equal(total, plain_sum(vectors))


def test_what_the_coordinator_receives_says_nothing_of_a_vector(cohort_of: CohortOf) -> None:
    """Masked zeros are uniform words: chi-square over 256 bins of the top byte, false alarm once in 10^6 runs."""
    cohort = cohort_of(3, size=65536)
    cohort.share()
    zero = {name: np.zeros(65536, np.uint32) for name in cohort.names}
    for masked in cohort.mask(zero).values():
        counts = np.bincount(masked.vector >> 24, minlength=256)
        statistic = float(((counts - 256) ** 2 / 256).sum())
        assert statistic < 373  # chi-square, 255 degrees of freedom, upper quantile at 1e-6


def test_one_wrong_share_does_not_spoil_the_round(cohort_of: CohortOf) -> None:
    cohort = cohort_of(5, size=4)
    vectors = cohort.random_vectors(4)
    cohort.share()
    for vector in cohort.mask(vectors).values():
        cohort.coordinator.add_vector(vector)
    answers = []
    for name in cohort.names:
        _, answer = cohort.sites[name].unmask(cohort.coordinator.agreements, cohort.identities)
        answers.append(answer)
    liar = answers[0]
    answers[0] = type(liar)(liar.site, {peer: bytes(33) for peer in liar.seeds}, {})
    np.testing.assert_array_equal(cohort.coordinator.unmask(answers), plain_sum(vectors))


def answers_with_wrong_shares(cohort: Any, liars: set[str], peers: list[str]) -> tuple[list[Any], Any]:
    """Answers after everybody masked, in which some sites' shares of some peers' seeds are made up; and the sum."""
    vectors = cohort.random_vectors(6)
    cohort.share()
    for vector in cohort.mask(vectors).values():
        cohort.coordinator.add_vector(vector)
    answers = []
    for name in cohort.names:
        answer = cohort.sites[name].unmask(cohort.coordinator.agreements, cohort.identities)[1]
        if name in liars:
            made_up = {peer: bytes([1]) * 33 for peer in peers}
            answer = type(answer)(name, {**answer.seeds, **made_up}, answer.mask_keys)
        answers.append(answer)
    return answers, plain_sum(vectors)


@pytest.mark.parametrize("liars", [(0, 5), (0, 3), (0, 1), (4, 9), (2, 6, 7)])
def test_wrong_shares_spoil_no_round_in_which_enough_right_ones_are_left(
    cohort_of: CohortOf, liars: tuple[int, ...]
) -> None:
    """Of ten answers six are needed: wherever the wrong ones stand, they are left out."""
    cohort = cohort_of(10, size=4)
    answers, expected = answers_with_wrong_shares(cohort, {cohort.names[place] for place in liars}, cohort.names)
    np.testing.assert_array_equal(cohort.coordinator.unmask(answers), expected)


def test_whose_shares_are_wrong_is_logged(cohort_of: CohortOf, caplog: pytest.LogCaptureFixture) -> None:
    cohort = cohort_of(10, size=4)
    answers, _ = answers_with_wrong_shares(cohort, {"site-003"}, cohort.names)
    cohort.coordinator.unmask(answers)
    assert [record.getMessage() for record in caplog.records] == ["round 3: site-003 reveals wrong shares; left out"]


def test_too_few_answers_leave_the_sum_as_it_was(cohort_of: CohortOf) -> None:
    """With the missing answers the round can still be finished."""
    cohort = cohort_of(5, size=4)
    vectors = cohort.random_vectors(5, cohort.names[1:])
    cohort.share()
    for vector in cohort.mask(vectors).values():
        cohort.coordinator.add_vector(vector)
    answers = [cohort.sites[name].unmask(cohort.coordinator.agreements, cohort.identities)[1] for name in vectors]
    with pytest.raises(TooFewSitesError):
        cohort.coordinator.unmask(answers[:2])
    np.testing.assert_array_equal(cohort.coordinator.unmask(answers), plain_sum(vectors))

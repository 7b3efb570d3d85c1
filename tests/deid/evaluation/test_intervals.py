"""Intervals: against SciPy's beta quantiles, and by how often they hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cloister.deid.evaluation.intervals import bootstrap, clopper_pearson, exact_share, resampled_ratio


@given(st.integers(1, 3000), st.floats(0, 1))
def test_clopper_pearson_is_made_of_beta_quantiles(trials: int, share: float) -> None:
    hits = round(share * trials)
    low, high = clopper_pearson(hits, trials)
    assert low == pytest.approx(0.0 if hits == 0 else stats.beta.ppf(0.025, hits, trials - hits + 1), abs=1e-9)
    assert high == pytest.approx(1.0 if hits == trials else stats.beta.ppf(0.975, hits + 1, trials - hits), abs=1e-9)


def test_nothing_measured_has_no_value() -> None:
    assert exact_share(0, 0).value is None
    assert resampled_ratio(np.array([0, 0]), np.array([0, 0])).value is None


def test_the_bootstrap_holds_the_truth_about_as_often_as_it_says() -> None:
    """300 corpora of 60 notes whose tokens rise and fall together; an interval that ignored this would fail.

    True coverage of the percentile bootstrap here is about 94 %; fewer than 264 of 300 (88 %) would come by chance in
    less than one run of 10,000. Taking the tokens for independent covers about 40 %.
    """
    rng = np.random.default_rng(7)
    held = naive = 0
    for _ in range(300):
        trials = rng.integers(20, 60, 60)
        hits = rng.binomial(trials, rng.beta(8, 2, 60))
        estimate = resampled_ratio(hits, trials)
        assert estimate.low is not None
        assert estimate.high is not None
        held += estimate.low <= 0.8 <= estimate.high
        low, high = clopper_pearson(int(hits.sum()), int(trials.sum()))
        naive += low <= 0.8 <= high
    assert held >= 264
    assert naive < 220


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=20))
def test_an_interval_holds_its_own_estimate_and_lies_in_0_to_1(rows: list[tuple[int, int]]) -> None:
    hits, trials = np.array([min(row) for row in rows]), np.array([max(row) for row in rows])
    estimate = resampled_ratio(hits, trials)
    if estimate.value is not None:
        assert estimate.low is not None
        assert estimate.high is not None
        assert 0 <= estimate.low <= estimate.value + 1e-12
        assert estimate.value - 1e-12 <= estimate.high <= 1


def test_no_error_at_all_is_bounded_by_the_number_of_notes_not_of_tokens() -> None:
    estimate = resampled_ratio(np.full(20, 500), np.full(20, 500))
    assert (estimate.value, estimate.high) == (1.0, 1.0)
    assert estimate.low == pytest.approx(0.025 ** (1 / 20))


def test_the_bootstrap_repeats_itself() -> None:
    counts = np.random.default_rng(3).integers(1, 9, (50, 2))
    assert bootstrap(counts, lambda s: s[:, 0] / s[:, 1]) == bootstrap(counts, lambda s: s[:, 0] / s[:, 1])

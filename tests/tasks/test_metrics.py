from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines.utils import concordance_index
from sklearn.metrics import accuracy_score, roc_auc_score

from cloister.tasks.metrics import accuracy, auroc, concordance

# Few distinct values, so that ties of scores and of times are the rule.
levels = st.integers(0, 4).map(lambda level: level / 4)
seeds = st.integers(0, 2**31)


def counts(seed: int, examples: int) -> np.ndarray:
    """Bootstrap weights of shape (4, examples): everyone once, then three resamples."""
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(examples, np.full(examples, 1 / examples), size=3)
    return np.concatenate([np.ones((1, examples)), drawn])


def repeated(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The resample itself, with every example as often as its weight says."""
    return np.repeat(values, weights.astype(int), axis=0)


@given(st.lists(st.tuples(levels, st.booleans()), min_size=2, max_size=40), seeds)
def test_binary_auroc_is_that_of_scikit_learn_on_the_resample(rows: list[tuple[float, bool]], seed: int) -> None:
    positive = np.array([score for score, _ in rows])
    labels = np.array([label for _, label in rows], dtype=np.int64)
    weights = counts(seed, len(rows))

    ours = auroc(np.stack([1 - positive, positive], axis=1), labels, weights)

    for value, weight in zip(ours, weights, strict=True):
        drawn = repeated(labels, weight)
        if len(set(drawn.tolist())) < 2:
            assert np.isnan(value)
        else:
            np.testing.assert_allclose(value, roc_auc_score(drawn, repeated(positive, weight)), atol=1e-12)


@given(st.lists(st.tuples(levels, levels, levels, st.integers(0, 2)), min_size=2, max_size=40), seeds)
def test_multiclass_auroc_is_the_mean_over_the_classes_present(
    rows: list[tuple[float, float, float, int]], seed: int
) -> None:
    scores = np.array([row[:3] for row in rows])
    labels = np.array([row[3] for row in rows], dtype=np.int64)
    weights = counts(seed, len(rows))

    ours = auroc(scores, labels, weights)

    present = sorted(set(labels.tolist()))
    for value, weight in zip(ours, weights, strict=True):
        drawn, drawn_scores = repeated(labels, weight), repeated(scores, weight)
        if len(present) < 2 or set(drawn.tolist()) != set(present):
            assert np.isnan(value)
        else:
            expected = np.mean([roc_auc_score(drawn == k, drawn_scores[:, k]) for k in present])
            np.testing.assert_allclose(value, expected, atol=1e-12)


def test_a_sample_without_one_of_the_examples_classes_is_not_judged_on_the_others() -> None:
    """The others' mean is another quantity: here it is 1, and all three classes' is 3/4."""
    labels, certain = np.array([0, 1, 2]), np.eye(3)
    certain[2] = certain[1]
    everyone, without_the_last, twice = [1.0, 1, 1], [1.0, 1, 0], [2.0, 0, 1]
    found = auroc(certain, labels, np.array([everyone, without_the_last, twice]))
    np.testing.assert_allclose(found, [(1 + 0.75 + 0.5) / 3, np.nan, np.nan])


def test_a_class_that_no_example_has_is_left_out() -> None:
    labels, scores = np.array([0, 1]), np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]])
    assert auroc(scores, labels, np.ones((1, 2))).tolist() == [1.0]


@given(st.lists(st.tuples(levels, st.integers(0, 6), st.booleans()), min_size=2, max_size=40), seeds)
def test_concordance_is_that_of_lifelines_on_the_resample(rows: list[tuple[float, int, bool]], seed: int) -> None:
    risks = np.array([row[0] for row in rows])
    times = np.array([row[1] for row in rows], dtype=np.float64)
    events = np.array([row[2] for row in rows])
    weights = counts(seed, len(rows))

    ours = concordance(risks, times, events, weights)

    for value, weight in zip(ours, weights, strict=True):
        drawn = [repeated(column, weight) for column in (times, -risks, events)]
        try:
            expected = concordance_index(*drawn)
        except ZeroDivisionError:  # no comparable pair
            assert np.isnan(value)
        else:
            np.testing.assert_allclose(value, expected, atol=1e-12)


@pytest.mark.parametrize("at_once", [1, 7, 100])
def test_concordance_does_not_depend_on_how_many_pairs_are_held_at_once(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = np.random.default_rng(0)
    risks, times = generator.integers(0, 9, (2, 60)).astype(np.float64)
    given = (risks, times, generator.random(60) < 0.5, counts(1, 60))
    whole = concordance(*given)
    monkeypatch.setattr("cloister.tasks.metrics._ROWS", at_once)
    np.testing.assert_array_equal(concordance(*given), whole)


@given(st.lists(st.tuples(levels, st.booleans()), min_size=1, max_size=40), seeds)
def test_accuracy_is_that_of_scikit_learn_on_the_resample(rows: list[tuple[float, bool]], seed: int) -> None:
    positive = np.array([score for score, _ in rows])
    labels = np.array([label for _, label in rows], dtype=np.int64)
    weights = counts(seed, len(rows))

    ours = accuracy(np.stack([1 - positive, positive], axis=1), labels, weights)

    for value, weight in zip(ours, weights, strict=True):
        expected = accuracy_score(repeated(labels, weight), repeated(positive > 0.5, weight))
        np.testing.assert_allclose(value, expected, atol=1e-12)

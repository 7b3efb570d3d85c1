"""Membership inference: the attack, how it is judged, and what differential privacy leaves of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from torch import nn

from cloister.client.trainer import Gradient, PlainGradient, PrivateGradient, Streams, train
from cloister.privacy.accounting import calibrate_noise
from cloister.privacy.audit.attack_success import attack_success, most_true_positives
from cloister.privacy.audit.membership import confidences, each_attacked_once, likelihood_ratios
from cloister.privacy.patient_gradients import Batch
from cloister.privacy.plan import PrivatePlan
from cloister.study.errors import InputError
from cloister.study.schema import Training
from cloister.tasks.examples import Examples


def test_confidence_is_the_logit_of_the_probability_given_to_the_truth() -> None:
    probabilities = np.array([1e-9, 0.1, 0.5, 0.9, 1 - 1e-9])
    logits = np.log(probabilities) - np.log1p(-probabilities)
    np.testing.assert_allclose(confidences(-np.log(probabilities)), logits, rtol=1e-6)
    assert np.isfinite(confidences(np.array([0.0, 800.0]))).all()


def test_a_score_is_the_ratio_of_the_two_normal_densities() -> None:
    random = np.random.default_rng(1)
    shadows, joined = random.normal(size=(9, 4)), np.arange(36).reshape(9, 4) % 3 > 0
    attacked = random.normal(size=4)

    def log_densities(chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        groups = [shadows[chosen[:, patient], patient] for patient in range(4)]
        squares = sum(((group - group.mean()) ** 2).sum() for group in groups)
        deviation = (squares / sum(len(group) - 1 for group in groups)) ** 0.5
        return np.array([stats.norm.logpdf(at, g.mean(), deviation) for at, g in zip(attacked, groups, strict=True)])

    by_definition = log_densities(joined) - log_densities(~joined)
    np.testing.assert_allclose(likelihood_ratios(shadows, joined, attacked), by_definition)


def test_no_model_is_its_own_shadow() -> None:
    random = np.random.default_rng(2)
    models, joined = random.normal(size=(10, 5)), np.arange(50).reshape(10, 5) % 2 > 0
    joined = random.permuted(joined, axis=0)
    scores = each_attacked_once(models, joined)
    flipped = joined.copy()
    flipped[3] = ~flipped[3]
    np.testing.assert_array_equal(each_attacked_once(models, flipped)[3], scores[3])


def test_too_few_shadows_and_confidences_that_are_not_finite_are_refused() -> None:
    joined = np.array([[True], [True], [False], [False]])
    with pytest.raises(InputError, match="fewer than two"):
        likelihood_ratios(np.zeros((3, 1)), joined[:3], np.zeros(1))
    with pytest.raises(InputError, match="finite"):
        likelihood_ratios(np.full((4, 1), np.nan), joined, np.zeros(1))
    with pytest.raises(InputError, match="shapes"):
        likelihood_ratios(np.zeros((4, 2)), joined, np.zeros(1))


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_the_area_under_the_curve_is_the_share_of_pairs_in_the_right_order(pairs: list[tuple[int, bool]]) -> None:
    scores, members = np.array([[score for score, _ in pairs]]), np.array([[member for _, member in pairs]])
    if members.all() or not members.any():
        return
    inside, outside = scores[members], scores[~members]
    right = [(a > b) + 0.5 * (a == b) for a in inside for b in outside]
    assert attack_success(scores, members, resamples=20).auc.value == pytest.approx(np.mean(right))


def test_true_positives_are_read_where_false_ones_are_not_above_the_rate() -> None:
    scores = np.array([[9.0, 8.0, 8.0, 7.0, 6.0, 5.0]])
    members = np.array([[True, True, False, True, False, False]])
    rates = attack_success(scores, members, (0.3, 0.34, 0.999), resamples=20).true_positive_rates
    assert [rates[rate].value for rate in (0.3, 0.34, 0.999)] == pytest.approx([1 / 3, 1.0, 1.0])


def test_the_interval_of_a_blind_attack_holds_one_half() -> None:
    # Each of 40 intervals misses with probability 5 to 7 %: more than 10 of them in fewer than 1 of 10,000 runs.
    random, missed = np.random.default_rng(4), 0
    for _ in range(40):
        found = attack_success(random.random((4, 100)), random.random((4, 100)) < 0.5, resamples=100).auc
        missed += not found.low <= 0.5 <= found.high
    assert missed <= 10


@given(st.floats(0, 20), st.floats(0, 0.1), st.floats(0, 1))
def test_what_privacy_allows_holds_in_both_directions(epsilon: float, delta: float, false_rate: float) -> None:
    most = most_true_positives(epsilon, delta, false_rate)
    assert 0 <= most <= 1
    assert most <= math.exp(epsilon) * false_rate + delta + 1e-9
    # Swap members and others: missing a member is to the swapped attack a false alarm.
    assert math.exp(-epsilon) * (1 - false_rate - delta) <= 1 - most + 1e-9


def test_randomised_response_reaches_what_privacy_allows() -> None:
    truth = 1 / (1 + math.exp(-2.0))
    assert most_true_positives(2.0, 0.0, 1 - truth) == pytest.approx(truth)


@pytest.mark.parametrize("shapes", [((4,), (4,)), ((2, 3), (3, 2))])
def test_tables_that_do_not_fit_are_refused(shapes: Any) -> None:
    with pytest.raises(InputError, match="shapes"):
        attack_success(np.zeros(shapes[0]), np.zeros(shapes[1], dtype=bool))


def test_without_members_there_is_nothing_to_judge() -> None:
    with pytest.raises(InputError, match="no members"):
        attack_success(np.zeros((2, 3)), np.zeros((2, 3), dtype=bool))


# Against final models of the site's trainer.

PATIENTS, FEATURES, MODELS, STEPS, RATE, DELTA = 200, 12, 24, 150, 0.2, 1e-5


def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
    return nn.functional.cross_entropy(model(batch["x"]), batch["y"], reduction="none")


class Task:
    per_example_loss = staticmethod(loss)


def final_losses(joined: NDArray[np.bool_], epsilon: float | None) -> NDArray[np.float64]:
    """Losses (models, patients) of models trained on some of the patients, whose labels are partly chance."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(PATIENTS, FEATURES, generator=generator)
    y = (x[:, 0] + torch.randn(PATIENTS, generator=generator) > 0).long()
    training = Training(steps_per_round=STEPS, sample_rate=RATE, batch_divisor=20, learning_rate=0.02, micro_batch=512)
    task: Any = Task()
    losses = []
    for seed, members in enumerate(joined):
        chosen, streams = torch.from_numpy(members), Streams.of(seed, "membership")
        examples = Examples.of({"x": x[chosen], "y": y[chosen]}, [f"patient-{at}" for at in np.flatnonzero(members)])
        source: Gradient = PlainGradient(task, examples, training, streams)
        if epsilon is not None:
            plan = PrivatePlan(RATE, calibrate_noise(RATE, STEPS, DELTA, epsilon), 0.5, STEPS, DELTA)
            source = PrivateGradient(task, examples, training, plan, "book-keeping", streams)
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(FEATURES, 64), nn.ReLU(), nn.Linear(64, 2))
        train(model, source, steps=STEPS, optimizer="adam", learning_rate=0.02)
        with torch.no_grad():
            losses.append(loss(model, {"x": x, "y": y}).double().numpy())
    return np.stack(losses)


@pytest.mark.heavy
def test_an_unprotected_model_betrays_its_patients_and_a_private_one_no_more_than_epsilon_allows() -> None:
    joined = np.random.default_rng(0).random((MODELS, PATIENTS)) < 0.5
    found = {
        epsilon: attack_success(each_attacked_once(confidences(final_losses(joined, epsilon)), joined), joined)
        for epsilon in (None, 1.0)
    }
    unprotected, private = found[None], found[1.0]
    assert unprotected.auc.low > 0.6
    assert unprotected.true_positive_rates[0.01].low > most_true_positives(1.0, DELTA, 0.01)
    assert private.auc.high < unprotected.auc.low
    for rate, estimate in private.true_positive_rates.items():
        # The lower end of a 95 % interval: by chance above the truth for 2.5 % of seeds.
        assert estimate.low <= most_true_positives(1.0, DELTA, rate)

"""Canary patients, their scores, and what an audit makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from cloister.privacy.audit.canaries import COLUMN, NOBODY, PARAMETER, Canaries, CanaryModel, canary_loss
from cloister.privacy.audit.canary_scores import white_box_scores
from cloister.privacy.audit.one_run import audit
from cloister.privacy.noise import GaussianNoise
from cloister.privacy.patient_gradients import ENGINES, Batch, Engine, clipped_sum
from cloister.privacy.plan import PrivatePlan
from cloister.privacy.randomness import RandomStream
from cloister.study.errors import InputError

SHORT = PrivatePlan(sample_rate=0.1, noise_multiplier=2.0, max_grad_norm=0.5, steps=40, delta=1e-6)


def square(model: nn.Module, batch: Batch) -> torch.Tensor:
    return (model(batch["x"])[:, 0] - batch["y"]) ** 2


def joined(records: int = 3) -> tuple[Canaries, dict[str, torch.Tensor], list[str]]:
    canaries = Canaries(np.array([True, False, True, True, False]))
    columns = {"x": torch.randn(4, 2, generator=torch.Generator().manual_seed(1)), "y": torch.ones(4)}
    return canaries, *canaries.join(columns, ["a", "a", "b", "c"], records)


def test_those_whose_coin_shows_tails_are_not_in_the_data_at_all() -> None:
    _, columns, keys = joined()
    assert keys == ["a", "a", "b", "c", *["canary-0"] * 3, *["canary-2"] * 3, *["canary-3"] * 3]
    assert columns[COLUMN].tolist() == [NOBODY] * 4 + [0] * 3 + [2] * 3 + [3] * 3
    assert {len(values) for values in columns.values()} == {13}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_canarys_clipped_gradient_is_the_norm_along_its_own_coordinate(engine: Engine) -> None:
    _, columns, keys = joined()
    patients = sorted(set(keys))
    index = torch.tensor([patients.index(key) for key in keys])
    model = CanaryModel(nn.Linear(2, 1), 5)
    found = clipped_sum(model, canary_loss(square), columns, index, len(patients), 0.5, engine=engine).gradients
    assert found[PARAMETER][:, 0].tolist() == pytest.approx([0.5, 0.0, 0.5, 0.5, 0.0])
    # The other patients' gradients are what they are without canaries.
    real = {name: columns[name][:4] for name in ("x", "y")}
    alone = clipped_sum(model.model, square, real, torch.tensor([0, 0, 1, 2]), 3, 0.5, engine=engine).gradients
    for name, gradient in alone.items():
        torch.testing.assert_close(found[f"model.{name}"], gradient)


def test_coins_are_fair_and_each_toss_is_another() -> None:
    # Outside of these limits with probability 2e-7.
    assert 4740 < Canaries.toss(10_000).included.sum() < 5260
    assert (Canaries.toss(1000).included != Canaries.toss(1000).included).any()


def test_the_claimed_samplings_score_is_the_logarithm_of_the_likelihood_ratio() -> None:
    from scipy import stats

    seen = np.random.default_rng(3).normal(size=(40, 6)) * 2
    without = stats.norm.pdf(seen, 0, 2)
    ratio = (0.9 * without + 0.1 * stats.norm.pdf(seen, 1, 2)) / without
    np.testing.assert_allclose(white_box_scores(seen, SHORT)["poisson"], np.log(ratio).sum(axis=0))
    in_turn = np.stack([(stats.norm.pdf(seen, 1, 2) / without)[turn::10].prod(axis=0) for turn in range(10)])
    np.testing.assert_allclose(white_box_scores(seen, SHORT)["fixed-order"], np.log(in_turn.sum(axis=0)))


def test_an_audit_tells_noise_from_none(audited: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for access, found in audited(SHORT, 0, canaries=1000, records=2).items():
        assert 0 < found.lower_bound < found.claimed_epsilon == SHORT.epsilon(), access
    monkeypatch.setattr(GaussianNoise, "add_to", lambda _, sums, __: dict(sums))
    for access, found in audited(SHORT, 0, canaries=1000, records=2).items():
        assert found.exceeds_claim, access


def test_scores_that_know_nothing_give_no_bound_and_those_that_know_all_the_highest() -> None:
    canaries = Canaries.toss(2000, RandomStream.seeded_for_simulation(5))
    # Above 0.5 only if chance misleads, which it may for 5 % of seeds.
    assert audit(SHORT, canaries, {"blind": np.random.default_rng(5).random(2000)}).lower_bound < 0.5
    all_known = audit(SHORT, canaries, {"all": canaries.included.astype(float)})
    assert all_known.lower_bound > 4
    assert all_known.guesses.correct == all_known.guesses.made == 1000


@pytest.mark.parametrize("scores", [{}, {"a": np.zeros(3)}, {"a": np.full(5, np.nan)}])
def test_scores_that_cannot_be_are_refused(scores: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        audit(SHORT, Canaries(np.ones(5, dtype=bool)), scores)


def test_a_claim_about_other_steps_than_those_observed_is_refused() -> None:
    with pytest.raises(InputError, match="39 steps"):
        white_box_scores(np.zeros((39, 5)), SHORT)


def test_impossible_settings_are_refused() -> None:
    canaries = Canaries(np.ones(5, dtype=bool))
    with pytest.raises(InputError, match="confidence"):
        audit(SHORT, canaries, {"a": np.zeros(5)}, confidence=1.0)
    with pytest.raises(InputError, match="at least one"):
        Canaries.toss(0)
    with pytest.raises(InputError, match="row"):
        canaries.join({}, [], 1)

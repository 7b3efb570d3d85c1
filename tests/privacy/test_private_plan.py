"""A plan and what is derived from it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from cloister.privacy.accounting import Mechanism, epsilon_of
from cloister.privacy.plan import PrivatePlan
from cloister.study.errors import InputError, StudyError
from cloister.study.schema import Study

PLAN = PrivatePlan(sample_rate=0.05, noise_multiplier=1.1, max_grad_norm=0.7, steps=120, delta=1e-5)


def study(**privacy: Any) -> Study:
    return Study.model_validate(
        {
            "name": "three-steps",
            "title": "A study",
            "federation": {"sites": ["one", "two"]},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "rounds": 40,
            "training": {"steps_per_round": 3, "sample_rate": 0.05, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "dp-sgd", "max_grad_norm": 0.7, **privacy},
        }
    )


def test_a_studys_plan_covers_all_of_its_rounds() -> None:
    assert PrivatePlan.of_study(study(noise_multiplier=1.1)) == PLAN


def test_epsilon_follows_from_the_plan_alone() -> None:
    mechanism = Mechanism(0.05, 1.1, 120)
    assert PLAN.epsilon() == epsilon_of([mechanism], 1e-5, "pld")
    assert PLAN.rdp_epsilon() == epsilon_of([mechanism], 1e-5, "rdp")


def test_sensitivity_cannot_be_given_only_derived() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        PLAN.sensitivity = 0.1  # type: ignore[misc]
    assert PLAN.noise_standard_deviation == pytest.approx(1.1 * 0.7)


def test_a_study_says_how_gradients_are_clipped() -> None:
    assert (PLAN.clipping, PLAN.adaptive, PLAN.first_norm) == ("flat", None, 0.7)
    settings = {"initial_norm": 0.2, "clipped_count_stddev": 2.0}
    plan = PrivatePlan.of_study(study(noise_multiplier=1.1, clipping="per-layer", adaptive_clipping=settings))
    assert (plan.clipping, plan.first_norm, plan.max_grad_norm) == ("per-layer", 0.2, 0.7)
    assert plan.epsilon() == PLAN.epsilon()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"initial_norm": 0.8, "clipped_count_stddev": 2.0}, "initial_norm = 0.8 is above max_grad_norm = 0.7"),
        ({"initial_norm": 0.5}, "clipped_count_stddev"),
        ({"initial_norm": 0.5, "clipped_count_stddev": 2.0, "target_quantile": 1.0}, "target_quantile"),
    ],
)
def test_adaptive_clipping_that_cannot_be_is_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        study(noise_multiplier=1.1, adaptive_clipping=settings)


def test_a_target_epsilon_holds_for_the_whole_study_not_for_a_round() -> None:
    plan = PrivatePlan.of_study(study(target_epsilon=2.0))
    rounds = [plan.for_steps(3).mechanism] * 40
    assert 1.95 < epsilon_of(rounds, 1e-5) <= 2.0


def test_a_target_epsilon_that_the_rounds_cannot_meet_is_a_fault_of_the_study() -> None:
    with pytest.raises(StudyError, match=r"three-steps: privacy.target_epsilon = 0.001 with rounds = 40 .*\n.*lower"):
        PrivatePlan.of_study(study(target_epsilon=0.001))


def test_a_study_without_privacy_has_no_plan() -> None:
    with pytest.raises(StudyError, match=r"privacy.mechanism = 'none'"):
        PrivatePlan.of_study(study(noise_multiplier=1.0).without_privacy())


@pytest.mark.parametrize(
    "fault",
    [
        {"sample_rate": 0.0},
        {"noise_multiplier": 0.0},
        {"max_grad_norm": float("inf")},
        {"steps": 0},
        {"steps": 10_000_001},
        {"delta": 0.0},
    ],
)
def test_impossible_plans_do_not_exist(fault: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        dataclasses.replace(PLAN, **fault)

"""A site's policy bounds every privacy-relevant value of a study; the study cannot talk it out of that."""

import re
from pathlib import Path
from typing import Any

import pytest

from cloister.study.errors import PolicyError, RefusedByPolicyError
from cloister.study.policy import Ceilings, Floors, Policy, check_study
from cloister.study.schema import Study

DOCUMENT: dict[str, Any] = {
    "name": "example",
    "title": "An example",
    "rounds": 3,
    "federation": {"sites": ["north", "south"], "secure_aggregation": True},
    "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
    "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
    "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
    "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 1.0, "max_grad_norm": 1.0},
}


def study(**changes: Any) -> Study:
    document = dict(DOCUMENT)
    for key, change in changes.items():
        document[key] = {**document.get(key, {}), **change} if isinstance(change, dict) else change
    return Study.model_validate(document)


def test_a_study_within_bounds_is_allowed() -> None:
    check_study(study(), Policy())


@pytest.mark.parametrize(
    ("policy", "changes", "told"),
    [
        (Policy(), {"training": {"sample_rate": 0.5}}, "training.sample_rate = 0.5 is above"),
        (Policy(), {"privacy": {"noise_multiplier": 0.1}}, "privacy.noise_multiplier = 0.1 is below"),
        (Policy(), {"privacy": {"max_grad_norm": 100.0}}, "privacy.max_grad_norm = 100.0 is above"),
        (Policy(), {"privacy": {"delta": 1e-3}}, "privacy.delta = 0.001 is above"),
        (
            Policy(),
            {"privacy": {"noise_multiplier": None, "target_epsilon": 9.0}},
            "privacy.target_epsilon = 9.0 is above",
        ),
        (Policy(), {"rounds": 2000}, "rounds = 2000 is above"),
        (Policy(ceilings=Ceilings(steps_per_round=4)), {}, "training.steps_per_round = 5 is above"),
        (
            Policy(ceilings=Ceilings(steps_per_round=9)),
            {"strategy": {"name": "ditto", "proximal_mu": 0.1}},
            "all trainings counted, = 10 is above",
        ),
        (Policy(floors=Floors(cohort=3)), {}, "federation.minimum_sites = 2 is below"),
        (Policy(), {"federation": {"minimum_sites": 1}}, "federation.minimum_sites = 1 is below"),
        (Policy(allowed_tasks=("note_classification",)), {}, "allowed_tasks"),
        (Policy(allowed_collections=("a",)), {"data": {"collection": "b"}}, "allowed_collections"),
    ],
)
def test_a_study_out_of_bounds_is_refused_by_name(policy: Policy, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(RefusedByPolicyError, match=re.escape(told)):
        check_study(study(**changes), policy)


def test_training_without_privacy_needs_an_explicit_permission() -> None:
    plain = study().without_privacy()
    with pytest.raises(RefusedByPolicyError, match="differential privacy"):
        check_study(plain, Policy())
    check_study(plain, Policy(allow_without_differential_privacy=True))


def test_showing_the_coordinator_a_single_update_needs_an_explicit_permission() -> None:
    unmasked = study(federation={"secure_aggregation": False})
    with pytest.raises(RefusedByPolicyError, match="secure_aggregation"):
        check_study(unmasked, Policy())
    check_study(unmasked, Policy(allow_without_secure_aggregation=True))


def test_a_misspelt_policy_does_not_silently_allow(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("[floors]\nnoise_multiplyer = 2.0\n")
    with pytest.raises(PolicyError, match=r"policy.toml, line 2: floors.noise_multiplyer = 2.0: unknown key"):
        Policy.read(path)

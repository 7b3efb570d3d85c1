"""Whose noise epsilon rests on is the study's to say and the site's to allow, and nothing that needs more is run."""

from typing import Any

import pytest
from pydantic import ValidationError

from cloister.study.errors import RefusedByPolicyError
from cloister.study.policy import Policy, check_study
from cloister.study.schema import Study
from cloister.study.trust import holds_against, noise_shares, trust_of

DOCUMENT: dict[str, Any] = {
    "name": "example",
    "title": "An example",
    "rounds": 3,
    "federation": {"sites": ["east", "north", "south", "west"], "minimum_sites": 3},
    "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
    "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
    "training": {"steps_per_round": 1, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
    "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 1.0, "trust": "distributed"},
}


def study(**changes: dict[str, Any]) -> Study:
    return Study.model_validate(DOCUMENT | {key: DOCUMENT.get(key, {}) | change for key, change in changes.items()})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"training": {"steps_per_round": 2}}, "steps_per_round = 1"),
        ({"training": {"optimizer": "adam"}}, "optimizer = 'sgd'"),
        ({"federation": {"secure_aggregation": False}}, "needs secure aggregation"),
        ({"federation": {"compression": {"encoding": "int8"}}}, r"excludes federation\.compression"),
        ({"federation": {"colluding_sites": 2}}, "at least two shares"),
        ({"federation": {"minimum_sites": 1}}, "at least two shares"),
        ({"strategy": {"name": "scaffold"}}, "not 'scaffold'"),
        ({"strategy": {"name": "ditto", "proximal_mu": 0.1}}, "not 'ditto'"),
        ({"strategy": {"name": "norm-bounding", "max_update_norm": 1.0}}, "not 'norm-bounding'"),
        ({"strategy": {"name": "fedper", "personal": ["*bias"]}}, "not 'fedper'"),
        (
            {"privacy": {"adaptive_clipping": {"initial_norm": 0.5, "clipped_count_stddev": 10}}},
            r"excludes privacy\.adaptive_clipping",
        ),
    ],
)
def test_what_would_need_a_sites_own_noise_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        study(**changes)
    local = changes | {"privacy": {**changes.get("privacy", {}), "trust": "local"}}
    assert trust_of(study(**local)) == "local"


def test_a_site_whose_policy_does_not_allow_it_refuses() -> None:
    with pytest.raises(RefusedByPolicyError, match=r"privacy\.trust = 'distributed'"):
        check_study(study(), Policy())
    check_study(study(), Policy(allow_distributed_noise=True))
    check_study(study(privacy={"trust": "local"}), Policy())


def test_only_shares_of_sites_that_are_there_and_honest_count() -> None:
    assert noise_shares(study()) == 3
    assert noise_shares(study(federation={"colluding_sites": 1})) == 2
    assert noise_shares(study(privacy={"trust": "local"})) is None
    assert noise_shares(study().without_privacy()) is None


def test_it_is_said_against_whom_epsilon_holds() -> None:
    assert "all other sites together" in holds_against(study(privacy={"trust": "local"}))
    assert "the coordinator alone" in holds_against(study())
    assert "NOT against another site" in holds_against(study())
    assert "at most 1 site," in holds_against(study(federation={"colluding_sites": 1}))

"""What a person reads before approving a study: the things that make a difference to patients."""

import pytest

from cloister.client.study_summary import summarise
from cloister.study.schema import Study

PRIVACY = {"mechanism": "dp-sgd", "noise_multiplier": 1.0}
STUDY = {
    "name": "hearts",
    "title": "Hearts",
    "rounds": 2,
    "federation": {"sites": ["a", "b"]},
    "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age", "mean": 55, "scale": 10}]},
    "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
    "training": {"steps_per_round": 5, "sample_rate": 0.2, "batch_divisor": 20, "learning_rate": 0.2},
    "privacy": PRIVACY,
}


def summary(**changes: object) -> str:
    return "\n".join(summarise(Study.model_validate({**STUDY, **changes})))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "each patient's gradient as a whole"),
        ({"privacy": {**PRIVACY, "clipping": "per-layer"}}, "each layer by itself"),
        (
            {
                "privacy": {
                    **PRIVACY,
                    "adaptive_clipping": {"initial_norm": 0.5, "clipped_count_stddev": 10},
                }
            },
            "a norm that adapts",
        ),
        ({"privacy": {"mechanism": "none"}}, "NONE"),
        ({}, "NOT MASKED"),
        ({"federation": {"sites": ["a", "b", "c"]}}, "masked: the coordinator sees the sum"),
        ({"strategy": {"name": "cyclic"}}, "the site whose turn is next receives the model"),
    ],
)
def test_what_matters_is_said(changes: dict[str, object], said: str) -> None:
    assert said in summary(**changes)


def test_what_does_not_apply_is_not_said() -> None:
    assert "adapts" not in summary()
    assert "whose turn is next" not in summary()

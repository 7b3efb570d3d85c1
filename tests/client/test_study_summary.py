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
        ({}, "and no more: a round or run that is repeated counts, so the study ends sooner"),
        ({"privacy": {**PRIVACY, "spare_rounds": 2}}, "if rounds or runs are repeated, and no more"),
        ({"privacy": {"mechanism": "none"}}, "NONE"),
        ({}, "NOT MASKED"),
        ({"federation": {"sites": ["a", "b", "c"]}}, "masked: the coordinator sees the sum"),
        ({"strategy": {"name": "cyclic"}}, "the site whose turn is next receives the model"),
    ],
)
def test_what_matters_is_said(changes: dict[str, object], said: str) -> None:
    assert said in summary(**changes)


DISTRIBUTED = {
    "federation": {"sites": ["a", "b", "c", "d"], "minimum_sites": 3, "colluding_sites": 1},
    "training": {"steps_per_round": 1, "sample_rate": 0.2, "batch_divisor": 20, "learning_rate": 0.2},
    "privacy": {**PRIVACY, "trust": "distributed"},
}


def test_the_trust_model_is_said_and_what_this_sites_noise_is_worth_alone() -> None:
    assert "Trust      local: this site's own noise suffices" in summary()
    said = summary(**DISTRIBUTED)
    assert "DISTRIBUTED: epsilon rests on the noise of 2 sites together, and on the masks" in said
    assert "the coordinator together with at most 1 site, and whoever gets the model; NOT against more" in said
    alone = summary(**{**DISTRIBUTED, "privacy": {**PRIVACY, "noise_multiplier": 0.5**0.5}}).split("epsilon ")[1]
    assert f"noise multiplier 0.707: by itself epsilon {alone.split()[0]}" in said


COMPRESSED = {
    "bfloat16": ({}, False, "every value is rounded to 16 bits"),
    "int8": ({}, True, "every value is rounded at random to one of 255 levels"),
    "top-k": ({"one_in": 4}, False, "only the largest values, 1 in 4, with their places"),
    "random-k": ({"one_in": 4}, True, "only 1 value in 4, at places that study and round determine"),
}


@pytest.mark.parametrize("encoding", COMPRESSED)
def test_compression_of_the_update_is_said_in_plain_words(encoding: str) -> None:
    settings, secure, how = COMPRESSED[encoding]
    compression = {"encoding": encoding, **settings}
    federation = {"sites": ["a", "b", "c"], "secure_aggregation": secure, "compression": compression}
    said = summary(federation=federation)
    assert f"compressed ({encoding}): {how}\n" in said
    assert "what that leaves out is kept in this site's folder, and joins a later update; epsilon is the same" in said


def test_what_does_not_apply_is_not_said() -> None:
    assert "compressed" not in summary()
    assert "adapts" not in summary()
    assert "whose turn is next" not in summary()

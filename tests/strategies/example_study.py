"""The smallest study that every strategy can run: a linear model of two numbers at three sites."""

from typing import Any

from cloister.study.schema import Study

SITES = ("east", "north", "south")
SETTINGS: dict[str, dict[str, Any]] = {
    "ditto": {"proximal_mu": 0.1},
    "fedbn": {"personal": ["nothing"]},
    "feddyn": {"dynamic_alpha": 0.5},
    "fednova": {"local_steps": {"east": 1, "north": 4, "south": 2}},
    "fedper": {"personal": ["*bias"]},
    "fedprox": {"proximal_mu": 0.1},
    "krum": {"adversaries": 1},
    "bulyan": {"adversaries": 1},
    "trimmed-mean": {"adversaries": 1},
    "norm-bounding": {"max_update_norm": 0.2},
    "fedbuff": {"buffer_size": 3},
}
"""What a strategy needs to be told."""


def example_study(strategy: str, secure: bool, **federation: object) -> Study:
    """Two rounds of a strategy; `federation` adds to the section of that name."""
    return Study.model_validate(
        {
            "name": strategy,
            "title": "An example",
            "rounds": 2,
            "federation": {"sites": SITES, "secure_aggregation": secure, **federation},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}, {"name": "y"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 4, "sample_rate": 0.5, "batch_divisor": 20, "learning_rate": 0.5},
            "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 1.0, "delta": 1e-3},
            "strategy": {"name": strategy, **SETTINGS.get(strategy, {})},
            "evaluation": {"bootstrap_samples": 100},
        }
    )

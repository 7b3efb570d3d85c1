"""A masked study of a few patients at several hospitals, brought up and ready to start."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from tests.made_up_table import made_up_table

from cloister.study.schema import Study

if TYPE_CHECKING:
    from tests.deployment.conftest import Enrolled

PATIENTS = 120


def submitted(made: Enrolled, name: str, rounds: int) -> Path:
    """Everybody's data, coordinator and nodes, and the study, approved; returns the submitted study's folder."""
    *tables, heldout_table = (made_up_table(seed, PATIENTS) for seed in range(len(made.hospitals) + 1))
    heldout = made.equip(tables, heldout_table)
    made.bring_up()
    identities = tomllib.loads(made.cloister("server", "roster", "--server", "server"))
    file = made.folder / "study.json"
    file.write_text(_study(made.hospitals, name, rounds, identities).canonical)
    submission = made.submit(file, heldout)
    made.approve(submission)
    return submission


def _study(sites: tuple[str, ...], name: str, rounds: int, identities: dict[str, str]) -> Study:
    return Study.model_validate(
        {
            "name": name,
            "title": "An example",
            "rounds": rounds,
            "federation": {"sites": sites, "secure_aggregation": True, "identities": identities},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}, {"name": "y"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 1, "sample_rate": 0.1, "batch_divisor": 12, "learning_rate": 0.1},
            "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 4.0, "delta": 1e-5},
        }
    )

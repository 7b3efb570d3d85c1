"""A hospital that pauses in the midst of a run of all: the run stops and says why, goes on, and nobody pays twice."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest
from tests.deployment.conftest import rounds_finished, wait_until
from tests.made_up_table import made_up_table

from cloister.study.schema import Study

if TYPE_CHECKING:
    from tests.deployment.conftest import Enrolled

SITES = ("east", "north", "south")
ROUNDS, PATIENTS = 10, 120
SECONDS = 300.0
"""Generous, because other work may share the cores."""


def study(identities: dict[str, str]) -> Study:
    return Study.model_validate(
        {
            "name": "paused",
            "title": "An example",
            "rounds": ROUNDS,
            "federation": {"sites": SITES, "secure_aggregation": True, "identities": identities},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}, {"name": "y"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 1, "sample_rate": 0.1, "batch_divisor": 12, "learning_rate": 0.1},
            "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 4.0, "delta": 1e-5},
        }
    )


@pytest.mark.heavy
def test_a_run_waits_for_a_hospital_that_paused_and_nobody_pays_twice(
    make_enrolled: Callable[[Sequence[str]], Enrolled],
) -> None:
    made = make_enrolled(SITES)
    *tables, heldout_table = (made_up_table(seed, PATIENTS) for seed in range(len(SITES) + 1))
    heldout = made.equip(tables, heldout_table)
    made.bring_up()
    file = made.folder / "study.json"
    file.write_text(study(tomllib.loads(made.cloister("server", "roster", "--server", "server"))).canonical)
    submission = made.submit(file, heldout)
    made.approve(submission)
    run = made.start_run(submission)
    wait_until(lambda: rounds_finished(submission) >= 1, SECONDS, "round 1")
    made.cloister("site", "pause", "--site", "south", "--by", "Dr. A. Officer")
    wait_until(lambda: made.state_of(run).startswith("finished"), SECONDS, "the end of the first run")
    assert made.state_of(run) == "finished:failed"
    status = json.loads(made.cloister("server", "status", "--coordinator", submission, "--json"))
    assert status["refusing"] == {"south": "site-paused"}
    assert 1 <= status["rounds_finished"] < ROUNDS
    made.cloister("site", "resume", "--site", "south")
    made.run(submission)
    status = json.loads(made.cloister("server", "status", "--coordinator", submission, "--json"))
    assert status["refusing"] == {}
    assert [record["replied"] for record in status["history"][1:]] == [list(SITES)] * ROUNDS
    for site in SITES:
        # The opening, then a reservation and a settlement for each round.
        assert json.loads(made.cloister("site", "ledger", "--site", site, "--json"))["entries"] == 1 + 2 * ROUNDS

"""A hospital that pauses in the midst of a run of all: the run stops and says why, goes on, and nobody pays twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest
from tests.deployment.conftest import rounds_finished, wait_until
from tests.deployment.tiny_masked_study import submitted

if TYPE_CHECKING:
    from tests.deployment.conftest import Enrolled

SITES = ("east", "north", "south")
ROUNDS = 10
SECONDS = 300.0
"""Generous, because other work may share the cores."""


@pytest.mark.heavy
def test_a_run_waits_for_a_hospital_that_paused_and_nobody_pays_twice(
    make_enrolled: Callable[[Sequence[str]], Enrolled],
) -> None:
    made = make_enrolled(SITES)
    submission = submitted(made, "paused", ROUNDS)
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

"""A SuperLink whose database is locked for longer than it waits: nothing of the run is lost.

The lock here is another program's, held until a request of the coordinator's and one of a site's have failed. Where
many sites write at once, they lock each other out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.deployment.conftest import rounds_finished, wait_until
from tests.deployment.tiny_masked_study import submitted
from tests.locked_database import locked

if TYPE_CHECKING:
    from tests.deployment.conftest import Enrolled

SITES = ("east", "north", "south")
ROUNDS = 6
SECONDS = 600.0
"""Generous, because other work may share the cores."""
FAILED = {part: re.compile(rf'"POST /v1/{part}/\S+ HTTP/1\.1" 500\b') for part in ("runtime", "fleet")}


@pytest.mark.heavy
def test_a_run_goes_on_although_requests_failed_and_asks_nobody_in_vain(
    make_enrolled: Callable[[Sequence[str]], Enrolled],
) -> None:
    made = make_enrolled(SITES)
    try:
        submission = submitted(made, "busy", ROUNDS)
        run = made.start_run(submission)
        for number in range(1, 4):
            wait_until(partial(has_finished, submission, number), SECONDS, f"round {number}")
            lock_until_requests_failed(made)
        wait_until(lambda: made.state_of(run).startswith("finished"), SECONDS, "the end")
        assert made.state_of(run) == "finished:completed"
    except BaseException:
        print(made.logs())
        raise
    told = json.loads(made.cloister("server", "audit", "--server", "server", "--json"))
    assert [entry["event"] for entry in told].count("run-started") == 1
    rounds = {entry["round"]: sorted(entry["replied"]) for entry in told if entry["event"] == "round-finished"}
    assert rounds == {0: [], **{number: list(SITES) for number in range(1, ROUNDS + 1)}}


def has_finished(submission: Path, number: int) -> bool:
    return rounds_finished(submission) >= number


def lock_until_requests_failed(made: Enrolled) -> None:
    log = made.services["superlink"]
    seen = {part: len(pattern.findall(log.text())) for part, pattern in FAILED.items()}
    with locked(made.server / "flower" / "state.db", SECONDS):
        wait_until(
            lambda: all(len(pattern.findall(log.text())) > seen[part] for part, pattern in FAILED.items()),
            SECONDS,
            "a request of each kind that failed",
        )

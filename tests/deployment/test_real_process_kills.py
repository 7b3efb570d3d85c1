"""SIGKILL in a real deployment: Flower's processes with TLS, the coordinator's app, a hospital's node, and both.

    CLOISTER_REAL_KILLS=200 pytest -n0 -m heavy tests/deployment/test_real_process_kills.py -s

A kill costs some 20 seconds, so there are few by default. Without Flower's network there can be many more:
`test_kills.py`.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cloister.privacy.plan import PrivatePlan
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.simulation.engine import run_engine

if TYPE_CHECKING:
    from tests.deployment.conftest import Deployment

pytestmark = pytest.mark.heavy

KILLS = int(os.environ.get("CLOISTER_REAL_KILLS", "6"))
ROUNDS = max(24, 3 * KILLS // 4)
"""Enough that the kills come to an end first."""
SECONDS = 1800.0 + 60.0 * KILLS
LONGEST_BETWEEN = 40.0


def test_a_run_that_is_killed_again_and_again_ends_as_if_it_had_not_been(
    make_deployment: Callable[[int], Deployment],
) -> None:
    made = make_deployment(ROUNDS)
    made.start()
    generator = random.Random(5)
    kills, deadline = {"coordinator": 0, "site": 0, "both": 0}, time.monotonic() + SECONDS
    while True:
        assert time.monotonic() < deadline, f"not within {SECONDS:.0f} s, {kills}"
        restart_nodes(made)
        if made.run_state().startswith("finished"):
            if made.status()["rounds_finished"] == ROUNDS:
                break
            made.start()
        if sum(kills.values()) < KILLS:
            time.sleep(generator.uniform(1.0, LONGEST_BETWEEN))
            kind = generator.choice(sorted(kills))
            hit = kind != "site" and made.coordinator.services["superexec"].kill_within("flwr-serverapp")
            if kind != "coordinator":
                made.sites[generator.choice(sorted(made.sites))].services["supernode"].kill()
                kind = "both" if hit else "site"  # between a kill and the next start there is no coordinator
            kills[kind] += hit or kind == "site"
        else:
            time.sleep(2.0)
    print(f"{sum(kills.values())} kills: {kills}")
    assert sum(kills.values()) == KILLS
    check_as_in_process(made)


def restart_nodes(made: Deployment) -> None:
    """What a service manager does."""
    for desk in made.sites.values():
        if desk.services["supernode"].process.poll() is not None:
            desk.start("supernode")


def check_as_in_process(made: Deployment) -> None:
    """The model is the unkilled run's to the bit, every hospital was in every round, and paid once for each."""
    twin = made.twin
    sites = {name: twin / "sites" / name for name in made.sites}
    run_engine("process", twin / "coordinator", sites, ROUNDS, lambda *_: None)
    killed, unkilled = (CoordinatorFolder.open(folder).latest() for folder in (made.submission, twin / "coordinator"))
    assert killed is not None
    assert unkilled is not None
    for name, values in unkilled.model.items():
        np.testing.assert_array_equal(killed.model[name], values, err_msg=name)
    assert [record.replied for record in killed.history[1:]] == [tuple(sorted(made.sites))] * ROUNDS
    for desk in made.sites.values():
        book = json.loads(desk.run("ledger"))
        assert book["entries"] == 1 + 2 * ROUNDS
        assert book["spent"] == pytest.approx(PrivatePlan.of_study(made.study).epsilon(), rel=1e-6)

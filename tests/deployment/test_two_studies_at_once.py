"""Two studies at once at two hospitals: one trains for long, and meanwhile the other one begins and finishes.

One SuperLink with TLS and two SuperNodes that sign in; both studies add up their updates under masks.
"""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import pytest
from tests.made_up_table import made_up_table

from cloister.client.training_queue import queue_of
from cloister.study.schema import Study

if TYPE_CHECKING:
    from tests.deployment.conftest import Enrolled

pytestmark = pytest.mark.heavy

SITES = ("north", "south")
AN_HOUR_OF_STEPS = 1_000_000
SECONDS = 1500.0
"""Generous, because other work may share the cores."""
POLICY = f"""
allow_declared_datasets = true
[ceilings]
epsilon_per_study = 100.0
delta = 0.05
sample_rate = 1.0
steps_per_round = {AN_HOUR_OF_STEPS}
[floors]
noise_multiplier = 1.0
cohort = 2
patients = 2
"""


def study(name: str, steps: int, identities: dict[str, str]) -> Study:
    return Study.model_validate(
        {
            "name": name,
            "title": "An example",
            "rounds": 1,
            "federation": {"sites": SITES, "secure_aggregation": True, "identities": identities},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}, {"name": "y"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": steps, "sample_rate": 0.1, "batch_divisor": 4, "learning_rate": 0.5},
            "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 1000.0, "delta": 1e-3},
            "evaluation": {"bootstrap_samples": 100},
        }
    )


@pytest.fixture(scope="module")
def enrolled(make_enrolled: Callable[[Sequence[str]], Enrolled]) -> Iterator[Enrolled]:
    """Two hospitals that wait for studies, of which two may train at a time."""
    made = make_enrolled(SITES)
    tables = [made_up_table(seed) for seed in range(len(SITES))]
    made.equip(tables, made_up_table(3), settings="trainings_at_once = 2\n", policy=POLICY)
    try:
        made.bring_up()
        yield made
    finally:
        print(made.logs())


def test_a_short_study_finishes_while_a_long_one_trains(enrolled: Enrolled) -> None:
    identities = tomllib.loads(enrolled.cloister("server", "roster", "--server", "server"))
    run = ""
    for name, steps in (("long", AN_HOUR_OF_STEPS), ("short", 4)):
        file = enrolled.folder / f"{name}.json"
        file.write_text(study(name, steps, identities).canonical)
        submission = enrolled.submit(file, enrolled.folder / "heldout")
        enrolled.approve(submission)
        run = enrolled.start_run(submission)
        if name == "long":
            until(lambda: all(trainings(enrolled, site) == 1 for site in SITES))
    until(lambda: enrolled.state_of(run).startswith("finished"))
    assert enrolled.state_of(run) == "finished:completed"
    for site in SITES:
        answered = json.loads(enrolled.cloister("site", "egress", "--site", site, "--json"))
        kinds = {name: [entry["kind"] for entry in answered if entry["study"] == name] for name in ("long", "short")}
        assert {"train", "query.secure_unmask"} <= set(kinds["short"])
        assert "query.secure_share" in kinds["long"]
        assert "train" not in kinds["long"]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(1.0)


def trainings(enrolled: Enrolled, site: str) -> int:
    return queue_of(enrolled.folder / site).training

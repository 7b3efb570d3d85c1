"""Every strategy that three hospitals can run, in a real deployment: the model is the one in process, to the bit.

One SuperLink with TLS, three SuperNodes that sign in, and one study after the other over the same federation, signed,
submitted and approved. Each is run once more in process, with copies of the hospitals' folders. Strategies that can be
masked are. Left out are those that three sites do not allow, and FedBN: a linear model normalises nothing.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.made_up_table import made_up_table
from tests.strategies.example_study import SITES, example_study

from cloister.client.approvals import approve
from cloister.client.site_folder import SiteFolder
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.simulation.process_engine import run_in_process
from cloister.strategies.catalogue import STRATEGIES
from cloister.strategies.server_state import ServerState
from cloister.study.schema import StrategyName, Study

if TYPE_CHECKING:
    from tests.deployment.conftest import Enrolled

pytestmark = pytest.mark.heavy

LEFT_OUT: set[StrategyName] = {"bulyan", "krum", "lora-svd", "fedbn"}
POLICY = """
allow_declared_datasets = true
allow_without_secure_aggregation = true
[ceilings]
epsilon_per_study = 100.0
epsilon_lifetime = 10000.0
delta = 0.05
sample_rate = 1.0
max_grad_norm = 1000.0
rounds = 100
steps_per_round = 100
[floors]
noise_multiplier = 0.01
cohort = 2
patients = 2
"""


def study(name: StrategyName, identities: dict[str, str] | None = None) -> Study:
    return example_study(name, STRATEGIES[name].works_under_secure_aggregation, identities=identities)


@pytest.fixture(scope="module")
def enrolled(make_enrolled: Callable[[Sequence[str]], Enrolled]) -> Iterator[Enrolled]:
    """Three hospitals that wait for studies; and in `twin`, what they had before the first."""
    made = make_enrolled(SITES)
    *tables, heldout = (made_up_table(seed, threshold=0.3 * seed) for seed in range(len(SITES) + 1))
    # What no real site does: reproducible noise, so that runs can be compared bit for bit.
    made.equip(tables, heldout, settings="[simulation]\nseed = 7\n", policy=POLICY)
    for name in (*SITES, "state"):  # where their anchors are
        shutil.copytree(made.folder / name, made.folder / "twin" / name)
    try:
        made.bring_up()
        yield made
    finally:
        print(made.logs())


def test_all_strategies_are_here_but_those_that_are_named() -> None:
    assert STRATEGIES.keys() > LEFT_OUT
    for name in sorted(LEFT_OUT - {"fedbn"}):
        with pytest.raises(ValueError, match=r"adversaries|adapter"):
            study(name)


@pytest.mark.parametrize("name", sorted(STRATEGIES.keys() - LEFT_OUT))
def test_in_deployment_the_model_is_the_one_in_process_to_the_bit(
    enrolled: Enrolled, tmp_path: Path, name: StrategyName
) -> None:
    identities = tomllib.loads(enrolled.cloister("server", "roster", "--server", "server"))
    asked = study(name, identities)
    (tmp_path / "study.json").write_text(asked.canonical)
    submission = enrolled.submit(tmp_path / "study.json", enrolled.folder / "heldout")
    shutil.copytree(submission, tmp_path / "coordinator")
    enrolled.approve(submission)
    enrolled.run(submission)
    deployed, in_process = latest(submission), run_twin(enrolled.folder / "twin", tmp_path, asked)
    replied, expected = ([record.replied for record in state.history[1:]] for state in (deployed, in_process))
    assert replied == expected
    assert [len(sites) for sites in replied] == ([1, 1] if name == "cyclic" else [3, 3])
    for key, value in in_process.model.items():
        np.testing.assert_array_equal(deployed.model[key], value)
    assert deployed.history[-1].metrics == in_process.history[-1].metrics


def run_twin(twin: Path, folder: Path, asked: Study) -> ServerState:
    shutil.copytree(twin, folder, dirs_exist_ok=True)
    sites = {name: folder / name for name in SITES}
    for path in sites.values():
        approve(SiteFolder.open(path), asked, "the tests")
    run_in_process(folder / "coordinator", sites)
    return latest(folder / "coordinator")


def latest(folder: Path) -> ServerState:
    state = CoordinatorFolder.open(folder).latest()
    assert state is not None
    return state

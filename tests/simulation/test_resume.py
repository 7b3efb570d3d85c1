"""A run killed at any moment loses at most the round in flight, and ends with the same model (promise 6)."""

import json
import multiprocessing
import time
from pathlib import Path

import pytest

from cloister.client.site_folder import SiteFolder
from cloister.privacy.ledger import Ledger
from cloister.simulation.progress import Stages
from cloister.simulation.simulate import Run, simulate
from cloister.study.schema import Study

TABLE_STUDY = """
name = "killed"
title = "A run that is killed"
rounds = 12
federation.sites = ["cleveland", "hungary"]
task = { name = "tabular_classification", model = { architecture = "linear" } }
privacy = { mechanism = "dp-sgd", noise_multiplier = 1.0 }
simulation.data.source = "heart-disease"
evaluation = { arms = ["base", "federated"], bootstrap_samples = 100 }

[data]
kind = "table"
classes = ["absent", "present"]
features = [{ name = "age", mean = 55, scale = 10 }, { name = "max_heart_rate", mean = 140, scale = 25 }]

[training]
steps_per_round = 20
sample_rate = 0.2
batch_divisor = 24
learning_rate = 0.2
"""


def reservations(site: Path) -> int:
    opened = SiteFolder.open(site)
    with Ledger.open(opened.ledger, opened.key) as ledger:
        return sum(entry.kind == "reservation" for entry in ledger.entries())


def kill_after_round(run: Run, reached: int) -> None:
    """Start a run and SIGKILL it as soon as a checkpoint of round `reached` is there."""
    checkpoints = run.output / "coordinator" / "checkpoints"
    process = multiprocessing.get_context("fork").Process(target=simulate, args=(run, Stages()))
    process.start()
    deadline = time.monotonic() + 300
    while max((int(p.stem[6:]) for p in checkpoints.glob("round-*.safetensors")), default=-1) < reached:
        assert process.is_alive(), "the run ended before it could be killed"
        assert time.monotonic() < deadline, "the run did not get there in time"
        time.sleep(0.01)
    process.kill()
    process.join()


def test_a_killed_run_resumes_and_ends_as_if_it_had_not_been_killed(tmp_path: Path, shared_data: Path) -> None:
    study_file = tmp_path / "study.toml"
    study_file.write_text(TABLE_STUDY)
    study, data = Study.read(study_file), shared_data / "fed_heart_disease"
    killed = tmp_path / "killed"
    unkilled = simulate(Run(study, tmp_path, tmp_path / "unkilled", data=data), Stages())
    run = Run(study, tmp_path, killed, data=data, resume=True)
    for reached in (2, 6):
        kill_after_round(run, reached)
        assert not (killed / "result.json").exists()
    resumed = simulate(run, Stages())
    assert [entry.round for entry in resumed.rounds] == list(range(13))
    assert resumed.model_sha256 == unkilled.model_sha256
    # A round that was killed is trained again under the reservation it already has, for nothing of it had left.
    for site in ("cleveland", "hungary"):
        assert reservations(killed / "sites" / site) == study.rounds
    assert json.loads((killed / "result.json").read_text())["schema_version"] == 1


@pytest.mark.heavy
def test_ray_gives_the_same_model_to_the_bit(tmp_path: Path, shared_data: Path) -> None:
    study_file = tmp_path / "study.toml"
    study_file.write_text(TABLE_STUDY)
    study, data = Study.read(study_file), shared_data / "fed_heart_disease"
    in_process = simulate(Run(study, tmp_path, tmp_path / "process", data=data), Stages())
    under_ray = simulate(Run(study, tmp_path, tmp_path / "ray", data=data, engine="ray"), Stages())
    assert under_ray.model_sha256 == in_process.model_sha256

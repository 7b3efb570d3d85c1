"""A small federation of made-up hospitals, run once for all tests: everything the demonstration does, in little."""

import fcntl
import os
from pathlib import Path

import pytest

from cloister.simulation.progress import Stages
from cloister.simulation.quiet import quiet_libraries
from cloister.simulation.result import Result
from cloister.simulation.simulate import Run, simulate
from cloister.study.schema import Study

SMALL = {
    "name": "small",
    "title": "Two made-up hospitals",
    "rounds": 3,
    "federation": {"sites": ["north-hospital", "university-hospital"]},
    "data": {"kind": "notes-and-images", "classes": ["pneumonia", "heart-failure", "copd", "lung-cancer"]},
    "task": {
        "name": "note_image_classification",
        "model": {
            "architecture": "bert-and-cnn",
            "text": {
                "architecture": "bert",
                "hidden_size": 16,
                "layers": 1,
                "heads": 2,
                "intermediate_size": 32,
                "vocabulary": 500,
                "max_tokens": 64,
            },
            "image": {"architecture": "groupnorm-cnn", "channels": [4, 8], "image_size": 32, "groups": 2},
        },
        "adapter": {"rank": 2, "target_modules": ["query", "value"]},
        "warm_start": {"patients": 12, "steps": 4, "batch_size": 8},
    },
    "training": {
        "steps_per_round": 2,
        "sample_rate": 0.2,
        "batch_divisor": 4,
        "learning_rate": 0.1,
        "max_examples_per_patient": 2,
    },
    "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 1.0, "delta": 1e-5},
    "evaluation": {"bootstrap_samples": 100},
    "simulation": {
        "data": {
            "source": "synthetic-hospitals",
            "patients": {"north-hospital": 20, "university-hospital": 16},
            "heldout_patients": 12,
        }
    },
}


@pytest.fixture(scope="session")
def small_study() -> Study:
    return Study.model_validate(SMALL)


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory, small_study: Study) -> tuple[Path, Result]:
    """The folder of a finished run, which tests leave as it is, and its result. Processes of pytest-xdist share it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    output = shared / "small" / "run"
    with (shared / "small.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not output.exists():
            quiet_libraries()
            simulate(Run(small_study, output.parent, output), Stages())
    return output, Result.read(output)

"""A site with a small table of patients, ready to train."""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from flwr.app import ConfigRecord, RecordDict

from cloister.client.approvals import approve
from cloister.client.site_folder import SiteFolder
from cloister.client.site_setup import create_site
from cloister.deid.declared import write_declared_dataset
from cloister.study.arrays import to_record
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import frozen_sha256, trainable_arrays

PATIENTS = 60


MakeStudy = Callable[..., Study]
MakeRequest = Callable[..., RecordDict]


def _study(**changes: object) -> Study:
    document: dict[str, object] = {
        "name": "example",
        "title": "An example",
        "rounds": 3,
        "federation": {"sites": ["north", "south"]},
        "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}, {"name": "y"}]},
        "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
        "training": {"steps_per_round": 4, "sample_rate": 0.2, "batch_divisor": 12, "learning_rate": 0.5},
        "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 2.0, "delta": 1e-5},
    }
    return Study.model_validate({**document, **changes})


@pytest.fixture
def make_study() -> MakeStudy:
    """A small private study, with some sections replaced."""
    return _study


@pytest.fixture
def study() -> Study:
    return _study()


@pytest.fixture
def make_request() -> MakeRequest:
    """The coordinator's message for a round of a study."""
    return _request


def _table(patients: int, seed: int) -> pa.Table:
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=patients), generator.normal(size=patients)
    labels = np.where(x + 0.5 * y + generator.normal(size=patients) * 0.5 > 0, "yes", "no")
    names = [f"patient-{number}" for number in range(patients)]
    return pa.table({"patient_id": names, "x": x, "y": y, "label": labels.tolist()})


@pytest.fixture
def site(tmp_path: Path, study: Study) -> SiteFolder:
    """Site `north`: its study approved, its dataset declared and allowed."""
    folder = tmp_path / "north"
    created = create_site(folder, "north")
    write_declared_dataset(
        folder / "datasets" / "table",
        "table",
        _table(PATIENTS, 1),
        site_key=created.key,
        collection="records",
        statement="made up",
    )
    (folder / "site.toml").write_text('name = "north"\ndatasets = ["datasets/table"]\nanchors = "../anchors"\n')
    (folder / "policy.toml").write_text("allow_declared_datasets = true\nallow_without_secure_aggregation = true\n")
    opened = SiteFolder.open(folder)
    approve(opened, study, "the tests")
    return opened


def _request(
    study: Study, server_round: int = 1, run_id: str | None = None, config: Mapping[str, object] | None = None
) -> RecordDict:
    model = task_of(study).build_model(None, study.seeds.model)
    values = {
        "study": study.canonical,
        "run-id": run_id or secrets.token_hex(8),
        "base-sha256": "",
        "frozen-sha256": frozen_sha256(model),
        "server-round": server_round,
        **(config or {}),
    }
    record = ConfigRecord({name: value for name, value in values.items() if value is not None})  # type: ignore[misc]
    return RecordDict({"arrays": to_record(trainable_arrays(model)), "config": record})

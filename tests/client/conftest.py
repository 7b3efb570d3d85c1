"""A site with a small table of patients, ready to train; and a federation with a coordinator that enrolled it."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from flwr.app import ConfigRecord, RecordDict

from cloister.client.approvals import approve
from cloister.client.enrolment import accept_enrolment, request_enrolment
from cloister.client.site_folder import SiteFolder
from cloister.client.site_setup import create_site
from cloister.deid.declared import write_declared_dataset
from cloister.server.enrolment import enroll
from cloister.server.server_folder import Server, ServerFolder
from cloister.server.server_setup import create_server
from cloister.server.submission import Submission, submit
from cloister.study.arrays import to_record
from cloister.study.protocol import PROTOCOL, PROTOCOL_KEY
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import frozen_sha256, trainable_arrays

PATIENTS = 60
SITE_TOML = 'name = "north"\nanchors = "../anchors"\n'
ANY_DISK = "[run]\nfree_disk_gib = 0\n"
"""However little room the machine that runs the tests has."""


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
    (folder / "site.toml").write_text(f'{SITE_TOML}datasets = ["datasets/table"]\n{ANY_DISK}')
    (folder / "policy.toml").write_text("allow_declared_datasets = true\nallow_without_secure_aggregation = true\n")
    opened = SiteFolder.open(folder)
    approve(opened, study, "the tests")
    return opened


def _request(
    study: Study, server_round: int = 1, run_id: str | None = None, config: Mapping[str, object] | None = None
) -> RecordDict:
    model = task_of(study).build_model(None, study.seeds.model)
    values = {
        PROTOCOL_KEY: PROTOCOL,
        "study": study.canonical,
        "run-id": run_id or secrets.token_hex(8),
        "base-sha256": "",
        "frozen-sha256": frozen_sha256(model),
        "server-round": server_round,
        **(config or {}),
    }
    record = ConfigRecord({name: value for name, value in values.items() if value is not None})  # type: ignore[misc]
    return RecordDict({"arrays": to_record(trainable_arrays(model)), "config": record})


@dataclass(frozen=True)
class Federation:
    """A coordinator's server, site `north` enrolled with it, and one study submitted."""

    server: ServerFolder
    site: SiteFolder
    submission: Submission
    now: datetime

    def submit(self, study: Study) -> Submission:
        """Another study of the coordinator's."""
        file = self.server.folder / "submitted.json"
        file.write_text(study.canonical)
        return submit(self.server, file, 90, self.now)


@pytest.fixture
def federation(tmp_path: Path, site: SiteFolder, study: Study) -> Federation:
    return _federation(tmp_path, site, study)


@pytest.fixture(scope="session")
def small_federation(tmp_path_factory: pytest.TempPathFactory) -> Federation:
    """The same without data: for what is refused before anything is read. Tests leave it as it is, or copy it."""
    folder = tmp_path_factory.mktemp("federation")
    created = create_site(folder / "north", "north")
    (created.folder / "site.toml").write_text(SITE_TOML + ANY_DISK)
    (created.folder / "policy.toml").write_text("allow_without_secure_aggregation = true\n")
    site = SiteFolder.open(created.folder)
    approve(site, _study(), "the tests")
    return _federation(folder, site, _study())


def _federation(folder: Path, site: SiteFolder, study: Study) -> Federation:
    now = datetime.now(UTC)
    server = create_server(
        folder / "server", Server(name="heart", hosts=("coordinator.example",), anchors="../anchors"), now
    )
    for member in (site, create_site(folder / "south", "south")):
        request = request_enrolment(member, now)
        answer = enroll(server, request, request.fingerprint.words, 365, now)
        accept_enrolment(member, answer, server.identity.fingerprint.words, "the tests", now)
    file = folder / "study.json"
    file.write_text(study.canonical)
    return Federation(server, site, submit(server, file, 90, now), now)

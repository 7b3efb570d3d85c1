"""A federation of two sites that trained a small private study with real noise, and the release of its model."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloister.client.approvals import approve
from cloister.client.enrolment import accept_enrolment, request_enrolment
from cloister.client.privacy_statement import state_privacy
from cloister.client.site_folder import SiteFolder
from cloister.client.site_setup import create_site
from cloister.deid.declared import write_declared_dataset
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.dsse import seal
from cloister.server.enrolment import enroll
from cloister.server.evidence import PAYLOAD_TYPE, Evidence, from_in_toto, in_toto
from cloister.server.release import ENVELOPE_FILE, release
from cloister.server.server_folder import Server, ServerFolder
from cloister.server.server_setup import HELDOUT_KEY, create_server
from cloister.server.submission import submit
from cloister.simulation.process_engine import run_in_process
from cloister.study.keys import SiteKey
from cloister.study.privacy_statement import PrivacyStatement
from cloister.study.schema import Study

SITES = ("north", "south")
NOW = datetime.now(UTC).replace(microsecond=0)

STUDY = {
    "name": "example",
    "title": "An example",
    "rounds": 3,
    "federation": {"sites": SITES, "secure_aggregation": False},
    "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}, {"name": "y"}]},
    "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
    "training": {"steps_per_round": 6, "sample_rate": 0.2, "batch_divisor": 60, "learning_rate": 0.5},
    "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 2.0, "delta": 1e-5},
    "evaluation": {"bootstrap_samples": 200, "tolerance": 0.2},
}


@dataclass(frozen=True)
class Trained:
    """A finished run, its sites, and the files of its release."""

    server: ServerFolder
    run: Path
    sites: Mapping[str, SiteFolder]
    statements: Mapping[str, PrivacyStatement]
    files: Mapping[str, bytes]

    @property
    def coordinator(self) -> CoordinatorFolder:
        return CoordinatorFolder.open(self.run)

    @property
    def fingerprint(self) -> str:
        return self.server.identity.fingerprint.words

    def signed_statements(self) -> list[bytes]:
        return [found.sign(self.sites[site].key.identity) for site, found in self.statements.items()]

    def envelope(self) -> tuple[Evidence, dict[str, str]]:
        import base64

        payload = json.loads(self.files[ENVELOPE_FILE])["payload"]
        return from_in_toto(base64.b64decode(payload))

    def sealed_again(
        self,
        changed: Mapping[str, bytes | None] | None = None,
        evidence: Evidence | None = None,
        key: Ed25519PrivateKey | None = None,
    ) -> dict[str, bytes]:
        """The release with other files or evidence, in order again under a key: what a coordinator could do."""
        merged: dict[str, bytes | None] = {**self.files, **(changed or {})}
        files = {name: content for name, content in merged.items() if content is not None and name != ENVELOPE_FILE}
        digests = {name: sha256(content).hexdigest() for name, content in files.items()}
        signed = seal(in_toto(evidence or self.envelope()[0], digests), PAYLOAD_TYPE, key or self.server.signing_key)
        return {**files, ENVELOPE_FILE: signed}


def _table(patients: int, seed: int) -> pa.Table:
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=patients), generator.normal(size=patients)
    labels = np.where(x + 0.5 * y + generator.normal(size=patients) * 0.5 > 0, "yes", "no")
    names = [f"patient-{number}" for number in range(patients)]
    return pa.table({"patient_id": names, "x": x, "y": y, "label": labels.tolist()})


def _site(folder: Path, name: str, server: ServerFolder, seed: int) -> SiteFolder:
    created = create_site(folder / name, name)
    data = {"site_key": created.key, "collection": "records", "statement": "made up"}
    write_declared_dataset(created.folder / "datasets" / "table", "table", _table(300, seed), **data)  # type: ignore[arg-type]
    anchors = folder / "anchors"
    (created.folder / "site.toml").write_text(
        f'name = "{name}"\ndatasets = ["datasets/table"]\nanchors = "{anchors}"\n'
    )
    (created.folder / "policy.toml").write_text(
        "allow_declared_datasets = true\nallow_without_secure_aggregation = true\n"
    )
    opened = SiteFolder.open(created.folder)
    request = request_enrolment(opened, NOW)
    answer = enroll(server, request, request.fingerprint.words, 365, NOW)
    accept_enrolment(opened, answer, server.identity.fingerprint.words, "the tests", NOW)
    return opened


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """Made once; tests leave it as it is, or copy it."""
    folder = tmp_path_factory.mktemp("release")
    server = create_server(folder / "server", Server(name="heart", hosts=("coordinator.example",)), NOW)
    sites = {name: _site(folder, name, server, seed) for seed, name in enumerate(SITES)}
    study = Study.model_validate(STUDY)
    (folder / "study.json").write_text(study.canonical)
    heldout = folder / "heldout"
    key = SiteKey.read(server.folder / HELDOUT_KEY)
    write_declared_dataset(
        heldout, "table", _table(200, 9), site_key=key, collection="heldout", statement="made up"
    )  # fmt: skip
    submission = submit(server, folder / "study.json", 90, NOW, [heldout])
    for site in sites.values():
        approve(site, study, "the tests")
    run_in_process(submission.folder, {name: site.folder for name, site in sites.items()})
    statements = {name: state_privacy(site, study.sha256[:8], NOW) for name, site in sites.items()}
    signed = [found.sign(sites[name].key.identity) for name, found in statements.items()]
    release(server, CoordinatorFolder.open(submission.folder), signed, folder / "released", NOW)
    released = {
        path.relative_to(folder / "released").as_posix(): path.read_bytes()
        for path in (folder / "released").rglob("*")
        if path.is_file()
    }
    yield Trained(server, submission.folder, sites, statements, released)
    shutil.rmtree(folder)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Mapping[str, bytes]], Path]:
    """Files as a release's folder, written without any check."""

    def write(files: Mapping[str, Any]) -> Path:
        folder = tmp_path / "release"
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return folder

    return write

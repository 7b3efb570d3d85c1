"""A site with a small table of patients, ready to train; and a federation with a coordinator that enrolled it."""

import hashlib
import io
import secrets
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from flwr.app import ConfigRecord, Context, Message, RecordDict

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

if TYPE_CHECKING:
    from flwr.proto.message_pb2 import ObjectTree
    from flwr.supercore.constant import TaskType
    from flwr.supercore.runtime import RuntimeHttpClient
    from flwr.supernode.nodestate import NodeStateFactory

PATIENTS = 60
SITE_TOML = 'name = "north"\nanchors = "../anchors"\n'
ANY_DISK = "[run]\nfree_disk_gib = 0\n"
"""However little room the machine that runs the tests has."""
RUN, NODE = 7, 11
SERVER_SECONDS = 120.0


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
        # Spare rounds, as tests ask again for rounds that were settled.
        "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 2.0, "delta": 1e-5, "spare_rounds": 9},
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


@dataclass
class Node:
    """A SuperNode's state and its Runtime API on loopback, without a SuperLink behind it."""

    states: "NodeStateFactory"
    address: str
    taken: list[Message] = field(default_factory=list)

    def has_run(self, bundle: bytes, site: Path) -> str:
        """Store a run of a bundle, as before its first message; returns the bundle's hash."""
        from flwr.supercore.fab import Fab
        from flwr.supercore.run import Run
        from flwr.supercore.task_identity import TaskIdentity

        TaskIdentity.run_id, TaskIdentity.node_id, TaskIdentity.task_id = RUN, NODE, 1
        state, run = self.states.state(), Run.create_empty(RUN)
        run.fab_hash = hashlib.sha256(bundle).hexdigest()
        state.store_run(run)
        state.store_fab(Fab(run.fab_hash, bundle, {}))
        state.set_node_id(NODE)
        context = Context(RUN, NODE, {"site-folder": str(site)}, RecordDict(), {})
        state.set_run_series_context(run.series_id, context)
        return run.fab_hash

    def wait_for(self, bundle: bytes, site: Path, content: RecordDict, kind: str, task_type: "TaskType") -> int:
        """Put a message where the SuperNode puts those that arrive; returns its task's number."""
        fab_hash = self.has_run(bundle, site)
        self.receive(content, kind)
        task = self.states.state().create_task(task_type, RUN, fab_hash)
        assert task is not None
        return task

    def receive(self, content: RecordDict, kind: str) -> None:
        """Store a message and its objects."""
        from flwr.supernode.start_client_internal import _insert_message

        message = Message(content, dst_node_id=NODE, message_type=kind)
        _insert_message(message, self.states.state(), self.states.objectstore_factory.store())

    def task(self, bundle: bytes, site: Path, content: RecordDict, kind: str, task_type: "TaskType") -> str:
        """The same, with the task claimed; returns its token."""
        token = self.states.state().claim_task(self.wait_for(bundle, site, content, kind, task_type))
        assert token is not None
        return token

    def client(self, token: str) -> "RuntimeHttpClient":
        from cloister.client.launcher import connect

        return connect(self.address, True, None, token)

    def replies(self) -> list[Message]:
        """What the SuperNode would have pushed to the SuperLink by now. Flower's state gives each once."""
        self.taken.extend(self.states.state().get_messages_legacy(is_reply=True))
        return self.taken

    def reply(self) -> Message:
        """The one reply."""
        from flwr.supercore.inflatable.inflatable_utils import inflate_object_from_contents

        store, (reply,) = self.states.objectstore_factory.store(), self.replies()
        if reply.has_error():
            return reply
        wanted = reply.metadata.message_id
        contents = {name: store.get(name) or b"" for name in self.ids_in(store.get_object_tree(wanted))}
        whole = inflate_object_from_contents(wanted, contents)
        assert isinstance(whole, Message)
        return whole

    def ids_in(self, tree: "ObjectTree") -> set[str]:
        return {tree.object_id}.union(*(self.ids_in(child) for child in tree.children))

    def finished(self) -> tuple[str, str]:
        """How the one task ended: its sub-status and the text with it."""
        (task,) = self.states.state().get_tasks()
        return task.status.sub_status, task.status.details


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    import uvicorn
    from flwr.supercore.corestate import in_memory_corestate
    from flwr.supercore.object_store import ObjectStoreFactory
    from flwr.supernode.main import create_app
    from flwr.supernode.nodestate import NodeStateFactory

    # Whoever has a task keeps it, however long this machine is busy with other things.
    for lifetime in ("HEARTBEAT_DEFAULT_INTERVAL", "OBJECT_PUSH_SESSION_TTL_SECONDS"):
        monkeypatch.setattr(in_memory_corestate, lifetime, 24 * 3600)
    states = NodeStateFactory(objectstore_factory=ObjectStoreFactory())
    listening = socket.create_server(("127.0.0.1", 0))  # what connects before the server runs waits
    server = uvicorn.Server(uvicorn.Config(create_app(states), log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    yield Node(states, f"127.0.0.1:{listening.getsockname()[1]}")
    server.should_exit = True
    thread.join(SERVER_SECONDS)


@pytest.fixture
def bundle(federation: Federation) -> bytes:
    """The Flower bundle of the submitted study."""
    from flwr.cli.build import build_fab_from_disk

    return build_fab_from_disk(federation.submission.bundle)


@pytest.fixture
def shadowing(bundle: bytes, tmp_path: Path) -> bytes:
    """The bundle and modules that Flower's own launcher would import; they write `marker` into the test's folder."""
    buffer = io.BytesIO(bundle)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name in ("cloister/client/app.py", "sitecustomize.py"):
            archive.writestr(name, f"open({str(tmp_path / 'marker')!r}, 'w')\n")
    return buffer.getvalue()

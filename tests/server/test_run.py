"""A coordinator's audit log tells of every finished round of a run once, however the run was interrupted or ended."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Message, RecordDict
from flwr.clientapp import ClientApp
from tests.server.made_up_heldout import write_heldout

from cloister.client.enrolment import request_enrolment
from cloister.client.site_folder import SiteFolder
from cloister.client.site_setup import create_site
from cloister.server.app import FOLDER_KEY, app
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.enrolment import enroll
from cloister.server.page.federation import Federation
from cloister.server.server_audit import log_of
from cloister.server.server_folder import Server, ServerFolder
from cloister.server.server_setup import create_server
from cloister.server.submission import submit
from cloister.simulation.process_engine import RUN_ID, ProcessGrid
from cloister.strategies.server_state import ServerState
from cloister.study.audit_entry import AuditEntry
from cloister.study.audit_log import AuditLog
from cloister.study.errors import AuditLogError, MissingFileError, RunningElsewhereError
from cloister.study.identity_proof import CHALLENGE_KEY, PROOF_KEY, prove
from cloister.study.keys import SiteKey
from cloister.study.schema import Study

SITES = ("north", "south")
ROUNDS = 3
DOCUMENT: dict[str, Any] = {
    "name": "heart",
    "title": "An example",
    "rounds": ROUNDS,
    "federation": {"sites": list(SITES), "minimum_sites": 2, "secure_aggregation": False},
    "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}, {"name": "y"}]},
    "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
    "training": {"steps_per_round": 4, "sample_rate": 0.2, "batch_divisor": 12, "learning_rate": 0.5},
    "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 2.0, "delta": 1e-5},
}


class KilledError(BaseException):
    """What nothing catches, as a SIGKILL."""


def network(keys: dict[str, SiteKey]) -> ProcessGrid:
    """Both sites in one process. Each answers any model with the same update, which makes it no better."""
    client = ClientApp()

    @client.query("identify")
    def identify(message: Message, context: Context) -> Message:
        name = SITES[context.node_id - 1]
        challenge = str(message.content.config_records["config"][CHALLENGE_KEY])
        proof = prove(keys[name].identity, name, context.node_id, challenge)
        return Message(RecordDict({"config": ConfigRecord({"site": name, PROOF_KEY: proof})}), reply_to=message)

    @client.train()
    def train(message: Message, _: Context) -> Message:
        model = message.content.array_records["arrays"]
        update = {name: Array(np.full(array.shape, 0.25, np.float32)) for name, array in model.items()}
        return Message(RecordDict({"arrays": ArrayRecord(update)}), reply_to=message)

    return ProcessGrid(client, [{} for _ in SITES])


@dataclass(frozen=True)
class Coordinator:
    """A server with submitted studies."""

    server: ServerFolder
    keys: dict[str, SiteKey]
    heldout: Path

    def submitted(self, **changes: Any) -> Path:
        """The folder of a new study."""
        file = self.server.folder / "study.json"
        file.write_text(Study.model_validate({**DOCUMENT, **changes}).canonical)
        return submit(self.server, file, 90, datetime.now(UTC), [self.heldout]).folder

    def run(self, folder: Path) -> ServerState:
        app(network(self.keys), Context(RUN_ID, 0, {}, RecordDict(), {FOLDER_KEY: str(folder)}))
        state = CoordinatorFolder.open(folder).latest()
        assert state is not None
        return state

    def entries(self, *events: str) -> list[dict[str, Any]]:
        return [entry for entry in log_of(self.server).entries() if entry["event"] in events]

    def page_says(self, folder: Path) -> str:
        row = Federation(self.server.folder).study(folder.name)
        assert row is not None
        return row.state

    def assert_told(self, state: ServerState) -> None:
        """The log has the rounds of the history, each once, in order, and under the run's id."""
        told = self.entries("round-finished")
        assert [entry["round"] for entry in told] == [done.round for done in state.history]
        assert [tuple(entry["replied"]) for entry in told] == [done.replied for done in state.history]
        assert {entry["run"] for entry in told} == {state.run_id}
        for site in Federation(self.server.folder).sites(datetime.now(UTC)):
            assert site.replies == state.receipts[site.member.site]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server with two enrolled sites, and held-out data."""
    folder, now = tmp_path_factory.mktemp("prepared"), datetime.now(UTC)
    server = create_server(folder / "server", Server(name="heart", hosts=("h.example",), anchors="../anchors"), now)
    for name in SITES:
        create_site(folder / name, name)
        (folder / name / "site.toml").write_text(f'name = "{name}"\nanchors = "../anchors"\n')
        request = request_enrolment(SiteFolder.open(folder / name), now)
        enroll(server, request, request.fingerprint.words, 365, now)
    write_heldout(folder / "heldout", server)
    return folder


@pytest.fixture
def coordinator(prepared: Path, tmp_path: Path) -> Coordinator:
    """The same, with a log of its own."""
    folder = shutil.copytree(prepared, tmp_path / "federation")
    keys = {name: SiteKey.read(folder / name / "site.key") for name in SITES}
    return Coordinator(ServerFolder.open(folder / "server"), keys, folder / "heldout")


def test_a_run_and_its_rounds_are_told_under_its_id(coordinator: Coordinator) -> None:
    state = coordinator.run(coordinator.submitted())
    assert state.round == ROUNDS
    coordinator.assert_told(state)
    told = coordinator.entries("run-started", "round-finished", "run-ended")
    assert [entry["event"] for entry in told] == ["run-started", *["round-finished"] * (ROUNDS + 1), "run-ended"]
    assert {entry["run"] for entry in told} == {state.run_id}


@pytest.mark.parametrize("number", range(ROUNDS + 1))
def test_a_round_whose_coordinator_was_killed_before_its_entry_is_told_by_the_next_run(
    coordinator: Coordinator, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    folder, save = coordinator.submitted(), CoordinatorFolder.save

    def killed_after(this: CoordinatorFolder, state: ServerState) -> None:
        save(this, state)
        if state.round == number:
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(CoordinatorFolder, "save", killed_after)
        with pytest.raises(KilledError):
            coordinator.run(folder)
    assert len(coordinator.entries("round-finished")) == number
    coordinator.assert_told(coordinator.run(folder))
    assert coordinator.page_says(folder) == "finished"


def test_a_round_for_whose_entry_the_disk_had_no_room_is_told_by_the_next_run(
    coordinator: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, append = coordinator.submitted(), AuditLog.append

    def full(this: AuditLog, entry: AuditEntry, at_most: int | None = None) -> None:
        if entry.round == 2 or entry.event == "run-ended":
            raise AuditLogError("audit.sqlite: database or disk is full.")
        append(this, entry, at_most)

    with monkeypatch.context() as patch:
        patch.setattr(AuditLog, "append", full)
        with pytest.raises(AuditLogError):
            coordinator.run(folder)
    coordinator.assert_told(coordinator.run(folder))


def test_a_study_that_ends_early_has_its_last_round_told_once(coordinator: Coordinator) -> None:
    folder = coordinator.submitted(evaluation={"patience": 1})
    state = coordinator.run(folder)
    assert state.stopped == "plateau"
    assert 0 < state.round < ROUNDS
    coordinator.assert_told(state)
    coordinator.assert_told(coordinator.run(folder))
    assert coordinator.page_says(folder) == "ended early"


def test_a_run_beside_another_is_refused_and_leaves_no_trace(
    coordinator: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, save = coordinator.submitted(), CoordinatorFolder.save
    seen = []

    def beside(this: CoordinatorFolder, state: ServerState) -> None:
        save(this, state)
        before = len(log_of(coordinator.server).entries())
        with pytest.raises(RunningElsewhereError):
            coordinator.run(folder)
        assert len(log_of(coordinator.server).entries()) == before
        seen.append(coordinator.page_says(folder))

    monkeypatch.setattr(CoordinatorFolder, "save", beside)
    state = coordinator.run(folder)
    assert seen[:-1] == ["under way"] * ROUNDS
    coordinator.assert_told(state)


def test_a_second_run_of_a_study_that_began_anew_is_told_beside_the_first(coordinator: Coordinator) -> None:
    folder = coordinator.submitted()
    first = coordinator.run(folder)
    shutil.rmtree(folder / "checkpoints")
    second = coordinator.run(folder)
    told = [(entry["run"], entry["round"]) for entry in coordinator.entries("round-finished")]
    assert told == [(run.run_id, number) for run in (first, second) for number in range(ROUNDS + 1)]


def test_a_run_that_cannot_begin_is_told_with_its_reason(coordinator: Coordinator) -> None:
    folder = coordinator.submitted()
    shutil.rmtree(coordinator.heldout)
    with pytest.raises(MissingFileError):
        coordinator.run(folder)
    started, ended = coordinator.entries("run-started", "run-ended")
    assert (started["run"], ended["code"]) == (ended["run"], MissingFileError.wire_code)
    assert coordinator.page_says(folder) == "failed"

"""SIGKILL at random instants to coordinator, sites and both: every run finishes, pays once, and ends with one model.

The coordinator is a process, and so is every site for every message, as in a deployment; only Flower's network is
missing (`test_real_process_kills` has that too). A site that is working when the coordinator is killed goes on working
while the next coordinator asks it again. How many kills: CLOISTER_KILLS.
"""

import contextlib
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from flwr.app import ConfigRecord, Context, Error, Message, RecordDict
from flwr.common.serde import message_from_proto, message_to_proto
from flwr.proto.message_pb2 import Message as ProtoMessage

from cloister.client.app import app as client_app
from cloister.client.node_config import FOLDER_KEY as SITE_KEY
from cloister.client.site_folder import SiteFolder
from cloister.deid.declared import write_declared_dataset
from cloister.privacy.ledger import Ledger
from cloister.server.app import FOLDER_KEY as COORDINATOR_KEY
from cloister.server.app import app as server_app
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.simulation.federation import with_identities
from cloister.simulation.process_engine import ProcessGrid
from cloister.simulation.site_setup import configure_coordinator, configure_site, coordinator_key, simulated_site
from cloister.strategies import asking, roster
from cloister.strategies.server_state import ServerState
from cloister.study.errors import RunningElsewhereError
from cloister.study.schema import Study

NAMES = ("east", "north", "south")
ROUNDS = 4
CRASHED = 8
"""Flower's code for a site's app that died."""
RUN_SECONDS = 300.0
FORK = multiprocessing.get_context("fork")


def _study(secure: bool, minimum: int | None = None) -> Study:
    return Study.model_validate(
        {
            "name": "killed",
            "title": "A run that is killed",
            "rounds": ROUNDS,
            "federation": {
                "sites": list(NAMES),
                "minimum_sites": minimum,
                "secure_aggregation": secure,
                "connect_timeout": 30,
            },
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}, {"name": "y"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 3, "sample_rate": 0.2, "batch_divisor": 12, "learning_rate": 0.5},
            "strategy": {"name": "fedadam", "server_learning_rate": 0.1},
            "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 2.0, "delta": 1e-5},
            "evaluation": {"bootstrap_samples": 100},
        }
    )


def _table(seed: int) -> pa.Table:
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=60), generator.normal(size=60)
    labels = np.where(x + 0.5 * y > 0, "yes", "no").tolist()
    return pa.table({"patient_id": [f"patient-{number}" for number in range(60)], "x": x, "y": y, "label": labels})


def _make_federation(folder: Path, secure: bool, minimum: int | None = None) -> Path:
    """Coordinator and three seeded sites, ready to run."""
    study = _study(secure, minimum)
    keys = {name: simulated_site(folder / "sites" / name, name, study) for name in NAMES}
    study = with_identities(study, keys)
    for seed, name in enumerate(NAMES):
        site, dataset = folder / "sites" / name, folder / "sites" / name / "datasets" / "table"
        key, how = keys[name], {"collection": "records", "statement": "made up"}
        write_declared_dataset(dataset, "table", _table(seed), site_key=key, **how)
        configure_site(site, name, study, [dataset], None)
    coordinator, heldout = folder / "coordinator", folder / "coordinator" / "heldout" / "table"
    key = coordinator_key(coordinator, study)
    write_declared_dataset(heldout, "table", _table(99), site_key=key, collection="heldout", statement="made up")
    configure_coordinator(coordinator, study, [heldout], None)
    return folder


class ForkingGrid(ProcessGrid):
    """Answers every message in a process of its own, whose id lies as a file in `alive` while it lives."""

    def __init__(self, sites: list[Path], alive: Path) -> None:
        super().__init__(client_app, [{SITE_KEY: str(site)} for site in sites])
        self._alive = alive
        self._working: dict[str, tuple[Message, Connection]] = {}

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        identities = []
        for message in messages:
            identity = f"message-{next(self._message_numbers)}"
            identities.append(identity)
            message.metadata.__dict__["_message_id"] = identity
            here, there = FORK.Pipe(duplex=False)
            if os.fork() == 0:
                here.close()
                _let_go_of_lock()
                self._answer(message, there)
            there.close()
            self._working[identity] = message, here
        return identities

    def send_and_receive(self, messages: Iterable[Message], *, timeout: float | None = None) -> Iterable[Message]:
        self.push_messages(messages)
        deadline, replies = time.monotonic() + (timeout or 0.0), list[Message]()
        while self._working and time.monotonic() < deadline:
            replies += self.pull_messages(list(self._working))
            time.sleep(0.01)
        return replies

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        replies = []
        for identity in message_ids:
            message, pipe = self._working[identity]
            if pipe.poll():
                replies.append(self._received(message, pipe))
                del self._working[identity]
        return replies

    def _answer(self, message: Message, pipe: Connection) -> None:
        try:
            mark = self._alive / str(os.getpid())
            mark.touch()
            reply = client_app(message, self._contexts[message.metadata.dst_node_id])
            pipe.send_bytes(message_to_proto(reply).SerializeToString())
            mark.unlink(missing_ok=True)
        finally:
            os._exit(0)

    @staticmethod
    def _received(message: Message, pipe: Connection) -> Message:
        try:
            return message_from_proto(ProtoMessage.FromString(pipe.recv_bytes()))
        except EOFError:
            return Message(Error(code=CRASHED, reason=""), reply_to=message)


def _let_go_of_lock() -> None:
    """A site is no child of the coordinator in a deployment, and does not inherit its lock."""
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if link.readlink().parts[-2:] == ("checkpoints", "lock"):
                os.close(int(link.name))


def _coordinate(folder: Path, alive: Path) -> None:
    """The coordinator's process."""
    asking._FIRST_PAUSE = asking._LONGEST_PAUSE = roster._POLL_SECONDS = 0.01
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    grid = ForkingGrid([folder / "sites" / name for name in NAMES], alive)
    server_app(grid, Context(1, 0, {}, RecordDict(), {COORDINATOR_KEY: str(folder / "coordinator")}))


class Killer:
    """Runs a federation to its end and kills what a seeded generator says, when it says so."""

    def __init__(self, folder: Path, generator: random.Random, longest: float) -> None:
        self._folder, self._generator, self._longest = folder, generator, longest
        self._alive = folder / "alive"
        self._alive.mkdir()
        self.kills = {"coordinator": 0, "site": 0, "both": 0}

    def run(self, most: int) -> None:
        """Run to the end, with at most so many kills."""
        deadline = time.monotonic() + RUN_SECONDS
        while True:
            self._wait_for_lock(deadline)
            process = FORK.Process(target=_coordinate, args=(self._folder, self._alive))
            process.start()
            while process.is_alive() and sum(self.kills.values()) < most:
                process.join(self._generator.uniform(0, self._longest))
                if process.is_alive():
                    self._kill(process.pid)
                assert time.monotonic() < deadline
            process.join(deadline - time.monotonic())
            if process.exitcode == 0:
                return
            assert process.exitcode == -signal.SIGKILL, f"the coordinator failed: {process.exitcode}"

    def _wait_for_lock(self, deadline: float) -> None:
        """A site that was just being started lets go of the lock in a moment."""
        while time.monotonic() < deadline:
            with (
                contextlib.suppress(RunningElsewhereError),
                CoordinatorFolder.open(self._folder / "coordinator").locked(),
            ):
                return
            time.sleep(0.01)

    def _kill(self, coordinator: int | None) -> None:
        assert coordinator is not None
        kind = self._generator.choice(sorted(self.kills))
        sites = sorted(int(mark.name) for mark in self._alive.iterdir())
        if kind != "coordinator":
            sites = sites if kind == "both" else self._generator.sample(sites, min(1, len(sites)))
            hit = [pid for pid in sites if self._end(pid)]
            if kind == "site" and not hit:
                return
        if kind != "site":
            os.kill(coordinator, signal.SIGKILL)
        self.kills[kind] += 1

    def _end(self, pid: int) -> bool:
        (self._alive / str(pid)).unlink(missing_ok=True)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True


def _state_of(folder: Path) -> ServerState:
    state = CoordinatorFolder.open(folder / "coordinator").latest()
    assert state is not None
    return state


def _entries(folder: Path, name: str) -> list[str]:
    site = SiteFolder.open(folder / "sites" / name)
    with Ledger.open(site.ledger, site.key, site.anchors) as ledger:
        return [entry.kind for entry in ledger.entries() if entry.kind != "anchored"]


def _check_as_unkilled(killed: Path, unkilled: ServerState) -> None:
    state = _state_of(killed)
    for name, value in unkilled.model.items():
        np.testing.assert_array_equal(state.model[name], value)
    assert [(record.round, record.replied, record.failed) for record in state.history] == [
        (record.round, record.replied, {}) for record in unkilled.history
    ]
    for name in NAMES:
        assert _entries(killed, name) == ["opened", *["reservation", "settlement"] * ROUNDS]
    assert not (killed / "coordinator" / "checkpoints" / "in-flight.safetensors").exists()


@pytest.fixture(scope="module", params=[True, False], ids=["masked", "in the clear"])
def unkilled(request: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ServerState, float]:
    """A federation ready to run, its state after a run without kills, and how long that took."""
    ready = _make_federation(tmp_path_factory.mktemp("kills") / "ready", request.param)
    whole = ready.parent / "unkilled"
    shutil.copytree(ready, whole)
    # In this process first: what is computed once per process is then known to all that are forked from it.
    grid = ProcessGrid(client_app, [{SITE_KEY: str(whole / "sites" / name)} for name in NAMES])
    server_app(grid, Context(1, 0, {}, RecordDict(), {COORDINATOR_KEY: str(whole / "coordinator")}))
    began = time.monotonic()
    again = ready.parent / "again"
    shutil.copytree(ready, again)
    Killer(again, random.Random(0), 1.0).run(0)
    seconds = time.monotonic() - began
    state = _state_of(whole)
    _check_as_unkilled(again, state)
    return ready, state, seconds


def _run_with_kills(ready: Path, unkilled: ServerState, seconds: float, wanted: int, seed: int) -> dict[str, int]:
    total = {"coordinator": 0, "site": 0, "both": 0}
    runs = 0
    while sum(total.values()) < wanted:
        folder = ready.parent / f"killed-{seed}-{runs}"
        shutil.copytree(ready, folder)
        killer = Killer(folder, random.Random(f"{seed}/{runs}"), seconds / 3)
        killer.run(min(12, wanted - sum(total.values())))
        _check_as_unkilled(folder, unkilled)
        shutil.rmtree(folder)
        total = {kind: total[kind] + killer.kills[kind] for kind in total}
        runs += 1
    print(f"{sum(total.values())} kills ({total}) in {runs} runs")
    return total


def test_a_few_kills(unkilled: tuple[Path, ServerState, float]) -> None:
    _run_with_kills(*unkilled, wanted=3, seed=1)


@pytest.mark.heavy
def test_many_kills(unkilled: tuple[Path, ServerState, float]) -> None:
    wanted = int(os.environ.get("CLOISTER_KILLS", "40"))
    total = _run_with_kills(*unkilled, wanted=wanted, seed=2)
    assert sum(total.values()) >= wanted


class Interrupted(BaseException):
    """The coordinator is gone."""


class InterruptingGrid(ProcessGrid):
    """Ends the coordinator at its n-th batch of messages, before or after the sites have worked on them.

    South is away while round 2 trains, so that its vector is missing from a sum. What is asked lies in `unmasking`.
    """

    def __init__(self, folder: Path, batch: int, after: bool, unmasking: dict[tuple[str, int], set[str]]) -> None:
        super().__init__(client_app, [{SITE_KEY: str(folder / "sites" / name)} for name in NAMES])
        self._batch, self._after, self._unmasking = batch, after, unmasking

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        self._batch -= 1
        if not self._batch and not self._after:
            raise Interrupted
        for message in messages:
            if message.metadata.message_type == "query.secure_unmask":
                asked = message.content.config_records["secure"]
                wanted = self._unmasking.setdefault((str(asked["session"]), int(str(asked["number"]))), set())
                wanted.add(str([asked["agreement-sites"], asked["agreement-values"]]))
        south = len(NAMES)
        present = [
            message for message in messages if not (_in_round_2(message) and message.metadata.dst_node_id == south)
        ]
        ids = super().push_messages(present)
        for message in messages:
            message.metadata.__dict__["_message_id"] = message.metadata.message_id or "lost"
        if not self._batch:
            raise Interrupted
        return ids


def _in_round_2(message: Message) -> bool:
    config = message.content.config_records.get("config", ConfigRecord())
    return message.metadata.message_type == "train" and config.get("server-round") == 2


def _run_interrupted(folder: Path, batch: int, after: bool, unmasking: dict[tuple[str, int], set[str]]) -> bool:
    """Whether the coordinator got to the end."""
    grid = InterruptingGrid(folder, batch, after, unmasking)
    try:
        server_app(grid, Context(1, 0, {}, RecordDict(), {COORDINATOR_KEY: str(folder / "coordinator")}))
    except Interrupted:
        return False
    return True


def _check_every_batch(folder: Path, monkeypatch: pytest.MonkeyPatch, batches: Iterable[int]) -> None:
    """Interrupted at a batch and resumed: each sum is unmasked for one set of survivors, and the model is the same."""
    monkeypatch.setattr("cloister.strategies.secure_exchange.replies_to", _impatient)
    ready = _make_federation(folder / "ready", True, minimum=2)
    whole = folder / "whole"
    shutil.copytree(ready, whole)
    assert _run_interrupted(whole, 0, False, {})
    expected = _state_of(whole)
    assert expected.history[2].failed == {"south": "no-reply"}
    assert expected.history[4].replied == NAMES
    for batch in batches:
        for after in (False, True):
            copy, unmasking = folder / f"{batch}-{after}", dict[tuple[str, int], set[str]]()
            shutil.copytree(ready, copy)
            assert not _run_interrupted(copy, batch, after, unmasking)
            assert _run_interrupted(copy, 0, False, unmasking)
            state = _state_of(copy)
            for name, value in expected.model.items():
                np.testing.assert_array_equal(state.model[name], value)
            assert [record.failed for record in state.history] == [record.failed for record in expected.history]
            assert all(len(asked) == 1 for asked in unmasking.values())
            for name in NAMES:
                assert _entries(copy, name).count("reservation") == sum(name in r.replied for r in state.history)


def _impatient(
    grid: Any, messages: Iterable[Message], timeout: float, **settings: Any
) -> Iterator[tuple[int, Message]]:
    """No site is asked twice in an exchange: who is away stays away."""
    del timeout
    return asking.replies_to(grid, messages, 0.0, **settings)


def test_a_site_that_was_away_gives_its_keys_in_the_next_round_and_is_back_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ClientApp itself: it answers for no round but that of the request."""
    monkeypatch.setattr("cloister.strategies.secure_exchange.replies_to", _impatient)
    folder = _make_federation(tmp_path, True, minimum=2)
    assert _run_interrupted(folder, 0, False, {})
    history = _state_of(folder).history
    assert [record.failed for record in history[2:]] == [{"south": "no-reply"}, {"south": "no-keys"}, {}]
    assert history[4].replied == NAMES


# 1: who is who; 2 and 3: keys and shares; then a batch for each exchange.
IN_ROUND_2 = (7,)


def test_a_coordinator_that_dies_within_a_round_asks_for_the_same_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _check_every_batch(tmp_path, monkeypatch, IN_ROUND_2)


@pytest.mark.heavy
def test_a_coordinator_that_dies_at_any_message_asks_for_the_same_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _check_every_batch(tmp_path, monkeypatch, range(1, 4 + 2 * ROUNDS))

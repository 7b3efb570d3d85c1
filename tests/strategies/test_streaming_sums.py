"""The coordinator's memory does not grow with the number of sites: replies are fetched, added up and let go."""

import gc
import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, Message, RecordDict
from flwr.clientapp import ClientApp
from safetensors.numpy import load

from cloister.simulation.process_engine import ProcessGrid
from cloister.strategies import rounds, secure_exchange
from cloister.strategies.asking import replies_to
from cloister.strategies.catalogue import strategy_of
from cloister.strategies.in_flight import InFlight
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import to_record
from cloister.study.schema import Study

SITES, WORDS = 12, 1000


class Waiting(ProcessGrid):
    """Nodes whose replies come into being when they are fetched; counts those that are alive then."""

    def __init__(self) -> None:
        super().__init__(ClientApp(), [{} for _ in range(SITES)])
        self._asked: dict[str, Message] = {}
        self._sent: list[weakref.ref[Message]] = []
        self._vectors: list[weakref.ref[Array]] = []
        self.most_alive = self.most_vectors = self.most_at_once = 0

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        for message in messages:
            identity = f"message-{next(self._message_numbers)}"
            message.metadata.__dict__["_message_id"] = identity
            self._asked[identity] = message
        return list(self._asked)

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        found = [self._reply(self._asked.pop(identity)) for identity in message_ids if identity in self._asked]
        self.most_at_once = max(self.most_at_once, len(found))
        return found

    def _reply(self, message: Message) -> Message:
        masked = Array(np.ones(WORDS, np.uint32))
        self._vectors.append(weakref.ref(masked))
        self.most_vectors = max(self.most_vectors, sum(vector() is not None for vector in self._vectors))
        content = RecordDict({"masked": ArrayRecord({"masked": masked})})
        reply = Message(content, reply_to=message)
        self._sent.append(weakref.ref(reply))
        self.most_alive = max(self.most_alive, sum(sent() is not None for sent in self._sent))
        return reply


def questions() -> list[Message]:
    return [Message(RecordDict(), dst_node_id=node, message_type="train") for node in range(1, SITES + 1)]


@pytest.mark.parametrize("at_once", [1, 3, SITES, None])
def test_no_more_replies_are_in_memory_than_are_fetched_at_once(at_once: int | None) -> None:
    grid = Waiting()
    answered: list[int] = []

    for node, reply in replies_to(grid, questions(), 60.0, at_once=at_once):
        answered.append(node)
        assert reply.metadata.src_node_id == node
        del reply
    assert answered == list(range(1, SITES + 1))
    assert grid.most_at_once == grid.most_alive == (at_once or SITES)


def test_masked_vectors_are_let_go_before_the_next_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """An update above the limit comes alone."""
    monkeypatch.setattr(secure_exchange, "AT_ONCE", 4 * WORDS)
    gc.disable()
    try:
        check_that_one_vector_is_in_memory()
    finally:
        gc.enable()


def check_that_one_vector_is_in_memory() -> None:
    grid = Waiting()
    nodes = {node: f"site-{node:02d}" for node in range(1, SITES + 1)}
    post = secure_exchange._Post(grid, nodes, ConfigRecord(), {}, 60.0)
    post.send("train", {site: {"number": 1} for site in nodes.values()})
    total = np.zeros(WORDS, np.uint32)

    def add(site: str, reply: RecordDict) -> None:
        del site
        total[:] += reply.array_records["masked"]["masked"].numpy()

    assert post.receive_each(add, 4 * WORDS) == {}
    assert (total == SITES).all()
    assert grid.most_vectors == 1
    assert post.bytes_up >= SITES * 4 * WORDS


class Clear(Waiting):
    """Sites whose updates in the clear are all ones."""

    def get_node_ids(self) -> Iterable[int]:
        return range(1, SITES + 1)

    def _reply(self, message: Message) -> Message:
        content = RecordDict()
        if message.metadata.message_type == "train":
            content["arrays"] = to_record({"w": np.ones(WORDS, np.float32)})
            (update,) = content.array_records["arrays"].values()
            self._vectors.append(weakref.ref(update))
            self.most_vectors = max(self.most_vectors, sum(vector() is not None for vector in self._vectors))
            del update
        else:
            content["config"] = ConfigRecord({"site": f"site-{message.metadata.dst_node_id:02d}"})
        return Message(content, reply_to=message)


@pytest.mark.parametrize(("kind", "alive"), [("fedavg", 1), ("fedadam", 1), ("median", 1)])
def test_updates_in_the_clear_are_let_go_as_well(monkeypatch: pytest.MonkeyPatch, kind: str, alive: int) -> None:
    """Rules that need each update keep its numbers, but not the message around them."""
    monkeypatch.setattr(rounds, "AT_ONCE", 4 * WORDS)
    model = {"w": np.zeros(WORDS, np.float32)}
    strategy = strategy_of(study_of(kind), ServerState("", "run", 0, model), lambda _: None)
    grid = Clear()
    gc.disable()
    try:
        strategy.start(grid, ArrayRecord(), num_rounds=1)
    finally:
        gc.enable()
    assert grid.most_vectors == alive
    assert len(strategy.state.history[-1].replied) == SITES
    assert np.isfinite(strategy.state.model["w"]).all()


def study_of(strategy: str) -> Study:
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": 1,
            "federation": {"sites": [f"site-{node:02d}" for node in range(1, SITES + 1)], "secure_aggregation": False},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 1, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "strategy": {"name": strategy},
            "privacy": {"mechanism": "none"},
        }
    )


@pytest.mark.parametrize("words", [None, 0, 5])
def test_a_round_in_flight_is_a_safetensors_file(tmp_path: Any, words: int | None) -> None:
    """Read back by the library itself, and by the class."""
    summed = None if words is None else np.arange(words, dtype=np.uint32)
    flight = InFlight("run", 2, "run/session", (), {"é": {"b": b"\x00\xff"}}, summed, {"é": b"signature"})
    path = tmp_path / "in-flight.safetensors"
    flight.save(path)
    assert {name: value.tolist() for name, value in load(path.read_bytes()).items()} == (
        {} if summed is None else {"sum": summed.tolist()}
    )
    found = InFlight.load(path)
    assert found is not None
    assert (found.sealed, found.agreements) == (flight.sealed, flight.agreements)
    np.testing.assert_equal(found.summed, summed)

"""A reply is handed over whole, whichever request of the node's, or answer to it, is lost: against Flower's SuperLink.

Lost requests are sent again, as by Flower's node. What the SuperLink has then is looked at in its own store.
"""

import secrets
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, Message, RecordDict
from flwr.app.message import make_message, remove_content_from_message
from flwr.app.metadata import Metadata
from flwr.common.serde import message_to_proto
from flwr.proto.fleet_pb2 import PushMessagesRequest
from flwr.proto.message_pb2 import PushObjectRequest
from flwr.server.superlink.linkstate import LinkState, LinkStateFactory
from flwr.supercore.constant import FLWR_IN_MEMORY_DB_NAME, NOOP_FEDERATION_ID, SQLITE_PRAGMAS, TaskType
from flwr.supercore.inflatable.inflatable_object import get_all_nested_objects, get_object_tree
from flwr.supercore.object_store import ObjectStoreFactory
from flwr.supercore.task_identity import TaskIdentity
from flwr.superlink.federation import NoOpFederationManager
from flwr.superlink.servicer.fleet import fleet_handlers
from flwr.supernode.fleet_http_client import FleetHttpClient
from tests.locked_database import locked

from cloister.client.lost_answers import survive_lost_answers
from cloister.study.busy_superlink import PAUSES

CHUNKS = 5
"""Of the reply below, message and records among them."""


@pytest.fixture
def state(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkState:
    """A SuperLink's state, whose runs go on: in memory, or, asked for by `True`, in SQLite as when it is deployed."""
    monkeypatch.setattr(fleet_handlers, "check_abort", lambda *_: None)
    monkeypatch.setattr("flwr.supercore.sql_mixin.SQLITE_PRAGMAS", (*SQLITE_PRAGMAS, ("busy_timeout", "50")))
    database = str(tmp_path / "state.db") if getattr(request, "param", False) else FLWR_IN_MEMORY_DB_NAME
    return LinkStateFactory(database, NoOpFederationManager(), ObjectStoreFactory(database)).state()


class Link:
    """The node's connection to a SuperLink, on which some requests or answers are lost."""

    def __init__(self, state: LinkState, lost: dict[int, str]) -> None:
        self._state, self._lost, self._number = state, lost, 0

    def ask(self, *, path: str, request: Any, **_: object) -> Any:
        """In place of Flower's method that sends a request."""
        fate = self._lost.get(self._number, "passed")
        self._number += 1
        if fate == "request-lost":
            raise httpx.ReadError("broken off")
        handlers: dict[str, Callable[..., Any]] = {
            "/v1/fleet/push-messages": fleet_handlers.push_messages, "/v1/fleet/push-object": fleet_handlers.push_object
        }  # fmt: skip
        with locked(_database(self._state)) if fate == "busy" else nullcontext():
            answer = handlers[path](request, self._state)
        if fate == "taken":
            self._take(request.messages_list[0].metadata)
        if fate in {"answer-lost", "taken"}:
            raise httpx.ReadError("broken off")
        return answer

    def _take(self, reply: Any) -> None:
        """As the coordinator's app does, which looks for replies all the time."""
        question = reply.reply_to_message_id
        assert self._state.get_message_res({question}, reply.run_id)
        self._state.delete_messages(message_ins_ids={question})


def _database(state: Any) -> Path:
    return Path(state.database_url.removeprefix("sqlite:///"))


def again_until_answered(ask: Callable[[Any], Any], request: Any) -> Any:
    while True:
        try:
            return ask(request)
        except httpx.ReadError:
            continue


def hand_over(state: LinkState, lost: dict[int, str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, bool]:
    """What a node does with a reply; returns how many chunks the SuperLink has, and whether the node believes it."""
    node = state.create_node("a", "b", secrets.token_bytes(32), 30.0)
    assert state.activate_node(node, 30.0)
    run = state.create_run("", "", "", {}, NOOP_FEDERATION_ID, None, "", TaskType.SERVER_APP)
    for name, value in (("_task_id", 1), ("_run_id", run), ("_node_id", 1)):
        monkeypatch.setattr(TaskIdentity, name, value)
    question = Message(RecordDict(), node, "train")
    question.metadata.__dict__["_message_id"] = question.object_id
    assert state.store_message_ins(question)
    content = RecordDict({"arrays": ArrayRecord({"w": Array(np.arange(3.0))})})
    metadata = Metadata(
        run_id=run, message_id="", src_node_id=node, dst_node_id=1, reply_to_message_id=question.object_id, group_id="",
        created_at=question.metadata.created_at + 1, ttl=100.0, message_type="train",
    )  # fmt: skip
    reply = make_message(metadata=metadata, content=content)
    reply.metadata.__dict__["_message_id"] = reply.object_id
    client = FleetHttpClient("https://superlink.example")
    monkeypatch.setattr(client, "_unary_unary", Link(state, lost).ask)
    chunks = {name: part.deflate() for name, part in get_all_nested_objects(reply).items()}
    announced = again_until_answered(
        client.PushMessages,
        PushMessagesRequest(
            messages_list=[message_to_proto(remove_content_from_message(reply))],
            message_object_trees=[get_object_tree(reply)],
        ),
    )
    known = True
    for name in announced.objects_to_push:
        request = PushObjectRequest(
            run_id=run, session_id=announced.session_id, object_id=name, object_content=chunks[name]
        )
        if not again_until_answered(client.PushObject, request).stored:
            known = False
            break
    store = state.object_store
    return sum(store.get(name) == chunk for name, chunk in chunks.items()), known


@pytest.fixture
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for method in ("PushMessages", "PushObject"):
        monkeypatch.setattr(FleetHttpClient, method, getattr(FleetHttpClient, method))
    survive_lost_answers(lambda _: None)


@pytest.mark.usefixtures("_ours")
@pytest.mark.parametrize("fate", ["request-lost", "answer-lost"])
@pytest.mark.parametrize("number", range(CHUNKS + 1))
def test_whichever_is_lost_the_reply_is_there(
    number: int, fate: str, state: LinkState, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hand_over(state, {number: fate}, monkeypatch) == (CHUNKS, True)


@pytest.mark.usefixtures("_ours")
@pytest.mark.parametrize("state", [True], indirect=True)
def test_all_of_them_may_be_lost(state: LinkState, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = dict.fromkeys(range(0, 40, 2), "answer-lost") | {1: "request-lost"}
    assert hand_over(state, lost, monkeypatch) == (CHUNKS, True)


@pytest.mark.usefixtures("_ours")
@pytest.mark.parametrize("state", [False, True], indirect=True)
@pytest.mark.parametrize(
    "others", [{}, {1: "answer-lost"}, {3: "request-lost"}, dict.fromkeys(range(1, 12, 2), "answer-lost")]
)
def test_also_if_the_coordinators_app_has_heard_of_it_when_it_is_announced_again(
    others: dict[int, str], state: LinkState, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hand_over(state, {0: "taken"} | others, monkeypatch) == (CHUNKS, True)


@pytest.mark.usefixtures("_ours")
@pytest.mark.parametrize("state", [True], indirect=True)
@pytest.mark.parametrize("times", [1, len(PAUSES)])
@pytest.mark.parametrize("number", range(1, CHUNKS + 1))
def test_a_chunk_that_a_busy_superlink_refuses_is_there_in_the_end(
    number: int, times: int, state: LinkState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its database is locked when the chunk arrives."""
    busy = dict.fromkeys(range(number, number + times), "busy")
    assert hand_over(state, busy, monkeypatch) == (CHUNKS, True)


@pytest.mark.usefixtures("_ours")
@pytest.mark.parametrize("state", [True], indirect=True)
def test_also_if_an_answer_was_lost_before(state: LinkState, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hand_over(state, {1: "request-lost", 2: "busy"}, monkeypatch) == (CHUNKS, True)


@pytest.mark.usefixtures("_ours")
@pytest.mark.parametrize("state", [True], indirect=True)
def test_one_that_is_refused_for_ever_is_not_told_as_stored(state: LinkState, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hand_over(state, dict.fromkeys(range(2, 100), "busy"), monkeypatch) == (1, False)


@pytest.mark.parametrize(
    ("lost", "outcome"),
    [
        ({}, (CHUNKS, True)),
        ({0: "answer-lost"}, (CHUNKS, True)),
        ({0: "taken"}, (0, True)),
        ({1: "answer-lost"}, (1, False)),
        ({1: "busy"}, (0, False)),
    ],
)
@pytest.mark.parametrize("state", [True], indirect=True)
def test_flowers_own_node_gives_the_reply_up(
    lost: dict[int, str], outcome: tuple[int, bool], state: LinkState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When this fails, Flower has mended it, and `survive_lost_answers` can go."""
    assert hand_over(state, lost, monkeypatch) == outcome

"""A SuperLink that fails at a request because its database is locked is asked again: by Flower's own clients."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import httpx
import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, Message, RecordDict
from flwr.app.message import remove_content_from_message
from flwr.common.serde import message_to_proto
from flwr.proto.runtime_pb2 import PullAppMessagesRequest, PullAppMessagesResponse, PushAppMessagesRequest
from flwr.server.superlink.linkstate import LinkState, LinkStateFactory
from flwr.supercore.constant import NOOP_FEDERATION_ID, SQLITE_PRAGMAS, TaskType
from flwr.supercore.inflatable.inflatable_object import get_all_nested_objects, get_object_tree
from flwr.supercore.object_store import ObjectStoreFactory
from flwr.supercore.retry import make_simple_http_retry_invoker
from flwr.supercore.retry.retry_invoker import RetryInvoker
from flwr.supercore.runtime import RuntimeHttpClient
from flwr.supercore.task_identity import TaskIdentity
from flwr.superlink.federation import NoOpFederationManager
from flwr.superlink.servicer.runtime import runtime_handlers
from sqlalchemy.exc import OperationalError
from tests.locked_database import locked
from tests.strategies.clock import Clock

from cloister.study.busy_superlink import LONGEST, ask_a_busy_superlink_again


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Flower's clients with ours in force, whose time is this one's."""
    monkeypatch.setattr(RetryInvoker, "invoke", RetryInvoker.invoke)
    clock = Clock()
    ask_a_busy_superlink_again(clock, clock.pause)
    return clock


def ask(answer: Callable[[], httpx.Response]) -> PullAppMessagesResponse:
    """A request of the coordinator's, by Flower's own client."""
    client = RuntimeHttpClient("https://superlink.example", retry_invoker=make_simple_http_retry_invoker())
    with closing(client._client):
        client._client = httpx.Client(transport=httpx.MockTransport(lambda _: answer()))
        return client.PullMessages(PullAppMessagesRequest())


@pytest.mark.parametrize("failures", [1, 3])
def test_a_request_that_failed_is_sent_again(clock: Clock, failures: int) -> None:
    answers = iter([httpx.Response(500)] * failures + [httpx.Response(200)])
    assert ask(lambda: next(answers)) == PullAppMessagesResponse()
    assert list(answers) == []
    assert 0 < clock.now < 10


def test_one_that_fails_at_every_try_ends_after_a_minute_as_it_would_at_once(clock: Clock) -> None:
    tries: list[float] = []

    def fail() -> httpx.Response:
        tries.append(clock.now)
        return httpx.Response(500)

    with pytest.raises(httpx.HTTPStatusError, match="500"):
        ask(fail)
    assert LONGEST <= tries[-1] < LONGEST + 10
    assert len(tries) < 20


@pytest.mark.parametrize("status", [400, 404, 409, 501])
def test_other_refusals_are_final(clock: Clock, status: int) -> None:
    answers = iter([httpx.Response(status)])
    with pytest.raises(httpx.HTTPStatusError, match=str(status)):
        ask(lambda: next(answers))
    assert clock.now == 0


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkState:
    """A SuperLink's state in SQLite, where a write waits a tenth of a second for its turn."""
    monkeypatch.setattr("flwr.supercore.sql_mixin.SQLITE_PRAGMAS", (*SQLITE_PRAGMAS, ("busy_timeout", "100")))
    database = str(tmp_path / "state.db")
    return LinkStateFactory(database, NoOpFederationManager(), ObjectStoreFactory(database)).state()


def test_nothing_is_left_of_a_message_whose_announcement_failed_and_it_can_be_sent_again(
    state: LinkState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So an announcement is safe to repeat. The lock here is another program's; a request's of another site does it."""
    node = state.create_node("a", "b", b"key", 30.0)
    assert state.activate_node(node, 30.0)
    run = state.create_run("", "", "", {}, NOOP_FEDERATION_ID, None, "", TaskType.SERVER_APP)
    for name, value in (("_task_id", 1), ("_run_id", run), ("_node_id", 1)):
        monkeypatch.setattr(TaskIdentity, name, value)
    content = RecordDict({"arrays": ArrayRecord({"w": Array(np.ones(3))}), "config": ConfigRecord({"round": 1})})
    message = Message(content, node, "train")
    message.metadata.__dict__["_message_id"] = message.object_id
    request = PushAppMessagesRequest(
        messages_list=[message_to_proto(remove_content_from_message(message))],
        message_object_trees=[get_object_tree(message)],
    )
    task = SimpleNamespace(run_id=run)
    with locked(tmp_path / "state.db"), pytest.raises(OperationalError, match="locked"):
        runtime_handlers.push_messages(request, state, task)  # type: ignore[arg-type]
    assert state.get_message_ins(node, limit=None) == []
    answer = runtime_handlers.push_messages(request, state, task)  # type: ignore[arg-type]
    assert list(answer.message_ids) == [message.metadata.message_id]
    assert set(answer.objects_to_push) == set(get_all_nested_objects(message))

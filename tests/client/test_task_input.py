"""What Flower hands over is waited for: its node makes the task before it stores the message."""

from typing import TYPE_CHECKING

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, RecordDict
from flwr.supercore.constant import TaskType

from cloister.client.task_input import pull_task

if TYPE_CHECKING:
    from tests.client.conftest import Federation, Node

CONTENT = RecordDict({"config": ConfigRecord({"asked": "who"})})


def claimed(node: "Node", bundle: bytes, federation: "Federation") -> str:
    """A task whose message has not been stored yet."""
    state = node.states.state()
    task = state.create_task(TaskType.CLIENT_APP, 7, node.has_run(bundle, federation.site.folder))
    assert task is not None
    token = state.claim_task(task)
    assert token is not None
    return token


def test_a_message_that_comes_after_its_task_is_waited_for(
    federation: "Federation", node: "Node", bundle: bytes
) -> None:
    token, pauses = claimed(node, bundle, federation), list[float]()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            node.receive(CONTENT, "query.identify")

    task = pull_task(node.client(token), pause)
    assert (task.message.metadata.message_type, len(pauses)) == ("query.identify", 3)
    assert task.message.content == CONTENT
    assert (task.run.run_id, task.bundle.content) == (task.context.run_id, bundle)
    assert task.message.metadata.message_id


def test_a_message_that_never_comes_is_given_up(federation: "Federation", node: "Node", bundle: bytes) -> None:
    pauses: list[float] = []
    with pytest.raises(TimeoutError):
        pull_task(node.client(claimed(node, bundle, federation)), pauses.append)
    assert 30 <= sum(pauses) < 31


def test_a_message_that_unpacks_to_more_than_there_is_room_for_is_not_put_together(
    federation: "Federation", node: "Node", bundle: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its chunks are one, which comes once."""
    token, zeros = claimed(node, bundle, federation), np.zeros(5 * 2**20, np.float32)
    node.receive(RecordDict({"arrays": ArrayRecord({"zeros": Array(zeros)})}), "train")
    monkeypatch.setattr("cloister.client.task_input._MOST_BYTES", zeros.nbytes - 1)
    monkeypatch.setattr("cloister.client.task_input.inflate_object_from_contents", pytest.fail)
    with pytest.raises(ValueError, match="unpacks to more than 20971519 bytes"):
        pull_task(node.client(token), lambda _: None)

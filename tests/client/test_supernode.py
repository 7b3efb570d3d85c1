"""Flower's SuperNode as sites run it: a message that was lost with its program is answered all the same."""

from datetime import timedelta

import pytest
from flwr.app import Message, RecordDict
from flwr.supercore.constant import TaskType
from flwr.supercore.date import now
from flwr.supercore.object_store import ObjectStoreFactory
from flwr.supercore.task_identity import TaskIdentity
from flwr.supernode.nodestate import NodeStateFactory
from flwr.supernode.nodestate.in_memory_nodestate import InMemoryNodeState

from cloister.client.supernode import tell_of_lost_messages

NOT_AVAILABLE = 8
"""Flower's code for a site's app that crashed: the coordinator asks again."""


@pytest.mark.parametrize(("ours", "told"), [(False, []), (True, [NOT_AVAILABLE])])
def test_a_message_that_nobody_read_is_answered_when_its_task_expires(
    ours: bool, told: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flower's own node waits for ever, and takes no other message meanwhile."""
    monkeypatch.setattr(InMemoryNodeState, "_on_task_tokens_expired", InMemoryNodeState._on_task_tokens_expired)
    for name, value in (("_task_id", 1), ("_run_id", 1), ("_node_id", 7)):
        monkeypatch.setattr(TaskIdentity, name, value)
    if ours:
        tell_of_lost_messages()
    state = NodeStateFactory(objectstore_factory=ObjectStoreFactory()).state()
    state.set_node_id(7)
    task = state.create_task(task_type=TaskType.CLIENT_APP, run_id=1, fab_hash="x")
    assert task is not None
    message = Message(RecordDict(), 7, "train")
    message.metadata.__dict__.update(_run_id=1, _message_id=message.object_id)
    state.store_message(message)
    state.record_message_processing_start(message.metadata.message_id)
    assert state.claim_task(task)
    assert state.activate_task(task)
    monkeypatch.setattr("flwr.supercore.corestate.in_memory_corestate.now", lambda: now() + timedelta(hours=5))
    assert [reply.error.code for reply in state.get_messages_legacy(is_reply=True)] == told

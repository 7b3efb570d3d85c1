"""Flower's SuperNode as sites run it: a message that was lost with its program is answered all the same."""

import hashlib
import logging
import zipfile
from datetime import timedelta

import pytest
from flwr.app import Message, RecordDict
from flwr.supercore.constant import TaskType
from flwr.supercore.date import now
from flwr.supercore.fab import Fab
from flwr.supercore.inflatable.inflatable_object import get_all_nested_objects, get_object_tree
from flwr.supercore.object_store import ObjectStoreFactory
from flwr.supercore.run import Run
from flwr.supercore.task_identity import TaskIdentity
from flwr.supernode import start_client_internal
from flwr.supernode.nodestate import NodeStateFactory
from flwr.supernode.nodestate.in_memory_nodestate import InMemoryNodeState

from cloister.client.supernode import keep_to_a_line, leave_bundles_closed, tell_of_lost_messages

RUN, NODE = 1, 7
NOT_AVAILABLE = 8
"""Flower's code for a site's app that crashed: the coordinator asks again."""


@pytest.mark.parametrize(("ours", "told"), [(False, []), (True, [NOT_AVAILABLE])])
def test_a_message_that_nobody_read_is_answered_when_its_task_expires(
    ours: bool, told: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flower's own node waits for ever, and takes no other message meanwhile."""
    monkeypatch.setattr(InMemoryNodeState, "_on_task_tokens_expired", InMemoryNodeState._on_task_tokens_expired)
    for name, value in (("_task_id", 1), ("_run_id", RUN), ("_node_id", NODE)):
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


@pytest.mark.parametrize("bundle", [b"no archive", b"PK"], ids=str)
@pytest.mark.parametrize("ours", [False, True])
def test_a_bundle_is_kept_for_the_launcher_and_not_opened(
    ours: bool, bundle: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flower's own node reads a part of it, however large that unpacks, and ends if it is no archive."""
    own = start_client_internal.get_fused_config_from_fab  # type: ignore[attr-defined]
    monkeypatch.setattr(start_client_internal, "get_fused_config_from_fab", own)
    for name, value in (("_task_id", 1), ("_run_id", RUN), ("_node_id", NODE)):
        monkeypatch.setattr(TaskIdentity, name, value)
    if ours:
        leave_bundles_closed()
    store = ObjectStoreFactory().store()
    state = NodeStateFactory(objectstore_factory=ObjectStoreFactory()).state()
    state.set_node_id(NODE)
    message = Message(RecordDict(), NODE, "train")
    message.metadata.__dict__.update(_run_id=RUN, _message_id=message.object_id)
    contents = {name: part.deflate() for name, part in get_all_nested_objects(message).items()}
    name = hashlib.sha256(bundle).hexdigest()
    fab = Fab(hash_str=name, content=bundle, verifications={})

    def take() -> int | None:
        return start_client_internal._pull_and_store_message(
            state,
            store,
            node_config={},
            receive=lambda: (message, get_object_tree(message)),
            get_run=lambda _: Run.create_empty(RUN),
            get_fab=lambda *_: fab,
            pull_object=lambda _, part: contents[part],
            confirm_message_received=lambda *_: None,
            trusted_entities=None,
        )

    if not ours:
        with pytest.raises(zipfile.BadZipFile):
            take()
        return
    assert take() == RUN
    kept = state.get_fab(name)
    assert kept is not None
    assert kept.content == bundle


def test_what_the_coordinator_says_forges_no_line_of_the_nodes_log(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.Logger("one that no other test configures", logging.INFO)
    log.addFilter(keep_to_a_line)
    log.addHandler(caplog.handler)
    log.info("Receiving: %s message (ID: %s)", "train\nINFO : refused \x1b[2J", 7)
    log.error("Refused: %s", ValueError("no object\n\x1b[2J"))
    log.warning(ValueError("gone\nINFO : begun"))
    assert caplog.messages == [
        "Receiving: train\\nINFO : refused \\x1b[2J message (ID: 7)",
        "Refused: no object\\n\\x1b[2J",
        "gone\\nINFO : begun",
    ]

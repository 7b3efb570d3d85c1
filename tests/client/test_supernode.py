"""Flower's SuperNode under our waits: soon after something came it looks often, later as seldom as Flower's own."""

import inspect
import re
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flwr.app import Message, RecordDict
from flwr.supercore.constant import TaskType
from flwr.supercore.date import now
from flwr.supercore.object_store import ObjectStoreFactory
from flwr.supercore.task_identity import TaskIdentity
from flwr.supernode import start_client_internal
from flwr.supernode.nodestate import NodeStateFactory
from flwr.supernode.nodestate.in_memory_nodestate import InMemoryNodeState
from hypothesis import given
from hypothesis import strategies as st

from cloister.client.polling_pause import polling_pause
from cloister.client.supernode import GrowingPauses, tell_of_unread_messages

IDLE, ANSWER = 3.0, 0.5
"""Seconds that Flower's node sleeps: without a message, and until one is answered."""


@dataclass
class Clock:
    """Time that passes only by waiting."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def wait(self, waits: GrowingPauses, kind: float, seconds: float) -> float:
        """Wait as Flower does for what comes after so many seconds; how much later it is seen."""
        comes = self.now + seconds
        while self.now < comes:
            waits.sleep(kind)
        return self.now - comes


def test_flowers_node_sleeps_as_was_read_and_does_nothing_else_with_the_time() -> None:
    used = re.findall(r"\btime\.(\w+\([^)]*\))", inspect.getsource(start_client_internal))
    assert used == [f"sleep({seconds:g})" for seconds in (IDLE, ANSWER, ANSWER)]


@given(st.floats(0, 1e9), st.floats(0.1, 1e3))
def test_a_pause_is_within_its_bounds_and_in_proportion(quiet: float, longest: float) -> None:
    pause = polling_pause(quiet, longest)
    assert 0.05 <= pause <= longest
    assert pause <= max(0.05, quiet / 8)


@given(st.lists(st.tuples(st.sampled_from([IDLE, ANSWER]), st.floats(0.01, 100)), min_size=1, max_size=6))
def test_whatever_comes_is_seen_soon_and_never_later_than_by_flowers_own(waits: list[tuple[float, float]]) -> None:
    clock, before, since = Clock(), 0.0, 0.0
    pauses = GrowingPauses(lambda: clock.now, clock.pause)
    for kind, seconds in waits:
        if kind != before:
            before, since = kind, clock.now
        late = clock.wait(pauses, kind, seconds)
        assert late <= min(kind, max(0.05, (clock.now - since) / 8)) + 1e-6


def test_an_idle_node_asks_as_seldom_as_flowers_own() -> None:
    clock = Clock()
    clock.wait(GrowingPauses(lambda: clock.now, clock.pause), IDLE, 3600)
    assert len(clock.pauses) < 3600 / IDLE + 50
    assert clock.pauses[-1] == IDLE


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
        tell_of_unread_messages()
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

"""Messages of different runs, answered side by side. Flower's own node takes none before it has sent the last answer.

So masks come off one study's sum while another one trains, and it is `training_queue.py` that says who trains next.

    look for a message → hand it over if its run has none in work → send what has been answered → wait → look …

- Of one run, one message is in work at a time. What a dead process leaves is answered with Flower's error, and Flower
  tells by the run alone which message that was. A further one is held back until the first is answered.
- At most `MOST_RUNS` are in work: each has a process and its message in memory. Others stay at the SuperLink.
- An answer is sent once the task for it has ended, so all of it is here, and sending waits for no other process.
- From the first part of a message to the last of its answer, the node shows that it carries something: sending a large
  answer takes longer than a stop waits for a node that does nothing (`site_run.py`).

A message is looked for every 3 s, and an answer every 0.5 s, as by Flower's own, which has no setting for it; sooner
after something came or went (`polling_pause.py`), and later where a look takes long. Of a message that the coordinator
is still handing over, the part that it hands over last is asked for, again after 50 ms and then after twice as long
each time, at most 1 s, and only then the others. Flower's own asks for two parts at a time, again after 1 s to 10 s:
many a request in vain, each of which costs the SuperLink as much as a part.

What is replaced is private to Flower, whose version is pinned; `tests/client/test_side_by_side.py` holds it to that.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from cloister.client.polling_pause import polling_pause

if TYPE_CHECKING:
    from flwr.app import Message
    from flwr.proto.message_pb2 import ObjectTree
    from flwr.proto.task_pb2 import Task
    from flwr.supercore.object_store.in_memory_object_store import InMemoryObjectStore
    from flwr.supernode.nodestate.in_memory_nodestate import InMemoryNodeState

    Received = tuple[Message, ObjectTree]

MOST_RUNS: Final = 8
_MOST_HELD: Final = 64
_LONGEST_IDLE, _LONGEST_AT_WORK = 3.0, 0.5
_LOOK_SHARE: Final = 1 / 4
"""More than for looks within this machine: they all go to the SuperLink, one process for all sites."""
_REST: Final = 3.0
"""Times what a look took. Where the SuperLink is busy, looks are fewer."""
_FIRST_BACKOFF, _LONGEST_BACKOFF = 0.05, 1.0


class SideBySide:
    """Stands in for the two steps of the loop of Flower's node.

    Args:
        pull: Flower's own step that takes a message; returns None if there was none.
        push: Flower's own step that sends the answers that there are.
        carrying: entered while there is a message or an answer here.
        clock: seconds, monotonic.
        pause: waits a number of seconds.
    """

    def __init__(
        self,
        pull: Callable[..., int | None],
        push: Callable[..., None],
        carrying: Callable[[], AbstractContextManager[None]],
        clock: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self._pull, self._push, self._clock, self._pause = pull, push, clock, pause
        self._carrying, self._shown = carrying, ExitStack()
        self._carries = False
        self._held: list[Received] = []
        self._quiet_since = self._next_look = clock()
        self._came = False

    def pull(self, *, state: InMemoryNodeState, receive: Callable[[], Received | None], **others: Any) -> int:
        """Take a message, if it is time to look for one; Flower's loop goes on to `push` in any case."""
        now, self._came = self._clock(), False
        if now >= self._next_look:
            taken: Received | None = None

            def take() -> Received | None:
                nonlocal taken
                taken = self._next(state, receive)
                return taken

            came = self._pull(state=state, receive=take, **others)
            if taken is not None and came is None:
                _forget(taken[0], state, others["object_store"])
            looked = self._clock()
            self._came = came is not None
            rest = min(_REST * (looked - now), _LONGEST_IDLE)
            self._next_look = looked + max(polling_pause(now - self._quiet_since, _LONGEST_IDLE, _LOOK_SHARE), rest)
        return 0

    def push(self, *, state: InMemoryNodeState, **others: Any) -> None:
        """Send what has been answered; wait, if nothing came or went."""
        answers = state.get_messages_legacy(run_ids=sorted(_answered(state)), is_reply=True)
        if answers:
            only_these = SimpleNamespace(
                get_messages_legacy=lambda is_reply: answers,  # noqa: ARG005 (Flower's name)
                get_message_processing_duration=state.get_message_processing_duration,
                delete_messages=state.delete_messages,
            )
            self._push(state=only_these, **others)
        self._show(carries=bool(self._held or _in_work(state)))
        now = self._clock()
        if answers or self._came:
            self._quiet_since = self._next_look = now
            return
        wait = self._next_look - now
        if _in_work(state):
            wait = min(wait, polling_pause(now - self._quiet_since, _LONGEST_AT_WORK))
        self._pause(max(wait, 0.0))

    def _next(self, state: InMemoryNodeState, receive: Callable[[], Received | None]) -> Received | None:
        """The next message of a run that has none in work."""
        busy = _in_work(state)
        if len(busy) >= MOST_RUNS:
            return None
        for number, (message, _) in enumerate(self._held):
            if message.metadata.run_id not in busy:
                return self._held.pop(number)
        came = receive() if len(self._held) < _MOST_HELD else None
        self._show(carries=self._carries or came is not None)
        if came is not None and came[0].metadata.run_id in busy:
            self._held.append(came)
            return None
        return came

    def _show(self, *, carries: bool) -> None:
        if carries and not self._carries:
            self._shown.enter_context(self._carrying())
        elif not carries:
            self._shown.close()
        self._carries = carries


def answer_side_by_side(
    carrying: Callable[[], AbstractContextManager[None]],
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Have Flower's node, in this process, answer messages of different runs side by side.

    Args:
        carrying: entered while the node has a message or an answer.
        clock: seconds, monotonic; passed in for tests.
        pause: waits a number of seconds; passed in for tests.
    """
    from flwr.supercore.object_store.in_memory_object_store import InMemoryObjectStore
    from flwr.supernode import start_client_internal

    steps = vars(start_client_internal)
    ours = SideBySide(steps["_pull_and_store_message"], steps["_push_messages"], carrying, clock, pause)
    steps["_pull_and_store_message"], steps["_push_messages"] = ours.pull, ours.push
    steps["pull_objects"] = _last_part_first(steps["pull_objects"])

    preregister = InMemoryObjectStore.preregister

    def preregister_alone(self: InMemoryObjectStore, run_id: int, object_tree: ObjectTree) -> list[str]:
        # Messages of two runs may hold the same arrays: one may not go while the other takes note that it is there.
        with self.lock_store:
            return preregister(self, run_id, object_tree)

    InMemoryObjectStore.preregister = preregister_alone  # type: ignore[method-assign]


def _last_part_first(pull_objects: Callable[..., dict[str, bytes]]) -> Callable[..., dict[str, bytes]]:
    """Flower's own fetching of parts, in two steps. They come in the order in which they are handed over."""
    soon_again = functools.partial(pull_objects, initial_backoff=_FIRST_BACKOFF, backoff_cap=_LONGEST_BACKOFF)

    def pull(parts: list[str], pull_object_fn: Callable[[str], bytes]) -> dict[str, bytes]:
        return soon_again(parts[-1:], pull_object_fn) | soon_again(parts[:-1], pull_object_fn)

    return pull


def _forget(message: Message, state: InMemoryNodeState, store: InMemoryObjectStore) -> None:
    """Forget a message that was not taken in, its parts and its task.

    Flower's own step forgets them itself, but not where the run ended while the parts were fetched: a program would
    then wait for them for two hours, and the run be in work for as long.
    """
    from flwr.common.constant import SubStatus

    about = message.metadata
    state.delete_messages(message_ids=[about.message_id])
    store.delete(about.message_id)
    for task in _unfinished(state, {about.run_id}):
        state.finish_task(task.task_id, sub_status=SubStatus.FAILED, details="its message was not taken in")


def _in_work(state: InMemoryNodeState) -> set[int]:
    """The runs of which there is a message or an answer here."""
    with state.lock_msg_store:
        return {kept.message.metadata.run_id for kept in state.msg_store.values()}


def _answered(state: InMemoryNodeState) -> set[int]:
    """Those whose task has ended: it was answered, or there was no sign of life from it any more."""
    runs = _in_work(state)
    return runs - {task.run_id for task in _unfinished(state, runs)}


def _unfinished(state: InMemoryNodeState, runs: set[int]) -> Sequence[Task]:
    from flwr.common.constant import Status

    return state.get_tasks(run_ids=sorted(runs), statuses=[Status.PENDING, Status.STARTING, Status.RUNNING])

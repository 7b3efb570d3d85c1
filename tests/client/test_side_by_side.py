"""Flower's node with several studies at once: none waits for another one's answer, and each gets its own.

The loop, the state and what a program asks of it are Flower's own. Time passes only where the node waits, and the
SuperLink is a list.
"""

import inspect
import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flwr.app import ConfigRecord, Context, Message, RecordDict
from flwr.app.message.message import make_message, remove_content_from_message
from flwr.app.metadata import Metadata
from flwr.common.constant import SubStatus
from flwr.proto.message_pb2 import ConfirmMessageReceivedRequest, ObjectTree
from flwr.proto.runtime_pb2 import AcquireTaskRequest, PullAppMessagesRequest
from flwr.proto.task_pb2 import Task
from flwr.supercore.constant import TaskType
from flwr.supercore.corestate import in_memory_corestate
from flwr.supercore.date import now
from flwr.supercore.inflatable import inflatable_utils
from flwr.supercore.inflatable.inflatable_object import get_all_nested_objects, get_object_tree, iterate_object_tree
from flwr.supercore.inflatable.inflatable_utils import ObjectUnavailableError
from flwr.supercore.object_store import ObjectStoreFactory, in_memory_object_store
from flwr.supercore.object_store.in_memory_object_store import InMemoryObjectStore
from flwr.supercore.run import Run, RunNotRunningException
from flwr.supercore.servicer.runtime import runtime_handlers as of_every_task
from flwr.supernode import start_client_internal as flower
from flwr.supernode.nodestate import NodeStateFactory
from flwr.supernode.nodestate.in_memory_nodestate import InMemoryNodeState
from flwr.supernode.runtime.run_clientapp import push_message
from flwr.supernode.servicer.runtime import runtime_handlers
from hypothesis import given
from hypothesis import strategies as st

from cloister.client.side_by_side import MOST_RUNS, answer_side_by_side
from cloister.client.supernode import tell_of_lost_messages

SUPERLINK, NODE = 1, 7
ALPHA, BETA, GAMMA = 101, 102, 103
CRASHED = 8
"""Flower's code for a site's app that crashed."""
LONGEST_IDLE, LONGEST_AT_WORK = 3.0, 0.5
"""Seconds that Flower's own node sleeps: without a message, and until one is answered."""
EXPIRED = 61.0
"""Seconds without a sign of life after which Flower gives a task up."""


class Over(BaseException):
    """The end of a scene."""


Scene = Iterator[float]
"""What happens around the node; yields for how many seconds the node is left alone."""


@dataclass
class World:
    """A node's state, the SuperLink beside it, and the time."""

    state: InMemoryNodeState
    time: float = 0.0
    looks: list[float] = field(default_factory=list)
    """When the node looked for a message."""
    there: list[Message] = field(default_factory=list)
    """Messages at the SuperLink."""
    contents: dict[str, bytes] = field(default_factory=dict)
    sent: list[tuple[str, int]] = field(default_factory=list)
    """What the SuperLink was sent: the message that was answered, and Flower's code or 0."""
    sent_at: list[float] = field(default_factory=list)
    carries: bool = False
    """Whether the node shows that it has a message or an answer."""
    own: set[str] = field(default_factory=set)
    """Messages to which the answer came that was made for them."""

    def offer(self, run: int, text: str) -> str:
        """Put a message of a run at the SuperLink; returns its id."""
        content = RecordDict({"own": ConfigRecord({"text": text}), "shared": ConfigRecord({"weights": "the same"})})
        about = Metadata(run, "", SUPERLINK, NODE, "", "", now().timestamp(), 3600.0, "train")
        message = make_message(about, content)
        about.__dict__["_message_id"] = message.object_id
        self.state.store_run(Run.create_empty(run))
        self.there.append(message)
        self.contents |= {name: part.deflate() for name, part in get_all_nested_objects(message).items()}
        return message.object_id

    def receive(self) -> tuple[Message, ObjectTree] | None:
        self.looks.append(self.time)
        if not self.there:
            return None
        message = self.there.pop(0)
        return remove_content_from_message(message), get_object_tree(message)

    def pull(self, _run: int, name: str) -> bytes:
        return self.contents[name]

    def send(self, message: Message, tree: ObjectTree, _seconds: float) -> tuple[set[str], str]:
        """Take note of an answer; returns which of its parts are wanted: all. And a name for handing them over."""
        asked = message.metadata.reply_to_message_id
        self.sent.append((asked, message.error.code if message.has_error() else 0))
        self.sent_at.append(self.time)
        return {part.object_id for part in iterate_object_tree(tree)}, asked

    def push(self, _run: int, asked: str, _name: str, content: bytes) -> None:
        if own_answer(asked).encode() in content:
            self.own.add(asked)

    def begin(self) -> "Program":
        """Start a program for the oldest task, as the warm worker does."""
        given = of_every_task.acquire_task(AcquireTaskRequest(supported_task_types=[TaskType.CLIENT_APP]), self.state)
        assert given.token
        assert self.state.activate_task(given.task.task_id)
        (message,) = runtime_handlers.pull_messages(PullAppMessagesRequest(), self.state, given.task).messages_list
        about = message.metadata
        received = ConfirmMessageReceivedRequest(message_object_id=about.message_id)
        runtime_handlers.confirm_message_received(received, self.state, given.task)
        asked = Metadata(about.run_id, about.message_id, SUPERLINK, NODE, "", "", about.created_at, about.ttl, "train")
        return Program(self.state, given.task, make_message(asked, RecordDict()))

    def begun(self) -> "list[Program]":
        """Start a program for every task that there is."""
        return [self.begin() for _ in self.state.get_tasks(statuses=["pending"])]

    def play(self, scene: Scene) -> None:
        """Run Flower's node until the scene is over."""
        left = next(scene)

        def pause(seconds: float) -> None:
            nonlocal left
            while seconds >= left:
                self.time, seconds = self.time + left, seconds - left
                try:
                    left = next(scene)
                except StopIteration:
                    raise Over from None
            self.time, left = self.time + seconds, left - seconds

        @contextmanager
        def connected(**_: object) -> Iterator[tuple[Any, ...]]:
            def nothing(*_: object) -> None: ...

            yield NODE, self.receive, self.send, nothing, nothing, self.pull, self.push, nothing

        with pytest.MonkeyPatch.context() as patched, suppress(Over):
            began = now()
            patched.setattr(in_memory_corestate, "now", lambda: began + timedelta(seconds=self.time))
            patched.setattr(flower, "_init_connection", connected)
            patched.setattr(flower, "register_signal_handlers", lambda **_: None)
            patched.setattr(flower, "time", SimpleNamespace(sleep=pause))
            self.become_node(patched, pause)
            states = SimpleNamespace(
                state=lambda: self.state, objectstore_factory=SimpleNamespace(store=lambda: self.state.object_store)
            )
            flower.start_client_internal(
                state_factory=cast("NodeStateFactory", states), server_address="", node_config={}, isolation="process"
            )

    def become_node(self, patched: pytest.MonkeyPatch, pause: Callable[[float], None]) -> None:
        """As `cloister.client.supernode` does."""

        def unreached(_seconds: float) -> None:
            pytest.fail("Flower's own node sleeps")

        for owner, name in (
            (flower, "_pull_and_store_message"),
            (flower, "_push_messages"),
            (flower, "pull_objects"),
            (InMemoryObjectStore, "preregister"),
            (InMemoryNodeState, "_on_task_tokens_expired"),
        ):
            patched.setattr(owner, name, getattr(owner, name))
        patched.setattr(flower, "time", SimpleNamespace(sleep=unreached))
        tell_of_lost_messages()
        answer_side_by_side(self.carrying, lambda: self.time, pause)

    @contextmanager
    def carrying(self) -> Iterator[None]:
        assert not self.carries
        self.carries = True
        yield
        self.carries = False


class FlowersOwn(World):
    """The same with nothing of ours."""

    def become_node(self, patched: pytest.MonkeyPatch, pause: Callable[[float], None]) -> None: ...


@dataclass
class Program:
    """A program that answers one message; it does nothing but what it is told."""

    state: InMemoryNodeState
    task: Task
    message: Message

    @property
    def run(self) -> int:
        return self.message.metadata.run_id

    @property
    def asked(self) -> str:
        return self.message.metadata.message_id

    def lives(self, seconds: float) -> Scene:
        """Show signs of life for so long."""
        for _ in range(int(seconds // 10)):
            self.gives_sign()
            yield 10.0

    def gives_sign(self) -> None:
        assert self.state.acknowledge_task_heartbeat(self.task.task_id)

    def hand_over(self, parts: float = float("inf")) -> None:
        """Hand over the answer, or so many of its parts; the task goes on."""
        left = itertools.count()

        def push_object(request: Any) -> Any:
            if next(left) >= parts:
                raise Over
            return runtime_handlers.push_object(request, self.state, self.task)

        client: Any = SimpleNamespace(
            PushMessages=lambda request: runtime_handlers.push_messages(request, self.state, self.task),
            PushObject=push_object,
        )
        reply = Message(RecordDict({"own": ConfigRecord({"text": own_answer(self.asked)})}), reply_to=self.message)
        with suppress(Over):
            push_message(client, reply, Context(self.run, NODE, {}, RecordDict(), {}))

    def answer(self) -> None:
        self.hand_over()
        assert self.state.finish_task(self.task.task_id, SubStatus.COMPLETED, "")


def own_answer(asked: str) -> str:
    return f"the answer to {asked}"


@pytest.fixture
def world() -> World:
    return new(World)


def new(kind: type[World]) -> World:
    state = NodeStateFactory(objectstore_factory=ObjectStoreFactory()).state()
    assert isinstance(state, InMemoryNodeState)
    return kind(state)


def test_a_node_is_seen_to_carry_from_the_first_part_of_a_message_to_the_last_of_its_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large answer takes longer to send than anything that looks at the programs alone would wait."""
    seen: dict[str, list[bool]] = {"fetching": [], "sending": []}
    fetch, push = world.pull, world.push

    def pull(run: int, name: str) -> bytes:
        seen["fetching"].append(world.carries)
        return fetch(run, name)

    def hand_over(run: int, asked: str, name: str, content: bytes) -> None:
        seen["sending"].append(world.carries)
        push(run, asked, name, content)

    monkeypatch.setattr(world, "pull", pull)
    monkeypatch.setattr(world, "push", hand_over)

    def scene() -> Scene:
        yield 10.0
        assert not world.carries
        world.offer(ALPHA, "1")
        world.offer(ALPHA, "2")
        yield 10.0
        for _ in range(2):
            assert world.carries
            (program,) = world.begun()
            program.hand_over()
            assert world.carries
            assert world.state.finish_task(program.task.task_id, SubStatus.COMPLETED, "")
            yield 10.0
        assert not world.carries

    world.play(scene())
    assert seen["fetching"]
    assert seen["sending"]
    assert all([*seen["fetching"], *seen["sending"]])


def test_what_cannot_be_sent_or_fetched_is_not_carried_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> Any:
        raise RuntimeError("gone")

    monkeypatch.setattr(world, "pull", breaks)

    def scene() -> Scene:
        world.offer(ALPHA, "1")
        yield 10.0
        assert not world.carries

    world.play(scene())


def nothing_left(world: World) -> bool:
    store = world.state.object_store
    assert isinstance(store, InMemoryObjectStore)
    return not world.state.msg_store and not store.store


@pytest.mark.parametrize(("kind", "meanwhile"), [(FlowersOwn, []), (World, ["short"])])
def test_a_study_is_answered_while_another_one_trains(kind: type[World], meanwhile: list[str]) -> None:
    """Flower's own node hands nothing over until the training's answer has been sent."""
    world, names = new(kind), {}

    def scene() -> Scene:
        names[world.offer(ALPHA, "training")] = "long"
        yield 10.0
        training = world.begin()
        yield from training.lives(600.0)
        names[world.offer(BETA, "unmask")] = "short"
        yield 10.0
        for program in world.begun():
            program.answer()
        yield 10.0
        assert [names[asked] for asked, _ in world.sent] == meanwhile
        training.answer()
        yield 10.0
        for program in world.begun():
            program.answer()
        yield 10.0
        assert [names[asked] for asked, _ in world.sent] == [*meanwhile, "long", "short"][:2]
        assert world.own == set(names)

    world.play(scene())


def test_of_one_run_a_message_is_held_back_until_the_one_before_it_is_answered(world: World) -> None:
    def scene() -> Scene:
        asked = [world.offer(ALPHA, f"{number}") for number in range(3)]
        other = world.offer(BETA, "other")
        yield 10.0
        assert not world.there
        programs = {program.run: program for program in world.begun()}
        assert [programs[run].asked for run in (ALPHA, BETA)] == [asked[0], other]
        programs[ALPHA].answer()
        yield 10.0
        (second,) = world.begun()
        assert second.asked == asked[1]
        second.answer()
        yield 10.0
        (third,) = world.begun()
        programs[BETA].answer()
        third.answer()
        yield 10.0
        assert [sent for sent, _ in world.sent] == [*asked[:2], other, asked[2]]
        assert nothing_left(world)

    world.play(scene())


def test_so_many_runs_are_in_work_and_the_others_wait_at_the_superlink(world: World) -> None:
    def scene() -> Scene:
        for run in range(MOST_RUNS + 2):
            world.offer(ALPHA + run, "training")
        yield 60.0
        programs = world.begun()
        assert len(programs) == MOST_RUNS
        assert len(world.there) == 2
        programs[3].answer()
        yield 10.0
        assert [program.run for program in world.begun()] == [ALPHA + MOST_RUNS]
        assert len(world.there) == 1

    world.play(scene())


def test_runs_that_end_while_their_messages_are_fetched_leave_nothing_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flower's own step forgets to clean up, and a run seemed to be in work ever after: a node took in so many."""
    fetch, asked = world.pull, [0]

    def ended(run: int, name: str) -> bytes:
        if run > GAMMA:
            raise RunNotRunningException
        return fetch(run, name)

    monkeypatch.setattr(world, "pull", ended)

    def scene() -> Scene:
        for number in range(1, 2 * MOST_RUNS):
            world.offer(GAMMA + number, "training")
        yield 60.0
        assert world.there == []
        assert nothing_left(world)
        assert not world.begun()
        answered = world.offer(GAMMA, "training")
        yield 10.0
        world.begin().answer()
        yield 10.0
        assert world.sent == [(answered, 0)]
        assert nothing_left(world)
        asked[0] += 1

    world.play(scene())
    assert asked == [1]


@pytest.mark.parametrize("parts", [None, 0, 1, 2], ids=["no answer", "announced", "one part", "two parts"])
def test_a_program_that_dies_costs_its_own_study_one_message_and_others_nothing(
    world: World, parts: int | None
) -> None:
    """Wherever it died: before it answered, or while it handed its answer over."""

    def scene() -> Scene:
        dying, other, next_asked = world.offer(ALPHA, "1"), world.offer(BETA, "2"), world.offer(ALPHA, "3")
        yield 10.0
        programs = {program.run: program for program in world.begun()}
        if parts is not None:
            programs[ALPHA].hand_over(parts)
        yield EXPIRED / 2
        programs[BETA].gives_sign()
        third = world.offer(GAMMA, "4")
        yield EXPIRED / 2 + 1
        assert world.sent == [(dying, CRASHED)]
        programs |= {program.run: program for program in world.begun()}
        for run in (BETA, GAMMA, ALPHA):
            programs[run].answer()
        yield 10.0
        assert sorted(world.sent[1:]) == sorted([(other, 0), (third, 0), (next_asked, 0)])
        assert nothing_left(world)

    world.play(scene())


def test_an_answer_that_was_handed_over_is_sent_although_the_program_died_then(world: World) -> None:
    def scene() -> Scene:
        asked = world.offer(ALPHA, "1")
        yield 10.0
        world.begin().hand_over()
        yield EXPIRED + 1
        assert world.sent == [(asked, 0)]
        assert nothing_left(world)

    world.play(scene())


@given(st.lists(st.tuples(st.sampled_from(["offer", "begin", "answer", "die"]), st.integers(0, 11)), max_size=40))
def test_whatever_the_order_every_message_is_answered_once_and_nothing_stays_behind(
    steps: list[tuple[str, int]],
) -> None:
    world, at_work = new(World), list[Program]()
    offered, dead = dict[int, list[str]](), set[str]()

    def rest() -> Scene:
        yield 6.0
        for program in at_work:
            program.gives_sign()
        runs = [program.run for program in at_work]
        assert len(runs) == len(set(runs))
        assert len(runs) <= MOST_RUNS

    def scene() -> Scene:
        yield 1.0
        for number, (step, which) in enumerate(steps):
            if step == "offer":
                offered.setdefault(ALPHA + which, []).append(world.offer(ALPHA + which, str(number)))
            elif step == "begin":
                at_work.extend(world.begun())
            elif at_work:
                program = at_work.pop(which % len(at_work))
                if step == "answer":
                    program.answer()
                else:
                    dead.add(program.asked)
            yield from rest()
        while len(world.sent) < sum(map(len, offered.values())):
            at_work.extend(world.begun())
            while at_work:
                at_work.pop().answer()
            yield EXPIRED

    world.play(scene())
    assert world.own == {sent for sent, said in world.sent if not said}
    for asked in offered.values():
        assert [sent for sent, _ in world.sent if sent in asked] == asked
    assert {sent for sent, said in world.sent if said == CRASHED} == dead
    assert nothing_left(world)


@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 50)), min_size=1, max_size=6))
def test_whatever_comes_is_seen_soon_and_never_later_than_by_flowers_own(waits: list[tuple[bool, float]]) -> None:
    """After a quarter of the time in which nothing came or went (answers: an eighth), 50 ms, or as by Flower's own."""
    world, runs, quiet_since = new(World), itertools.count(ALPHA), 0.0
    training: Program | None = None

    def check_seen(came: float, seen: float, longest: float, share: float) -> None:
        nonlocal quiet_since
        assert seen - came <= min(longest, max(0.05, (came - quiet_since) * share)) + 1e-6
        quiet_since = seen

    def scene() -> Scene:
        nonlocal training
        for is_answer, seconds in waits:
            yield seconds
            came = world.time
            if training is not None and is_answer:
                training.answer()
                training, before = None, len(world.sent)
                while len(world.sent) == before:
                    yield 0.05
                check_seen(came, world.sent_at[-1], LONGEST_AT_WORK, 1 / 8)
            else:
                world.offer(next(runs), "training")
                while world.there:
                    yield 0.05
                check_seen(came, max(world.looks), LONGEST_IDLE, 1 / 4)
                training = world.begin()

    world.play(scene())


def test_an_idle_node_asks_as_seldom_as_flowers_own(world: World) -> None:
    world.play(iter([3600.0]))
    assert len(world.looks) < 3600 / LONGEST_IDLE + 50
    assert world.looks[-1] - world.looks[-2] == LONGEST_IDLE


@pytest.mark.parametrize("took", [0.1, 0.6, 20.0])
def test_a_busy_superlink_is_asked_less_often(took: float, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look that took long is followed by three times as long a rest, or as long a one as Flower's own."""
    at_once, ended = world.receive, list[float]()

    def slow() -> None:
        at_once()
        world.time += took
        ended.append(world.time)

    monkeypatch.setattr(world, "receive", slow)
    world.play(iter([60.0]))
    rests = [begun - end for end, begun in zip(ended, world.looks[1:], strict=False)]
    assert min(rests) == pytest.approx(min(3 * took, LONGEST_IDLE))
    assert max(rests) == pytest.approx(LONGEST_IDLE)


def test_a_node_at_work_asks_no_more_often(world: World) -> None:
    def scene() -> Scene:
        world.offer(ALPHA, "training")
        yield 1.0
        yield from world.begin().lives(3600.0)

    world.play(scene())
    assert len(world.looks) < 3600 / LONGEST_IDLE + 100


@pytest.mark.parametrize(("kind", "alone"), [(FlowersOwn, False), (World, True)])
def test_a_message_that_comes_is_noted_whole_before_another_ones_arrays_may_go(
    kind: type[World], alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flower's own lets go of what both share between noting the arrays and noting the message that needs them."""
    world, could_be_deleted = new(kind), list[bool]()

    def seen(tree: ObjectTree) -> Iterator[ObjectTree]:
        for part in iterate_object_tree(tree):
            other = threading.Thread(target=try_lock)
            other.start()
            other.join()
            yield part

    def try_lock() -> None:
        store = world.state.object_store
        assert isinstance(store, InMemoryObjectStore)
        free = store.lock_store.acquire(blocking=False)
        could_be_deleted.append(free)
        if free:
            store.lock_store.release()

    monkeypatch.setattr(in_memory_object_store, "iterate_object_tree", seen)

    def scene() -> Scene:
        world.offer(ALPHA, "1")
        yield 10.0

    world.play(scene())
    assert could_be_deleted
    assert set(could_be_deleted) == {not alone}


def note_waits(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the waits for parts noted instead."""

    class Waiting(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0.0)
            return False

    monkeypatch.setattr(inflatable_utils, "threading", SimpleNamespace(Event=Waiting, Lock=threading.Lock))


@pytest.mark.parametrize(("kind", "longest"), [(World, 0.06), (FlowersOwn, 1.2)])
def test_parts_that_are_still_on_their_way_are_asked_for_again_soon(
    kind: type[World], longest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part is there at the third look. Flower draws its waits, of 1 s and then 2 s, within a fifth of that."""
    world, asked, waits = new(kind), Counter[str](), list[float]()
    there = world.pull

    def late(run: int, name: str) -> bytes:
        asked[name] += 1
        if asked[name] < 3:
            raise ObjectUnavailableError(name)
        return there(run, name)

    note_waits(waits, monkeypatch)
    monkeypatch.setattr(world, "pull", late)

    def scene() -> Scene:
        world.offer(ALPHA, "1")
        yield 10.0

    world.play(scene())
    assert set(asked.values()) == {3}
    assert longest / 2 <= max(waits) / 2 <= longest


def test_nothing_is_asked_for_in_vain_but_the_part_that_is_handed_over_last(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 20
    asked, waits, there = list[str](), list[float](), world.pull

    def late(run: int, name: str) -> bytes:
        asked.append(name)
        if len(asked) < looks:
            raise ObjectUnavailableError(name)
        return there(run, name)

    note_waits(waits, monkeypatch)
    monkeypatch.setattr(world, "pull", late)

    def scene() -> Scene:
        message = world.offer(ALPHA, "1")
        yield 10.0
        assert asked[:looks] == [message] * looks
        assert sorted(asked[looks - 1 :]) == sorted(world.contents)

    world.play(scene())
    assert len(waits) == looks - 1
    assert max(waits) < 1.2


def test_the_loop_of_flowers_node_is_as_was_read() -> None:
    _, _, loop = inspect.getsource(flower.start_client_internal).partition("        while True:\n")
    steps = "".join(line.strip() for line in loop.splitlines() if not line.strip().startswith("#"))
    assert steps == (
        "run_id = _pull_and_store_message("
        "state=state,object_store=store,node_config=node_config,receive=receive,get_run=get_run,get_fab=get_fab,"
        "pull_object=pull_object,confirm_message_received=confirm_message_received,trusted_entities=trusted_entities,)"
        "if run_id is None:time.sleep(3)continue"
        "_push_messages(state=state,object_store=store,send=send,push_object=push_object,)"
    )

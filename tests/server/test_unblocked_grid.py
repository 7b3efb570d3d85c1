"""A reply is given once it is complete; one that is not keeps no other reply waiting, nor the coordinator.

The SuperLink here hands out what Flower's own functions make of a message, but only the chunks that have arrived.
"""

import threading
import tracemalloc
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, Message, RecordDict
from flwr.app.message import make_message, remove_content_from_message
from flwr.app.metadata import Metadata
from flwr.common.serde import message_to_proto
from flwr.proto.message_pb2 import (
    ConfirmMessageReceivedRequest,
    PullObjectRequest,
    PullObjectResponse,
    PushObjectRequest,
    PushObjectResponse,
)
from flwr.proto.runtime_pb2 import (
    PullAppMessagesRequest,
    PullAppMessagesResponse,
    PushAppMessagesRequest,
    PushAppMessagesResponse,
)
from flwr.supercore.inflatable.inflatable_object import get_all_nested_objects, get_object_tree, iterate_object_tree
from flwr.supercore.run import Run
from flwr.supercore.task_identity import TaskIdentity
from flwr.superlink.grid.http_grid import HttpGrid
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.server import unblocked_grid
from cloister.server.unblocked_grid import UnblockedGrid
from cloister.strategies.asking import replies_to
from cloister.study.busy_superlink import PAUSES

RUN, NODE = 7, 3


class SuperLink:
    """Flower's Runtime API, as far as a grid asks it for replies."""

    def __init__(self) -> None:
        self.replies: dict[str, Message] = {}
        self.given: set[str] = set()
        self.chunks: dict[str, bytes] = {}
        self.arrived: set[str] = set()
        self.expired: set[str] = set()
        self.confirmed: list[str] = []
        self.pulled = 0
        self.pushed: list[str] = []
        self.unfinished: list[set[str]] = []
        """At each announcement of messages, the chunks that were announced before and are still to come."""
        self.refusals: dict[str, int] = {}
        self.gone: set[int] = set()
        self._due: set[str] = set()

    def announce(self, question: str, value: float, **claims: object) -> list[str]:
        """A site's reply, none of whose chunks is there yet; returns their names."""
        content = RecordDict({"arrays": ArrayRecord({"w": Array(np.full(3, value)), "b": Array(np.full(2, -value))})})
        reply = make_message(metadata=_metadata(question, **claims), content=content)
        reply.metadata.__dict__["_message_id"] = reply.object_id
        self.replies[question] = reply
        parts = {name: part.deflate() for name, part in get_all_nested_objects(reply).items()}
        self.chunks |= parts
        return list(parts)

    def PushMessages(self, request: PushAppMessagesRequest) -> PushAppMessagesResponse:  # noqa: N802 - Flower's name
        self.unfinished.append(set(self._due))
        if {message.metadata.dst_node_id for message in request.messages_list} & self.gone:
            return PushAppMessagesResponse(message_ids=[""], session_id="s")
        named = {part.object_id for tree in request.message_object_trees for part in iterate_object_tree(tree)}
        self._due |= named - set(self.pushed)
        identities = [message.metadata.message_id for message in request.messages_list]
        return PushAppMessagesResponse(message_ids=identities, objects_to_push=self._due, session_id="s")

    def PushObject(self, request: PushObjectRequest) -> PushObjectResponse:  # noqa: N802 - Flower's name
        name = request.object_id
        self.pushed.append(name)
        self._due.discard(name)
        self.refusals[name] = self.refusals.get(name, 0) - 1
        return PushObjectResponse(stored=self.refusals[name] < 0)

    def PullMessages(self, request: PullAppMessagesRequest) -> PullAppMessagesResponse:  # noqa: N802 - Flower's name
        new = [name for name in request.message_ids if name in self.replies and name not in self.given]
        self.given |= set(new)
        replies = [self.replies[name] for name in new]
        announcements = [message_to_proto(remove_content_from_message(reply)) for reply in replies]
        for name, announcement in zip(new, announcements, strict=True):
            announcement.metadata.src_node_id = NODE  # whom the SuperLink knows by the request's signature
            announcement.metadata.reply_to_message_id = name
        return PullAppMessagesResponse(
            messages_list=announcements,
            message_object_trees=[get_object_tree(reply) for reply in replies],
        )

    def PullObject(self, request: PullObjectRequest) -> PullObjectResponse:  # noqa: N802 - Flower's name
        name = request.object_id
        if name in self.expired:
            return PullObjectResponse(object_found=False)
        if name not in self.arrived:
            return PullObjectResponse(object_found=True, object_available=False)
        self.pulled += 1
        return PullObjectResponse(object_found=True, object_available=True, object_content=self.chunks[name])

    def ConfirmMessageReceived(self, request: ConfirmMessageReceivedRequest) -> None:  # noqa: N802 - Flower's name
        self.confirmed.append(request.message_object_id)


def _metadata(question: str, **claims: Any) -> Metadata:
    told = {"src_node_id": NODE, "reply_to_message_id": question, **claims}
    return Metadata(
        run_id=RUN, message_id="", dst_node_id=1, group_id="", created_at=1.0, ttl=1e6, message_type="train", **told
    )


def grid_to(link: SuperLink) -> UnblockedGrid:
    flowers = HttpGrid(token="a token")
    flowers.set_run(Run.create_empty(RUN))
    client: Any = link
    flowers._client = client
    return UnblockedGrid(flowers, pause=lambda _: None)


def value_of(message: Message) -> float:
    return float(message.content.array_records["arrays"]["w"].numpy()[0])


@settings(max_examples=25)
@given(st.data())
def test_whatever_arrives_when_each_reply_is_given_once_as_soon_as_it_is_complete(data: st.DataObject) -> None:
    link = SuperLink()
    grid = grid_to(link)
    missing = {name: set(link.announce(name, float(number))) for number, name in enumerate("abc")}
    order = data.draw(st.permutations(sorted({chunk for chunks in missing.values() for chunk in chunks})))
    given: list[str] = []
    for chunk in order:
        link.arrived.add(chunk)
        for chunks in missing.values():
            chunks.discard(chunk)
        asked = data.draw(st.lists(st.sampled_from("abc"), unique=True))
        found = [message.metadata.reply_to_message_id for message in grid.pull_messages(asked)]
        assert sorted(found) == sorted(name for name in asked if not missing[name] and name not in given)
        given += found
    rest = {message.metadata.reply_to_message_id: value_of(message) for message in grid.pull_messages("abc")}
    assert sorted([*given, *rest]) == ["a", "b", "c"]
    assert all(value == "abc".index(name) for name, value in rest.items())
    assert len(link.confirmed) == 3
    assert list(grid.pull_messages("abc")) == []


def test_a_reply_that_is_never_finished_ends_as_flower_says_it() -> None:
    link = SuperLink()
    grid = grid_to(link)
    chunks = link.announce("a", 1.0)
    link.arrived = set(chunks[1:])
    assert list(grid.pull_messages(["a"])) == []
    link.expired.add(chunks[0])
    (told,) = grid.pull_messages(["a"])
    assert (told.metadata.reply_to_message_id, told.error.code) == ("a", 3)
    assert list(grid.pull_messages(["a"])) == []


def test_chunks_that_arrive_slowly_are_fetched_once() -> None:
    link = SuperLink()
    grid = grid_to(link)
    chunks = link.announce("a", 1.0)
    for chunk in chunks:
        assert list(grid.pull_messages(["a"])) == []
        link.arrived.add(chunk)
    assert len(list(grid.pull_messages(["a"]))) == 1
    assert link.pulled == len(chunks)


@settings(max_examples=25)
@given(st.data())
def test_chunks_that_arrive_in_an_order_of_their_own_are_fetched_at_most_three_times(data: st.DataObject) -> None:
    link = SuperLink()
    grid = grid_to(link)
    *others, last = link.announce("a", 1.0)
    for chunk in (last, *data.draw(st.permutations(others))):
        assert list(grid.pull_messages(["a"])) == []
        link.arrived.add(chunk)
    assert len(list(grid.pull_messages(["a"]))) == 1
    looks_at_the_last = 2
    assert link.pulled <= 3 * len(others) + looks_at_the_last


def test_no_message_is_announced_before_the_last_one_was_handed_over_and_a_shared_array_goes_once() -> None:
    """Nodes ask for the parts of what was announced, again and again until they are there."""
    link, messages = SuperLink(), two_messages()
    identities = grid_to(link).push_messages(messages)
    assert link.unfinished == [set(), set()]
    assert set(link.pushed) == {name for message in messages for name in get_all_nested_objects(message)}
    assert len(link.pushed) == len(set(link.pushed))
    assert list(identities) == [message.metadata.message_id for message in messages]


def test_a_chunk_that_is_refused_because_it_is_there_already_ends_nothing() -> None:
    link, messages = SuperLink(), two_messages()
    link.arrived = set(get_all_nested_objects(messages[0]))
    link.chunks = dict.fromkeys(link.arrived, b"a chunk")
    link.refusals = dict.fromkeys(link.arrived, 1)
    assert list(grid_to(link).push_messages(messages)) == [message.metadata.message_id for message in messages]
    assert len(link.pushed) == len(set(link.pushed))


def test_one_that_is_refused_because_the_superlink_is_busy_is_sent_again() -> None:
    link, messages = SuperLink(), two_messages()
    link.refusals = dict.fromkeys(get_all_nested_objects(messages[0]), len(PAUSES))
    assert list(grid_to(link).push_messages(messages)) == [message.metadata.message_id for message in messages]
    assert set(link.refusals.values()) == {-1}


def test_a_message_of_which_a_chunk_is_refused_for_good_was_not_handed_over_and_keeps_no_other_back() -> None:
    link, messages = SuperLink(), two_messages()
    link.refusals = {messages[0].object_id: 1000}
    assert list(grid_to(link).push_messages(messages)) == [messages[1].metadata.message_id]


def test_a_message_to_a_node_that_has_gone_does_not_count_as_handed_over() -> None:
    link, messages = SuperLink(), two_messages()
    link.gone = {1}
    assert list(grid_to(link).push_messages(messages)) == [messages[1].metadata.message_id]


def two_messages() -> list[Message]:
    """For two nodes, with one model."""
    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = RUN
    model = ArrayRecord({"w": Array(np.full(3, 1.0))})
    return [
        Message(RecordDict({"arrays": model, "config": ConfigRecord({"site": node})}), node, "train") for node in (1, 2)
    ]


BROKEN = {
    "another length": b"Message 3\x00abc",
    "no children": b"Message  0\x00",
    "no message": b"ConfigRecord  0\x00",
    "a record that is none": b"RecordDict  2\x00[]",
    "no protobuf": b"Message  4\x00\xff\xff\xff\xff",
    "no type": b"Nothing  0\x00",
    "no head": b"",
    "no text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("bytes_of_it", BROKEN.values(), ids=BROKEN)
def test_a_reply_that_cannot_be_taken_apart_spoils_no_other(bytes_of_it: bytes) -> None:
    link = SuperLink()
    grid = grid_to(link)
    for number, name in enumerate("abc"):
        link.arrived |= set(link.announce(name, float(number)))
    link.chunks[link.replies["b"].object_id] = bytes_of_it
    check_only_b_is_refused(grid)


@settings(max_examples=200)
@given(st.data())
def test_no_bytes_of_a_site_end_a_run(data: st.DataObject) -> None:
    link = SuperLink()
    grid = grid_to(link)
    for number, name in enumerate("abc"):
        link.arrived |= set(link.announce(name, float(number)))
    mine = set(get_all_nested_objects(link.replies["b"])) - set(get_all_nested_objects(link.replies["a"]))
    hit = data.draw(st.sampled_from(sorted(mine)))
    kind, _, rest = link.chunks[hit].partition(b" ")
    kinds = st.sampled_from([kind, b"Message", b"RecordDict", b"ArrayRecord", b"Array", b"ArrayChunk", b"ConfigRecord"])
    children = st.lists(st.sampled_from(sorted(link.chunks)), max_size=3).map(lambda names: ",".join(names).encode())
    body = data.draw(st.binary(max_size=40) | st.sampled_from([b"[]", b"{}", b"null", rest.partition(b"\x00")[2]]))
    head = b" ".join([data.draw(kinds), data.draw(children), str(len(body)).encode()])
    link.chunks[hit] = head + b"\x00" + body
    with suppress(ValueError):
        grid.pull_messages("b")
    assert [value_of(message) for message in grid.pull_messages("ac")] == [0.0, 2.0]


@pytest.mark.parametrize("claim", [{"src_node_id": 99}, {"reply_to_message_id": "a"}], ids=str)
def test_a_reply_is_taken_for_the_node_that_sent_it_whatever_it_says_of_itself(claim: dict[str, object]) -> None:
    link = SuperLink()
    grid = grid_to(link)
    for number, name in enumerate("abc"):
        link.arrived |= set(link.announce(name, float(number), **(claim if name == "b" else {})))
    check_only_b_is_refused(grid)


def test_a_reply_of_endless_chunks_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unblocked_grid, "_MOST_CHUNKS", 2)
    link = SuperLink()
    grid = grid_to(link)
    link.arrived |= set(link.announce("a", 1.0))
    with pytest.raises(ValueError, match="chunks"):
        grid.pull_messages("a")
    assert link.pulled == 0


def test_a_reply_of_more_bytes_than_it_may_have_is_refused_and_spoils_no_other() -> None:
    link = SuperLink()
    grid = grid_to(link)
    for number, name in enumerate("abc"):
        link.arrived |= set(link.announce(name, float(number)))
    (data,) = [name for name in get_all_nested_objects(link.replies["b"]) if is_data(link, name, 1.0)]
    grid.most_bytes = 10_000
    link.chunks[data] = b"ArrayChunk  10000\x00" + bytes(10_000)
    check_only_b_is_refused(grid)


@pytest.mark.parametrize("times", [500, 10**7])
def test_an_array_that_names_one_chunk_endlessly_is_refused_before_it_is_put_together(times: int) -> None:
    link = SuperLink()
    grid = grid_to(link)
    for number, name in enumerate("abc"):
        link.arrived |= set(link.announce(name, float(number)))
    chunk = b"ArrayChunk  1048576\x00" + bytes(2**20)
    (data,) = [name for name in get_all_nested_objects(link.replies["b"]) if is_data(link, name, 1.0)]
    (array,) = [name for name, part in link.chunks.items() if part.startswith(b"Array " + data.encode())]
    body = b'{"dtype":"float32","shape":[4],"stype":"numpy.ndarray","arraychunk_ids":[0' + b",0" * times + b"]}"
    link.chunks |= {data: chunk, array: b"Array %s %d\x00%s" % (data.encode(), len(body), body)}
    grid.most_bytes = 2**28
    tracemalloc.start()
    check_only_b_is_refused(grid)
    assert tracemalloc.get_traced_memory()[1] < 2**27
    tracemalloc.stop()


def is_data(link: SuperLink, name: str, value: float) -> bool:
    return link.chunks[name].startswith(b"ArrayChunk") and np.full(3, value).tobytes() in link.chunks[name]


def test_a_call_looks_for_so_many_missing_chunks_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unblocked_grid, "_LOOKS_A_CALL", 2)
    link = SuperLink()
    grid = grid_to(link)
    *others, last = link.announce("a", 1.0)
    link.arrived.add(last)
    assert list(grid.pull_messages("a")) == []
    link.arrived |= set(others)
    calls = 1
    while not list(grid.pull_messages("a")):
        assert link.pulled == 1 + 2 * calls
        calls += 1
    assert calls == -(-len(others) // 2)


def check_only_b_is_refused(grid: UnblockedGrid) -> None:
    with pytest.raises(ValueError, match=r".*"):
        grid.pull_messages("abc")
    with pytest.raises(ValueError, match=r".*"):
        grid.pull_messages("b")
    assert [value_of(message) for message in grid.pull_messages("abc")] == [0.0, 2.0]


def test_a_site_that_holds_a_chunk_back_cannot_hold_up_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flower's own grid would wait for it in a sleep of its own; here the coordinator's clock decides."""
    link = SuperLink()
    grid = grid_to(link)
    clock = iter(range(1000))

    def push(messages: list[Message]) -> list[str]:
        for message in messages:
            name = f"{message.metadata.dst_node_id}/{len(link.replies)}"
            message.metadata.__dict__["_message_id"] = name
            chunks = link.announce(name, float(message.metadata.dst_node_id))
            link.arrived |= set(chunks if message.metadata.dst_node_id == 1 else chunks[:-1])
        return [message.metadata.message_id for message in messages]

    monkeypatch.setattr(grid, "push_messages", push)
    monkeypatch.setattr(grid, "get_node_ids", lambda: [1, 2])
    wait = threading.Event.wait

    def wait_for_nothing(event: threading.Event, timeout: float | None = None) -> bool:
        assert timeout is None, "it sleeps"
        return wait(event)

    monkeypatch.setattr(threading.Event, "wait", wait_for_nothing)
    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = RUN
    messages = [Message(RecordDict(), node, "train") for node in (1, 2)]
    replies = replies_to(grid, messages, 30.0, clock=lambda: float(next(clock)), pause=lambda _: None)
    assert [(node, value_of(reply)) for node, reply in replies] == [(1, 1.0)]

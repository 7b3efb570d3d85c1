"""Messages one after another, and replies without waiting for those of which a part is still to come.

Flower tells the coordinator of a reply as soon as a site has announced it, and its `HttpGrid.pull_messages` then waits
until the last chunk is there: for as long as the SuperLink keeps the upload open, three minutes after each chunk, up to
two hours. One site whose connection broke off, or that holds a chunk back on purpose, would hold up all others' round
past its deadline. Here such a reply is looked at again at the next call, and the caller keeps its own time. A look asks
for the chunk that nodes hand over last; the others are asked for when that is there, so that of what an honest site
sends nothing is fetched twice.

Of a reply so many bytes are held, received and unpacked, and no more: an array may name one chunk of its own a hundred
thousand times.

What it uses of Flower is private, and Flower's version pinned; `tests/server/test_unblocked_grid.py` holds it to that.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flwr.app import Error, Message, RecordDict
from flwr.app.message import make_message, remove_content_from_message
from flwr.app.metadata import Metadata
from flwr.common.constant import ErrorCode
from flwr.common.serde import message_to_proto
from flwr.proto.message_pb2 import (
    ConfirmMessageReceivedRequest,
    PullObjectRequest,
    PushObjectRequest,
    PushObjectResponse,
)
from flwr.proto.runtime_pb2 import PullAppMessagesRequest, PushAppMessagesRequest
from flwr.serverapp import Grid
from flwr.supercore.constant import SYSTEM_MESSAGE_TYPE
from flwr.supercore.inflatable.inflatable_object import (
    get_all_nested_objects,
    get_object_tree,
    iterate_object_tree,
    no_object_id_recompute,
)
from flwr.supercore.inflatable.inflatable_protobuf_utils import (
    make_pull_object_fn_protobuf,
    make_push_object_fn_protobuf,
)
from flwr.supercore.inflatable.inflatable_utils import (
    ObjectPullError,
    ObjectPushError,
    ObjectUnavailableError,
    inflate_object_from_contents,
    pull_objects,
    push_objects,
)

from cloister.study.busy_superlink import stored_in_the_end
from cloister.study.unpacked_bytes import unpacked_bytes

if TYPE_CHECKING:
    from flwr.proto.message_pb2 import Message as Announcement
    from flwr.supercore.run import Run
    from flwr.superlink.grid.http_grid import HttpGrid

log = logging.getLogger("cloister.coordinator")

_MOST = 4096
"""Replies that are remembered as incomplete; beyond, the oldest are forgotten."""
_MOST_CHUNKS = 20_000
"""Chunks of a reply. Flower cuts arrays into chunks of 5 MiB: such a reply has 100 GB."""
_LOOKS_A_CALL = 256
"""Missing chunks of one reply that a call looks for, each with a request."""


class _NotYetThereError(Exception):
    """A chunk has not arrived."""


@dataclass
class _Announced:
    """A reply of which the chunks are arriving."""

    announcement: Announcement
    chunks: tuple[str, ...]
    absent: list[str] = field(default_factory=list)
    """Chunks that were not seen yet, after one was missing though the last was there: they are looked for one by one,
    and none is held."""


class UnblockedGrid(Grid):
    """Flower's grid, but for replies that are not complete: they are given when they are; and for announcements.

    Args:
        grid: Flower's own.
        pause: waits a number of seconds; passed in for tests.

    Attributes:
        most_bytes: of a reply; larger ones are refused.
    """

    def __init__(self, grid: HttpGrid, pause: Callable[[float], None] = time.sleep) -> None:
        self._grid, self._pause = grid, pause
        self.most_bytes = 2**30
        self._announced: dict[str, _Announced] = {}
        self._decoded: dict[str, Message] = {}
        """What a call that failed had found besides."""

    def set_run(self, run: Run) -> None:
        """As Flower's."""
        self._grid.set_run(run)

    @property
    def run(self) -> Run:
        """As Flower's."""
        return self._grid.run

    def create_message(
        self, content: RecordDict, message_type: str, dst_node_id: int, group_id: str, ttl: float | None = None
    ) -> Message:
        """As Flower's."""
        return self._grid.create_message(content, message_type, dst_node_id, group_id, ttl)

    def get_node_ids(self) -> Iterable[int]:
        """As Flower's."""
        return self._grid.get_node_ids()

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """As Flower's, but each message is announced after the one before was handed over.

        Flower announces all at once. Each node then asks for its own again and again until that has been handed over.

        Returns:
            The identities of those that were handed over; one whose node has gone is not.
        """
        with no_object_id_recompute():  # what messages have in common is hashed once
            return [identity for message in messages if (identity := self._hand_over(message))]

    def send_and_receive(self, messages: Iterable[Message], *, timeout: float | None = None) -> Iterable[Message]:
        """As Flower's, which waits for complete replies."""
        return self._grid.send_and_receive(messages, timeout=timeout)

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        """The complete replies to these messages, each once; and an error for one that will never be complete.

        Raises:
            ValueError: a reply cannot be taken apart, or is not what it was announced as. Asked for alone, it is
                forgotten; the others are given at the next call.
        """
        asked = list(message_ids)
        found = {identity: self._decoded.pop(identity) for identity in asked if identity in self._decoded}
        unknown = [identity for identity in asked if identity not in found and identity not in self._announced]
        if unknown:
            self._ask_for(unknown)
        for identity in asked:
            try:
                if identity in self._announced:
                    found[identity] = self._reply(identity)
                    del self._announced[identity]
            except _NotYetThereError:
                continue
            except ValueError:
                self._decoded |= found
                if asked == [identity]:
                    del self._announced[identity]
                raise
        return list(found.values())

    def _hand_over(self, message: Message) -> str:
        """As Flower's, but a chunk that is refused ends no run. The message's identity, or "" if it is not there."""
        message.metadata.__dict__["_message_id"] = message.object_id
        announced = self._grid._runtime_client.PushMessages(
            PushAppMessagesRequest(
                messages_list=[message_to_proto(remove_content_from_message(message))],
                message_object_trees=[get_object_tree(message)],
            )
        )
        push = make_push_object_fn_protobuf(self._push, self._grid.node, self.run.run_id, announced.session_id)
        try:
            push_objects(get_all_nested_objects(message), push, object_ids_to_push=set(announced.objects_to_push))
        except ObjectPushError:
            log.warning("node %d: its message was not handed over", message.metadata.dst_node_id)
            return ""
        return str(announced.message_ids[0])

    def _push(self, request: PushObjectRequest) -> PushObjectResponse:
        """Send a chunk: again where the SuperLink refuses it, as it does while its database is busy for more than 5 s.

        It also refuses what it has: one that was sent again because the answer to it was lost.
        """
        client = self._grid._runtime_client

        def send() -> bool:
            return client.PushObject(request).stored or self._is_there(request.object_id)

        return PushObjectResponse(stored=stored_in_the_end(send, self._pause))

    def _is_there(self, chunk: str) -> bool:
        question = PullObjectRequest(node=self._grid.node, run_id=self.run.run_id, object_id=chunk)
        return bool(self._grid._runtime_client.PullObject(question).object_available)

    def _ask_for(self, identities: list[str]) -> None:
        answer = self._grid._runtime_client.PullMessages(PullAppMessagesRequest(message_ids=identities))
        for announcement, tree in zip(answer.messages_list, answer.message_object_trees, strict=True):
            chunks = tuple(each.object_id for each in iterate_object_tree(tree))
            self._announced[announcement.metadata.reply_to_message_id] = _Announced(announcement, chunks)
        while len(self._announced) > _MOST:
            del self._announced[next(iter(self._announced))]

    def _reply(self, identity: str) -> Message:
        announced = self._announced[identity]
        try:
            content = self._content(announced)
        except ObjectPullError:
            return self._unavailable(identity)
        message = _inflated(announced.announcement, content, self.most_bytes)
        own = announced.announcement.metadata.message_id
        message.metadata.__dict__["_message_id"] = own
        self._grid._runtime_client.ConfirmMessageReceived(
            ConfirmMessageReceivedRequest(node=self._grid.node, run_id=self.run.run_id, message_object_id=own)
        )
        return message

    def _content(self, reply: _Announced) -> dict[str, bytes]:
        """All chunks.

        Raises:
            _NotYetThereError: one is missing.
            ObjectPullError: one will not come any more.
            ValueError: there are too many, or too many bytes.
        """
        if len(reply.chunks) > _MOST_CHUNKS:
            raise ValueError(f"{len(reply.chunks)} chunks")
        for _ in range(min(len(reply.absent), _LOOKS_A_CALL)):
            self._chunk(reply.absent[-1])
            reply.absent.pop()
        if reply.absent:
            raise _NotYetThereError
        *others, last = reply.chunks
        received = 0

        def bounded(identity: str) -> bytes:
            nonlocal received
            chunk = self._chunk(identity)
            received += len(chunk)
            if received > self.most_bytes:
                raise ValueError(f"more than {self.most_bytes} bytes")
            return chunk

        content = {last: bounded(last)}
        try:
            return content | pull_objects(others, bounded)
        except _NotYetThereError:
            reply.absent = others
            raise

    def _chunk(self, identity: str) -> bytes:
        client = self._grid._runtime_client
        try:
            return make_pull_object_fn_protobuf(client.PullObject, self._grid.node, self.run.run_id)(identity)
        except ObjectUnavailableError:
            raise _NotYetThereError from None  # Flower's own error would have `pull_objects` wait

    def _unavailable(self, identity: str) -> Message:
        """What Flower's grid gives for a reply whose upload was never finished."""
        node = self._grid.node.node_id
        metadata = Metadata(
            run_id=self.run.run_id,
            message_id="",
            src_node_id=node,
            dst_node_id=node,
            message_type=SYSTEM_MESSAGE_TYPE,
            group_id="",
            ttl=0,
            reply_to_message_id=identity,
            created_at=time.time(),
        )
        return make_message(metadata=metadata, error=Error(code=ErrorCode.MESSAGE_UNAVAILABLE, reason=""))


def _inflated(announcement: Announcement, content: dict[str, bytes], most_bytes: int) -> Message:
    """The reply itself.

    Raises:
        ValueError: it cannot be taken apart, is larger than it may be, or says that it comes from another node or
            answers another question than the SuperLink, which knows the node, has it.
    """
    announced = announcement.metadata
    try:
        if unpacked_bytes(content) > most_bytes:
            raise ValueError
        message = inflate_object_from_contents(announced.message_id, content)
    except Exception as problem:  # noqa: BLE001 (a site's bytes bring Flower's code to nearly any)
        raise ValueError(type(problem).__name__) from None
    if not isinstance(message, Message):
        raise ValueError(type(message).__name__)
    told = message.metadata
    if (told.src_node_id, told.reply_to_message_id) != (announced.src_node_id, announced.reply_to_message_id):
        raise ValueError("another node's reply, or to another question")
    return message

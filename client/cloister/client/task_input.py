"""What Flower hands to a program that it starts, pulled from the SuperNode.

As `flwr.supernode.runtime.run_clientapp.pull_task_input`, which gives up where the message is not there yet, and waits
a second, then two, where its objects are not: a warm worker (`warm_worker.py`) is there first. And which puts together
whatever it is sent: a coordinator's message of a megabyte may unpack to as many gigabytes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flwr.app import Context, Message
from flwr.common.serde import context_from_proto, fab_from_proto, run_from_proto
from flwr.proto.node_pb2 import Node
from flwr.proto.runtime_pb2 import PullAppMessagesRequest, PullAppMessagesResponse, PullTaskInputRequest
from flwr.supercore.fab import Fab
from flwr.supercore.inflatable.inflatable_object import iterate_object_tree
from flwr.supercore.inflatable.inflatable_protobuf_utils import (
    make_confirm_message_received_fn_protobuf,
    make_pull_object_fn_protobuf,
)
from flwr.supercore.inflatable.inflatable_utils import inflate_object_from_contents, pull_objects
from flwr.supercore.run import Run
from flwr.supercore.runtime import RuntimeHttpClient
from flwr.supercore.task_identity import TaskIdentity

from cloister.client.polling_pause import polling_pause
from cloister.study.unpacked_bytes import unpacked_bytes

_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 1.0
_MESSAGE_SECONDS: Final = 30.0
"""Flower stores the message just after the task."""
_MOST_BYTES: Final = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4


@dataclass(frozen=True)
class Task:
    """What Flower hands to a program that it starts."""

    message: Message
    context: Context
    run: Run
    bundle: Fab


def pull_task(client: RuntimeHttpClient, pause: Callable[[float], None] = time.sleep) -> Task:
    """Message, context, run and bundle of the client's task; the whole process works for this task from now on.

    Args:
        client: Flower's client, with the task's token.
        pause: waits a number of seconds; passed in for tests.

    Raises:
        TimeoutError: there is no message.
        ObjectPullError: parts of the message do not come.
        ValueError: it would take more than a quarter of this machine's memory.
        TypeError: it is none.
    """
    given = client.PullTaskInput(PullTaskInputRequest())
    TaskIdentity.task_id, TaskIdentity.run_id = given.task_id, given.run.run_id
    TaskIdentity.node_id = given.context.node_id
    context, node = context_from_proto(given.context), Node(node_id=given.context.node_id)
    (tree,) = _message(client, pause).message_object_trees
    parts = pull_objects(
        [part.object_id for part in iterate_object_tree(tree)],
        make_pull_object_fn_protobuf(client.PullObject, node, context.run_id),
        initial_backoff=_FIRST_PAUSE,
    )
    make_confirm_message_received_fn_protobuf(client.ConfirmMessageReceived, node, context.run_id)(tree.object_id)
    if unpacked_bytes(parts) > _MOST_BYTES:
        raise ValueError(f"a message that unpacks to more than {_MOST_BYTES} bytes")
    message = inflate_object_from_contents(tree.object_id, parts)
    if not isinstance(message, Message):
        raise TypeError(type(message).__name__)
    message.metadata.__dict__["_message_id"] = tree.object_id
    return Task(message, context, run_from_proto(given.run), fab_from_proto(given.fab))


def _message(client: RuntimeHttpClient, pause: Callable[[float], None]) -> PullAppMessagesResponse:
    waited = 0.0
    while not (found := client.PullMessages(PullAppMessagesRequest())).messages_list:
        if waited >= _MESSAGE_SECONDS:
            raise TimeoutError("Flower has a task and no message for it")
        pause(seconds := polling_pause(waited, _LONGEST_PAUSE))
        waited += seconds
    return found

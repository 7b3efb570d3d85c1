"""Handing over a reply although an answer of the SuperLink's was lost on the way: Flower's own node gives the reply up.

Flower sends a request again when its connection broke off. If a chunk had arrived and only the answer was lost, the
SuperLink refuses it the second time. Flower's node takes that for a failure and stops in the middle; the coordinator
waits in vain for the rest. Here a chunk that is refused when it is sent again counts as stored: either it is, or the
whole upload has expired, and then the coordinator asks again.

Before the chunks, a reply is announced. If the answer to that was lost, and the coordinator's app has heard of the
announcement before it is sent again, the SuperLink no longer knows what it replies to, and wants no chunks. The app
waits for them. So all are handed over, as nodes of earlier versions of Flower do: without saying to which upload they
belong. Of 5,259 announcements, with 3 % of the answers lost, up to 65 ended so: the SuperLink's log counts those whose
question it no longer knew.

A SuperLink whose database is busy for more than 5 s also refuses a chunk, with the same words. One that is refused the
first time is sent again, a few times.

What is replaced is private to Flower, whose version is pinned; `tests/client/test_lost_answers.py` holds it to that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from cloister.study.busy_superlink import PAUSES, stored_in_the_end

if TYPE_CHECKING:
    from flwr.proto.fleet_pb2 import PushMessagesRequest
    from flwr.proto.message_pb2 import PushObjectRequest
    from flwr.supernode.fleet_http_client import FleetHttpClient

_ANY: Final = ""
"""In place of an upload: whichever of the run's waits for the chunk."""


def survive_lost_answers(pause: Callable[[float], None] = time.sleep) -> None:
    """Have Flower's node, in this process, go on with a reply that was announced twice, or of which a chunk was sent
    twice, or refused for a while.

    Args:
        pause: waits a number of seconds; passed in for tests.
    """
    from flwr.proto.fleet_pb2 import PushMessagesResponse
    from flwr.proto.message_pb2 import PushObjectResponse
    from flwr.supercore.inflatable.inflatable_object import iterate_object_tree
    from flwr.supernode.fleet_http_client import FleetHttpClient

    push_messages, push_object = FleetHttpClient.PushMessages, FleetHttpClient.PushObject
    unheard: set[str] = set()
    """Replies whose last announcement brought no answer."""
    unanswered: set[tuple[str, str]] = set()
    """Uploads and chunks whose last request brought no answer."""

    def push_messages_again(self: FleetHttpClient, request: PushMessagesRequest) -> PushMessagesResponse:
        reply = request.messages_list[0].metadata.message_id
        again = reply in unheard
        unheard.add(reply)
        answer = push_messages(self, request)
        unheard.discard(reply)
        if again and not answer.objects_to_push:
            chunks = [part.object_id for tree in request.message_object_trees for part in iterate_object_tree(tree)]
            return PushMessagesResponse(objects_to_push=chunks, session_id=_ANY)
        return answer

    def push_object_again(self: FleetHttpClient, request: PushObjectRequest) -> PushObjectResponse:
        chunk = request.session_id, request.object_id
        again = chunk in unanswered or request.session_id == _ANY  # refused is then also what is there already
        unanswered.add(chunk)
        pauses = PAUSES[:1] if again else PAUSES
        stored = stored_in_the_end(lambda: push_object(self, request).stored, pause, pauses)
        unanswered.discard(chunk)
        return PushObjectResponse(stored=stored or again)

    FleetHttpClient.PushMessages = push_messages_again  # type: ignore[method-assign]
    FleetHttpClient.PushObject = push_object_again  # type: ignore[method-assign]

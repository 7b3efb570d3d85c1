"""Handing over a reply although an answer of the SuperLink's was lost on the way: Flower's own node gives the reply up.

Flower sends a request again when its connection broke off. If the request had arrived and only the answer was lost, the
SuperLink knows the reply, or has the chunk, and refuses it the second time. Flower's node takes that for a failure and
stops in the middle, and the coordinator waits in vain for the rest. Here, of a request that is sent again,

- a refused chunk counts as stored: it is there, or the whole upload has expired, and then the coordinator asks again;
- an announced reply of which the SuperLink wants no chunk is sent whole, to whichever upload waits for the chunks.

What is replaced is private to Flower, whose version is pinned; `tests/client/test_lost_answers.py` holds it to that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flwr.proto.fleet_pb2 import PushMessagesRequest, PushMessagesResponse
    from flwr.proto.message_pb2 import PushObjectRequest, PushObjectResponse
    from flwr.supernode.fleet_http_client import FleetHttpClient


def survive_lost_answers() -> None:
    """Have Flower's node, in this process, finish replies that were announced or sent twice."""
    from flwr.supercore.inflatable.inflatable_object import iterate_object_tree
    from flwr.supernode.fleet_http_client import FleetHttpClient

    push_messages, push_object = FleetHttpClient.PushMessages, FleetHttpClient.PushObject
    unanswered: set[str | tuple[str, str]] = set()
    """Replies, and chunks of an upload, whose last request brought no answer."""

    def push_messages_again(self: FleetHttpClient, request: PushMessagesRequest) -> PushMessagesResponse:
        (reply,) = [message.metadata.message_id for message in request.messages_list]
        again = reply in unanswered
        unanswered.add(reply)
        answer = push_messages(self, request)
        unanswered.discard(reply)
        if again and not answer.objects_to_push:
            answer.objects_to_push.extend(
                part.object_id for tree in request.message_object_trees for part in iterate_object_tree(tree)
            )
            answer.session_id = ""  # the SuperLink then looks for the one that waits for the chunk
        return answer

    def push_object_again(self: FleetHttpClient, request: PushObjectRequest) -> PushObjectResponse:
        chunk = request.session_id, request.object_id
        again = chunk in unanswered
        unanswered.add(chunk)
        answer = push_object(self, request)
        unanswered.discard(chunk)
        answer.stored = answer.stored or again or not request.session_id
        return answer

    FleetHttpClient.PushMessages = push_messages_again  # type: ignore[method-assign]
    FleetHttpClient.PushObject = push_object_again  # type: ignore[method-assign]

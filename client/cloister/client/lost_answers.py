"""Handing over a reply although an answer of the SuperLink's was lost on the way: Flower's own node gives the reply up.

Flower sends a request again when its connection broke off. If a chunk had arrived and only the answer was lost, the
SuperLink refuses it the second time. Flower's node takes that for a failure and stops in the middle; the coordinator
waits in vain for the rest. Here a chunk that is refused when it is sent again counts as stored: either it is, or the
whole upload has expired, and then the coordinator asks again.

What is replaced is private to Flower, whose version is pinned; `tests/client/test_lost_answers.py` holds it to that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flwr.proto.message_pb2 import PushObjectRequest, PushObjectResponse
    from flwr.supernode.fleet_http_client import FleetHttpClient


def survive_lost_answers() -> None:
    """Have Flower's node, in this process, go on with a reply of which a chunk was sent twice."""
    from flwr.supernode.fleet_http_client import FleetHttpClient

    push_object = FleetHttpClient.PushObject
    unanswered: set[tuple[str, str]] = set()
    """Uploads and chunks whose last request brought no answer."""

    def push_object_again(self: FleetHttpClient, request: PushObjectRequest) -> PushObjectResponse:
        chunk = request.session_id, request.object_id
        again = chunk in unanswered
        unanswered.add(chunk)
        answer = push_object(self, request)
        unanswered.discard(chunk)
        answer.stored = answer.stored or again
        return answer

    FleetHttpClient.PushObject = push_object_again  # type: ignore[method-assign]

"""Handing over a reply although an answer of the SuperLink's was lost on the way: Flower's own node gives the reply up.

Flower sends a request again when its connection broke off. If a chunk had arrived and only the answer was lost, the
SuperLink refuses it the second time. Flower's node takes that for a failure and stops in the middle; the coordinator
waits in vain for the rest. Here a chunk that is refused when it is sent again counts as stored: either it is, or the
whole upload has expired, and then the coordinator asks again.

A SuperLink whose database is busy for more than 5 s also refuses a chunk, with the same words. One that is refused the
first time is sent again, a few times.

What is replaced is private to Flower, whose version is pinned; `tests/client/test_lost_answers.py` holds it to that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from cloister.study.busy_superlink import PAUSES, stored_in_the_end

if TYPE_CHECKING:
    from flwr.proto.message_pb2 import PushObjectRequest
    from flwr.supernode.fleet_http_client import FleetHttpClient


def survive_lost_answers(pause: Callable[[float], None] = time.sleep) -> None:
    """Have Flower's node, in this process, go on with a reply of which a chunk was sent twice, or refused for a while.

    Args:
        pause: waits a number of seconds; passed in for tests.
    """
    from flwr.proto.message_pb2 import PushObjectResponse
    from flwr.supernode.fleet_http_client import FleetHttpClient

    push_object = FleetHttpClient.PushObject
    unanswered: set[tuple[str, str]] = set()
    """Uploads and chunks whose last request brought no answer."""

    def push_object_again(self: FleetHttpClient, request: PushObjectRequest) -> PushObjectResponse:
        chunk = request.session_id, request.object_id
        again = chunk in unanswered
        unanswered.add(chunk)
        pauses = PAUSES[:1] if again else PAUSES
        stored = stored_in_the_end(lambda: push_object(self, request).stored, pause, pauses)
        unanswered.discard(chunk)
        return PushObjectResponse(stored=stored or again)

    FleetHttpClient.PushObject = push_object_again  # type: ignore[method-assign]

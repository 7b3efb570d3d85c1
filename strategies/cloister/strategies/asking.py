"""Ask sites and wait for their replies: again where one is missing, each reply counted once, until a deadline.

Flower hands a message over once. If the process that has it dies (a site's, or the SuperLink), nobody answers. Sites
give the same reply to the same request (`cloister.client.sealed_replies`), so asking again is safe: it costs nothing
and reveals nothing. Replies to anything that was not asked here, such as those of a past round, are never fetched.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from flwr.app import Error, Message
from flwr.serverapp import Grid

from cloister.study.errors import UpdateRefusedError

TRANSIENT = frozenset({3, 4, 5, 8})
"""Flower's codes: message or reply not available, node not available, the site's app crashed. Nobody has answered."""
_ASKS = 3
"""How often a site that says nothing is asked before the deadline."""
NO_REPLY = "no-reply"
"""Instead of a code, where nothing came."""
_FIRST_POLL, _LONGEST_POLL = 0.05, 2.0
_POLL_GROWTH = 1.125
"""What comes is seen after at most an eighth of the time it took, and the first pause."""
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 60.0
_LOOK_FOR_NODES = 1.0
"""Seconds until it is looked again which nodes are there: each look costs the SuperLink as much as one for replies."""

log = logging.getLogger("cloister.coordinator")


def replies_to(
    grid: Grid,
    messages: Iterable[Message],
    timeout: float,
    *,
    again: float | None = None,
    at_once: int | None = None,
    enough: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[tuple[int, Message]]:
    """Node and reply of each node that gives one, updates and refusals alike, as they come; none is kept here.

    A site that went away and came back, because it was killed, say, is asked at once: what of its reply had arrived
    need not be sent again as long as the SuperLink keeps it, three minutes (`docs/federation.md`).

    Args:
        grid: the connection.
        messages: at most one a node.
        timeout: seconds until the answer is what there is.
        again: seconds after which a site that says nothing is asked again; a third of the timeout if None.
        at_once: most replies that are fetched, and so in memory, at one time; all that are there if None.
        enough: says that nobody else need be waited for.
        clock: seconds, monotonic; passed in for tests.
        pause: waits a number of seconds; passed in for tests.
    """
    now = clock()
    deadline, poll = now + timeout, _FIRST_POLL
    waiting = {message.metadata.dst_node_id: message for message in messages}
    due, pauses = dict.fromkeys(waiting, now), dict.fromkeys(waiting, _FIRST_PAUSE)
    asked: dict[str, Message] = {}
    away: set[int] = set()
    present: set[int] = set()
    next_look = now
    while waiting:
        if now >= next_look:
            present, next_look = set(grid.get_node_ids()), now + _LOOK_FOR_NODES
        due |= dict.fromkeys(away & present & waiting.keys(), now)
        away = waiting.keys() - present
        sent = push(grid, [message for node, message in waiting.items() if due[node] <= now and node in present])
        asked |= sent
        due |= {message.metadata.dst_node_id: now + (again or timeout / _ASKS) for message in sent.values()}
        for reply in _pull_in_turn(grid, dict(asked), at_once or max(1, len(asked))):
            question = asked.pop(reply.metadata.reply_to_message_id, None)
            node = question.metadata.dst_node_id if question is not None else None
            if node not in waiting:
                log.warning("node %s: a reply more than was asked for, ignored [duplicate-reply]", node)
            elif reply.has_error() and reply.error.code in TRANSIENT:
                log.warning("node %d: not reached, Flower's code %d; asked again soon", node, reply.error.code)
                due[node], pauses[node] = now + pauses[node], min(2 * pauses[node], _LONGEST_PAUSE)
            else:
                del waiting[node]
                yield node, reply
            del reply  # or it would be in memory beside the next one
        if not waiting or now >= deadline or enough():
            break
        pause(min(poll, max(deadline - now, 0.0)))
        poll, now = min(_POLL_GROWTH * poll, _LONGEST_POLL), clock()


def push(grid: Grid, messages: list[Message]) -> dict[str, Message]:
    """Send; returns id -> message of those that were handed over. A message that was sent before goes as a new one."""
    if not messages:
        return {}
    fresh = [
        Message(message.content, message.metadata.dst_node_id, message.metadata.message_type) for message in messages
    ]
    sent = set(grid.push_messages(fresh))
    return {message.metadata.message_id: message for message in fresh if message.metadata.message_id in sent}


def _pull_in_turn(grid: Grid, asked: Mapping[str, Message], at_once: int) -> Iterator[Message]:
    """The replies that are there, fetched a few at a time; none is held once it was handed over."""
    identities = list(asked)
    for start in range(0, len(identities), at_once):
        found = pull(grid, {identity: asked[identity] for identity in identities[start : start + at_once]})
        found.reverse()
        while found:
            yield found.pop()


def pull(grid: Grid, asked: Mapping[str, Message]) -> list[Message]:
    """The replies that are there. One that cannot even be taken apart is a refused one, and spoils no other."""
    if not asked:
        return []
    try:
        return list(grid.pull_messages(list(asked)))
    except (ValueError, TypeError, KeyError):
        if len(asked) > 1:
            return [reply for identity, message in asked.items() for reply in pull(grid, {identity: message})]
    (message,) = asked.values()
    log.warning("node %d: its reply cannot be decoded [%s]", message.metadata.dst_node_id, UpdateRefusedError.code)
    return [Message(Error(code=UpdateRefusedError.wire_code, reason=""), reply_to=message)]

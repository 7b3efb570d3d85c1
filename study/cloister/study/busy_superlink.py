"""Asking a SuperLink again that was too busy to answer, or to store a chunk.

Flower's SuperLink keeps its state in SQLite, where one request writes at a time. One that waits for its turn for more
than 5 s fails, with status 500. Flower's clients send again what is answered with 502 to 504, but take a 500 for final:
a run ends for one such answer to its coordinator, and a site's node gives up the message or the reply. Here it is sent
again for a minute. What had been done in part by then is done by the next request, or missing like anything that is
lost on the way, and asked for again by the coordinator (`cloister.strategies.asking`).

A chunk of a message that waits as long is not answered with 500, but refused as if it were not wanted.

What is replaced is private to Flower, whose version is pinned; `tests/study/test_busy_superlink.py` holds it to that.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import Any, Final

LONGEST: Final = 60.0
"""Seconds after the first failure. A request that cannot be answered at all is not for ever."""
PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before what failed is sent again, one time after the other. A request goes on at the pace of the last until
`LONGEST`; a chunk is given up after it: to be refused by a busy SuperLink takes 5 s itself."""
_FAILED: Final = 500

log = logging.getLogger("cloister.superlink")


def ask_a_busy_superlink_again(
    clock: Callable[[], float] = time.monotonic, pause: Callable[[float], None] = time.sleep
) -> None:
    """Have Flower's clients, in this process, send again what a SuperLink answers with status 500.

    Args:
        clock: seconds, monotonic; passed in for tests.
        pause: waits a number of seconds; passed in for tests.
    """
    import httpx
    from flwr.supercore.retry.retry_invoker import RetryInvoker

    invoke = RetryInvoker.invoke

    def invoke_again(self: RetryInvoker, target: Callable[..., Any], *args: Any, **named: Any) -> Any:
        failing_since, waits = None, chain(PAUSES, repeat(PAUSES[-1]))
        while True:
            try:
                return invoke(self, target, *args, **named)
            except httpx.HTTPStatusError as problem:
                failing_since = clock() if failing_since is None else failing_since
                if problem.response.status_code != _FAILED or clock() - failing_since >= LONGEST:
                    raise
            wait = next(waits)
            log.warning("the SuperLink failed at a request (500); sent again in %.1f s", wait)
            pause(wait)

    RetryInvoker.invoke = invoke_again  # type: ignore[method-assign]


def stored_in_the_end(
    send: Callable[[], bool], pause: Callable[[float], None], pauses: Sequence[float] = PAUSES
) -> bool:
    """Send a chunk until it is stored, at most once more than there are pauses; returns whether it is.

    Args:
        send: sends it; returns whether the SuperLink has stored it.
        pause: waits a number of seconds.
        pauses: seconds between one time and the next.
    """
    for wait in pauses:
        if send():
            return True
        pause(wait)
    return send()

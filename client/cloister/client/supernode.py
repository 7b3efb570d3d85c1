"""Flower's SuperNode, which looks for messages sooner: `python -I -m cloister.client.supernode`, as `flower-supernode`.

And which does not wait for ever: where a program died before it had its message, Flower's own tells nobody. And which
comes back soon after it was killed (`rejoining.py`). It runs in the site's folder.

Flower's own looks every 3 s whether there is a message, and every 0.5 s whether it is answered; there is no setting.
Here these are the longest pauses, to which they grow (`polling_pause.py`).

What is replaced is private to Flower, whose version is pinned; `tests/client/test_supernode.py` holds it to that.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cloister.client import run_control
from cloister.client.polling_pause import polling_pause
from cloister.client.rejoining import rejoin_at_once
from cloister.study.errors import RunningElsewhereError


class GrowingPauses:
    """Stands in for the module `time` where Flower's node sleeps.

    Args:
        clock: seconds, monotonic; passed in for tests.
        pause: waits a number of seconds; passed in for tests.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock, self._pause = clock, pause
        self._longest, self._since = 0.0, 0.0

    def sleep(self, seconds: float) -> None:
        """Sleep at most so long; briefly at first, and again whenever something else is waited for than before."""
        now = self._clock()
        if seconds != self._longest:
            self._longest, self._since = seconds, now
        self._pause(polling_pause(now - self._since, seconds))


def tell_of_unread_messages() -> None:
    """Have a message answered with Flower's error where the task for it expired, also if nobody had read it yet."""
    from flwr.supernode.nodestate.in_memory_nodestate import InMemoryNodeState

    tell = InMemoryNodeState._on_task_tokens_expired

    def tell_of_all(self: InMemoryNodeState, tasks: Any) -> None:
        runs = {task.run_id for task in tasks}
        with self.lock_msg_store:
            for kept in self.msg_store.values():
                about = kept.message.metadata
                if about.run_id in runs and not about.reply_to_message_id:
                    kept.is_retrieved = True
        tell(self, tasks)

    InMemoryNodeState._on_task_tokens_expired = tell_of_all  # type: ignore[method-assign]


def main() -> None:
    """Become the SuperNode of the command line's arguments."""
    from flwr.supernode import start_client_internal
    from flwr.supernode.cli.flower_supernode import flower_supernode

    try:
        with run_control.being_node(Path.cwd()) as folder:
            tell_of_unread_messages()
            rejoin_at_once(folder)
            vars(start_client_internal)["time"] = GrowingPauses()
            flower_supernode()
    except RunningElsewhereError as problem:
        sys.exit(f"cloister: {problem}")


if __name__ == "__main__":
    main()

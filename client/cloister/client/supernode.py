"""Flower's SuperNode as sites run it: `python -I -m cloister.client.supernode`, as `flower-supernode`.

It answers several studies side by side, and looks for messages sooner (`side_by_side.py`). It does not wait for ever:
where a program died before it had its message, or while it handed over the answer, Flower's own tells nobody. And it
comes back soon after it was killed (`rejoining.py`), hands over a reply on a bad line (`lost_answers.py`) and to a busy
SuperLink (`cloister.study.busy_superlink`), and notes whether the coordinator answers (`connection.py`). It opens no
bundle, gives messages to its own programs alone, and writes what the coordinator says into one line of its log. It runs
in the site's folder.

What is replaced is private to Flower, whose version is pinned; `tests/client/test_supernode.py` holds it to that.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cloister.client import run_control
from cloister.client.connection import Watch, watch_exchanges
from cloister.client.lost_answers import survive_lost_answers
from cloister.client.rejoining import rejoin_at_once
from cloister.client.side_by_side import answer_side_by_side
from cloister.client.task_secret import keep_tasks_among_own_programs
from cloister.study.busy_superlink import ask_a_busy_superlink_again
from cloister.study.errors import RunningElsewhereError
from cloister.study.printable import printable

if TYPE_CHECKING:
    from flwr.supercore.object_store import ObjectStore


def tell_of_lost_messages() -> None:
    """Have a message answered with Flower's error where the task for it expired.

    Also if nobody had read it yet, or if a part of its answer is missing.
    """
    from flwr.supernode.nodestate.in_memory_nodestate import InMemoryNodeState

    tell = InMemoryNodeState._on_task_tokens_expired

    def tell_of_all(self: InMemoryNodeState, tasks: Any) -> None:
        runs = {task.run_id for task in tasks}
        with self.lock_msg_store:
            for kept in list(self.msg_store.values()):
                about = kept.message.metadata
                if about.run_id not in runs:
                    continue
                if not about.reply_to_message_id:
                    kept.is_retrieved = True
                elif not _is_whole(self.object_store, about.message_id):
                    self.delete_messages(message_ids=[about.message_id])
                    self.object_store.delete(about.message_id)
        tell(self, tasks)

    InMemoryNodeState._on_task_tokens_expired = tell_of_all  # type: ignore[method-assign]


def leave_bundles_closed() -> None:
    """Have the node open no bundle: Flower's would unpack a part, whatever its size, before ours has looked at it.

    It looks for settings of the app; ours has none, and studies that were started with some are refused.
    """
    from flwr.supernode import start_client_internal

    vars(start_client_internal)["get_fused_config_from_fab"] = lambda *_: {}


def keep_to_a_line(record: logging.LogRecord) -> bool:
    """Make the text that a log line is about printable: it may be the coordinator's."""
    if isinstance(record.args, tuple):
        record.args = tuple(part if isinstance(part, int | float) else printable(str(part)) for part in record.args)
    if not isinstance(record.msg, str):
        record.msg = printable(str(record.msg))
    return True


def _is_whole(store: ObjectStore, message_id: str) -> bool:
    """Whether all parts of a message are there."""
    from flwr.supercore.inflatable.inflatable_object import iterate_object_tree
    from flwr.supercore.object_store import NoObjectInStoreError

    try:
        tree = store.get_object_tree(message_id)
    except NoObjectInStoreError:
        return False
    return all(store.get(part.object_id) for part in iterate_object_tree(tree))


def main() -> None:
    """Become the SuperNode of the command line's arguments."""
    from flwr.supernode.cli.flower_supernode import flower_supernode

    try:
        with run_control.being_node(Path.cwd()) as folder:
            logging.getLogger("flwr").addFilter(keep_to_a_line)
            leave_bundles_closed()
            keep_tasks_among_own_programs()
            tell_of_lost_messages()
            watch_exchanges(Watch(folder))
            rejoin_at_once(folder)
            survive_lost_answers()
            ask_a_busy_superlink_again()
            answer_side_by_side(lambda: run_control.carrying(Path.cwd()))
            flower_supernode()
    except RunningElsewhereError as problem:
        sys.exit(f"cloister: {problem}")


if __name__ == "__main__":
    main()

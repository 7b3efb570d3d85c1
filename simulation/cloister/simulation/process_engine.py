"""The in-process engine: Flower's two apps in one process, joined by a `Grid` that calls instead of sending.

Only the transport differs from a deployment: the same ServerApp asks, the same ClientApp answers, with the same
messages. Sites answer one after the other in the order of their names.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from flwr.app import Context, Message, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid
from flwr.supercore.task_identity import TaskIdentity

if TYPE_CHECKING:
    from flwr.supercore.run import Run

RUN_ID = 1
_FIRST_NODE = 1


class ProcessGrid(Grid):
    """A Flower `Grid` whose nodes are Python objects.

    Args:
        client_app: answers all messages.
        node_configs: one configuration a node, as a SuperNode would pass it.
    """

    def __init__(self, client_app: ClientApp, node_configs: Iterable[Mapping[str, str | int]]) -> None:
        TaskIdentity.run_id, TaskIdentity.node_id, TaskIdentity.task_id = RUN_ID, RUN_ID, RUN_ID
        self._client_app = client_app
        self._message_numbers = itertools.count(1)
        self._contexts = {
            node: Context(RUN_ID, node, dict(config), RecordDict(), {})
            for node, config in enumerate(node_configs, start=_FIRST_NODE)
        }
        self._replies: dict[str, Message] = {}

    def get_node_ids(self) -> Iterable[int]:
        """All nodes, always connected."""
        return list(self._contexts)

    def send_and_receive(self, messages: Iterable[Message], *, timeout: float | None = None) -> Iterable[Message]:
        """The replies, in the order of the messages; `timeout` has no meaning for a function call."""
        del timeout
        return list(self.pull_messages(self.push_messages(messages)))

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """Have each message answered at once; returns their ids."""
        ids = []
        for message in messages:
            identity = f"message-{next(self._message_numbers)}"
            # Flower sets a message's id when it is stored by a SuperLink; there is no public way to do it.
            message.metadata.__dict__["_message_id"] = identity
            context = self._contexts[message.metadata.dst_node_id]
            self._replies[identity] = self._client_app(message, context)
            ids.append(identity)
        return ids

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        """The replies to the messages with these ids, each once."""
        return [self._replies.pop(identity) for identity in message_ids if identity in self._replies]

    def set_run(self, run: Run) -> NoReturn:
        """Not used: there is one run."""
        raise NotImplementedError("an in-process federation has one run")

    @property
    def run(self) -> NoReturn:
        """Not used: there is one run."""
        raise NotImplementedError("an in-process federation has one run")

    def create_message(self, *args: object, **kwargs: object) -> NoReturn:
        """Not used: Flower deprecated it in favour of `Message(...)`."""
        del args, kwargs
        raise NotImplementedError("create messages with flwr.app.Message")


def run_in_process(coordinator: Path, sites: Mapping[str, Path]) -> None:
    """Run the study in the coordinator's folder with the sites' folders, to its last round.

    Raises:
        CloisterError: as the ServerApp does; running again resumes from the last checkpoint.
    """
    from cloister.client.app import app as client_app
    from cloister.client.node_config import FOLDER_KEY as SITE_KEY
    from cloister.server.app import FOLDER_KEY as COORDINATOR_KEY
    from cloister.server.app import app as server_app

    grid = ProcessGrid(client_app, [{SITE_KEY: str(sites[name])} for name in sorted(sites)])
    server_app(grid, Context(RUN_ID, 0, {}, RecordDict(), {COORDINATOR_KEY: str(coordinator)}))

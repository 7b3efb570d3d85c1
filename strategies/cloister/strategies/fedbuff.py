"""FedBuff (Nguyen et al. 2022, algorithm 1): rounds that do not wait for slow sites.

Every idle site is sent the present model. A round closes as soon as `buffer_size` updates have arrived, or at the
deadline with those that have, if they are at least the study's minimum. Sites still at work go on; their updates count
in a later round, scaled by 1/sqrt(1 + s) for a staleness of s rounds:

    x <- x + rate * mean of s_i d_i         over the buffered updates d_i, each made from the model it started with

A site that has not answered within the round timeout is asked anew, with the present model. No site starts twice in a
round, so a private study's plan for its rounds holds. Who is in a sum is known only when it is closed, and masks that
cancel over a cohort need it before: secure aggregation is excluded.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from flwr.app import ArrayRecord, ConfigRecord, Message
from flwr.serverapp import Grid

from cloister.strategies.asking import push
from cloister.strategies.fedavg import FedAvg
from cloister.strategies.secure_exchange import SecureExchange
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import Arrays
from cloister.study.schema import Study

_POLL_SECONDS = 0.5

log = logging.getLogger("cloister.coordinator")


@dataclass(frozen=True)
class _Asked:
    site: str
    server_round: int
    seconds: float


class FedBuff(FedAvg):
    """See the module.

    Attributes:
        clock: seconds, monotonic; replaced in tests.
        pause: waits a number of seconds; replaced in tests.
    """

    works_under_secure_aggregation: ClassVar[bool] = False

    def __init__(self, study: Study, state: ServerState, checkpoint: Callable[[ServerState], None]) -> None:
        super().__init__(study, state, checkpoint)
        self.clock: Callable[[], float] = time.monotonic
        self.pause: Callable[[float], None] = time.sleep
        self._asked: dict[str, _Asked] = {}
        self._staleness: dict[str, int] = {}
        self._connected: dict[int, str] = {}

    def sites_asked(self, server_round: int, connected: Mapping[int, str]) -> dict[int, str]:
        """Those that are not at work."""
        del server_round
        self._connected = dict(connected)
        busy = {asked.site for asked in self._asked.values()}
        return {node: site for node, site in connected.items() if site not in busy}

    def awaited(self) -> Iterable[str]:
        """Nobody: who is still at work has not failed."""
        return ()

    def combine(self, updates: Mapping[str, Arrays]) -> Arrays:
        """The mean, each update scaled down by its staleness."""
        scales = {site: 1 / math.sqrt(1 + self._staleness[site]) for site in updates}
        return super().combine(
            {site: {name: value * scales[site] for name, value in update.items()} for site, update in updates.items()}
        )

    def _round(
        self, sent: ArrayRecord, config: ConfigRecord, grid: Grid, timeout: float, exchange: SecureExchange | None
    ) -> None:
        del exchange
        number = self.state.round + 1
        self._forget_overdue(timeout)
        messages = list(self.configure_train(number, sent, config, grid))
        for identity, message in push(grid, messages).items():
            site = self._connected[message.metadata.dst_node_id]
            self._asked[identity] = _Asked(site, number, self.clock())
        self._site_of_node = self._connected
        self._aggregate(number, self._buffer(grid, number, timeout))

    def _buffer(self, grid: Grid, number: int, timeout: float) -> Iterator[Message]:
        """Replies until `buffer_size` of them were taken for updates, or the deadline."""
        size = self.study.strategy.buffer_size
        deadline = self.clock() + timeout
        self._staleness = {}
        while True:
            for identity in list(self._asked):
                for reply in self._pull(grid, identity):
                    asked = self._asked.pop(identity)
                    self._staleness[asked.site] = number - asked.server_round
                    yield reply
                if len(self._taken) == size:
                    return
            if not self._asked or self.clock() >= deadline:
                return
            self.pause(_POLL_SECONDS)

    def _pull(self, grid: Grid, identity: str) -> list[Message]:
        try:
            return list(grid.pull_messages([identity]))
        except (ValueError, TypeError, KeyError):
            log.warning("%s: its reply cannot be decoded, and is dropped", self._asked.pop(identity).site)
            return []

    def _forget_overdue(self, timeout: float) -> None:
        now = self.clock()
        self._asked = {identity: asked for identity, asked in self._asked.items() if now - asked.seconds < timeout}

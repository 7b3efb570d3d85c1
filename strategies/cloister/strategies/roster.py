"""Which connected Flower node is which site of the study's roster.

Flower knows nodes by number. Each new node is asked once who it is; nodes of sites that are not on the roster are
never sent anything else.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from flwr.app import ConfigRecord, Message, RecordDict
from flwr.serverapp import Grid

from cloister.study.errors import TooFewSitesError, UpdateRefusedError

IDENTIFY = "query.identify"
SITE_KEY = "site"
_POLL_SECONDS = 1.0
_ANSWER_SECONDS = 120.0


class Roster:
    """The nodes of a study's sites.

    Args:
        sites: the roster's names.
        clock: seconds, monotonic; passed in for tests.
        pause: waits a number of seconds; passed in for tests.
    """

    def __init__(
        self,
        sites: tuple[str, ...],
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._wanted = frozenset(sites)
        self._site_of_node: dict[int, str | None] = {}
        self._clock = clock
        self._pause = pause

    def connected(self, grid: Grid, minimum: int, timeout: float) -> dict[int, str]:
        """Node -> site of all connected sites, waiting until at least `minimum` are there.

        Raises:
            TooFewSitesError: fewer connected within `timeout` seconds.
            UpdateRefusedError: two connected nodes claim to be the same site.
        """
        deadline = self._clock() + timeout
        while True:
            nodes = set(grid.get_node_ids())
            self._identify(grid, nodes - self._site_of_node.keys())
            found = {node: site for node in sorted(nodes) if (site := self._site_of_node.get(node)) in self._wanted}
            known = {node: site for node, site in found.items() if site is not None}
            if len(set(known.values())) < len(known):
                raise UpdateRefusedError(
                    "Two connected nodes claim to be the same site.", "Stop one of them, then resume the run."
                )
            if len(known) >= minimum:
                return known
            if self._clock() >= deadline:
                missing = ", ".join(sorted(self._wanted - set(known.values())))
                raise TooFewSitesError(
                    f"{len(known)} of the {minimum} sites needed are connected; missing: {missing}.",
                    "Start the missing sites, then resume the run.",
                )
            self._pause(_POLL_SECONDS)

    def _identify(self, grid: Grid, nodes: set[int]) -> None:
        questions = [
            Message(content=RecordDict({"config": ConfigRecord()}), dst_node_id=node, message_type=IDENTIFY)
            for node in sorted(nodes)
        ]
        if not questions:
            return
        for reply in grid.send_and_receive(questions, timeout=_ANSWER_SECONDS):
            if reply.has_error():
                continue
            answer = reply.content.config_records.get("config", ConfigRecord()).get(SITE_KEY)
            self._site_of_node[reply.metadata.src_node_id] = answer if isinstance(answer, str) else None

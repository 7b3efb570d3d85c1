"""Which connected Flower node is which site of the study's roster.

Flower knows nodes by number. Each new node is asked once who it is, and has to prove it where the sites' identities are
known; nodes of sites that are not on the roster are never sent anything else. Nor are several nodes that are the same
site: which one speaks for it nobody knows, and the round goes on without it.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping

from flwr.app import ConfigRecord, Message, RecordDict
from flwr.serverapp import Grid

from cloister.strategies.asking import replies_to
from cloister.study.errors import (
    CloisterError,
    NotOnRosterError,
    TooFewSitesError,
    UpdateRefusedError,
    text_of_wire_code,
)
from cloister.study.identity_proof import CHALLENGE_KEY, PROOF_KEY, is_proof, new_challenge

IDENTIFY = "query.identify"
SITE_KEY = "site"
_POLL_SECONDS = 1.0
_ANSWER_SECONDS = 120.0
log = logging.getLogger("cloister.coordinator")


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
        self.identities: Mapping[str, str] | None = None
        """Site -> public key, 64 hexadecimal digits. A node that claims a name without that key's proof is nobody."""
        self.on_refused: Callable[[int, type[CloisterError]], None] = lambda *_: None
        """Told once of each node that is not believed, and why."""
        self._refused = set[int]()
        self._code_of_node: dict[int, str] = {}
        """The code with which a node refused to say who it is; it is asked again."""
        self._wanted = frozenset(sites)
        self._site_of_node: dict[int, str | None] = {}
        self._clock = clock
        self._pause = pause

    def connected(self, grid: Grid, minimum: int, timeout: float) -> dict[int, str]:
        """Node -> site of all connected sites, waiting until at least `minimum` are there.

        Raises:
            TooFewSitesError: fewer connected within `timeout` seconds.
        """
        deadline = self._clock() + timeout
        while True:
            nodes = set(grid.get_node_ids())
            self._identify(grid, nodes - self._site_of_node.keys())
            found = {node: site for node in sorted(nodes) if (site := self._site_of_node.get(node)) is not None}
            count = Counter(found.values())
            known = {node: site for node, site in found.items() if count[site] == 1}
            for node in found.keys() - known.keys():
                self._refuse(node, UpdateRefusedError, f"is not the only one that is {found[node]}")
            if len(known) >= minimum:
                return known
            if self._clock() >= deadline:
                missing = ", ".join(sorted(self._wanted - set(known.values())))
                codes = ", ".join(sorted({code for node, code in self._code_of_node.items() if node in nodes}))
                refused = f" Connected nodes refused with: {codes}." if codes else ""
                raise TooFewSitesError(
                    f"{len(known)} of the {minimum} sites needed are connected; missing: {missing}.{refused}",
                    "Start the missing sites, or have them see to what they refuse for; then resume the run.",
                )
            self._pause(_POLL_SECONDS)

    def _identify(self, grid: Grid, nodes: set[int]) -> None:
        if not nodes:
            return
        challenges = {node: new_challenge() for node in sorted(nodes)}
        questions = [
            Message(
                content=RecordDict({"config": ConfigRecord({CHALLENGE_KEY: challenge})}),
                dst_node_id=node,
                message_type=IDENTIFY,
            )
            for node, challenge in challenges.items()
        ]
        for node, reply in replies_to(grid, questions, _ANSWER_SECONDS, clock=self._clock, pause=self._pause):
            if reply.has_error():
                self._refuses(node, text_of_wire_code(reply.error.code))
            else:
                self._code_of_node.pop(node, None)
                answer = reply.content.config_records.get("config", ConfigRecord())
                self._site_of_node[node] = self._proven(node, answer, challenges[node])

    def _proven(self, node: int, answer: ConfigRecord, challenge: str) -> str | None:
        site = answer.get(SITE_KEY)
        if not isinstance(site, str) or site not in self._wanted:
            return None
        if self.identities is None or is_proof(answer.get(PROOF_KEY), self.identities[site], site, node, challenge):
            return site
        self._refuse(node, NotOnRosterError, f"claims to be {site} and does not prove it")
        return None

    def _refuses(self, node: int, code: str) -> None:
        if self._code_of_node.get(node) != code:
            self._code_of_node[node] = code
            log.warning("node %d refuses to take part [%s]; it is asked again", node, code)

    def _refuse(self, node: int, error: type[CloisterError], why: str) -> None:
        if node not in self._refused:
            self._refused.add(node)
            log.warning("node %d: %s; it takes no part [%s]", node, why, error.code)
            self.on_refused(node, error)

"""Which connected Flower node is which site of the study's roster.

Flower knows nodes by number. Each new node is asked once who it is, and has to prove it where the sites' identities are
known; nodes of sites that are not on the roster are never sent anything else. Nor are several nodes that are the same
site: which one speaks for it nobody knows, and the round goes on without it.

A node that says nothing is waited for once, and not at all if the study's sites are known without it. It is still
asked, and believed when it answers.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flwr.app import ConfigRecord, Message, RecordDict
from flwr.serverapp import Grid

from cloister.strategies.asking import TRANSIENT, pull, push, replies_to
from cloister.study.errors import (
    CloisterError,
    NotOnRosterError,
    TooFewSitesError,
    UpdateRefusedError,
    codes,
    text_of_wire_code,
)
from cloister.study.identity_proof import CHALLENGE_KEY, PROOF_KEY, is_proof, new_challenge

IDENTIFY = "query.identify"
SITE_KEY = "site"
_POLL_SECONDS = 1.0
_ANSWER_SECONDS = 120.0
"""How long a node is waited for, and how long a question that nobody answers is left open."""
_AGAIN_SECONDS = 10.0
"""How long before it is asked again meanwhile: it answers within seconds, whatever it is working on; or it is still
starting, and answers twice; or never."""
log = logging.getLogger("cloister.coordinator")


@dataclass(frozen=True)
class _Question:
    message: Message
    challenge: str
    asked: float

    @property
    def node(self) -> int:
        return self.message.metadata.dst_node_id


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
        self.on_refused: Callable[[int, int], None] = lambda *_: None
        """Told once of each node that is not believed, or refuses, and each number that says why."""
        self.registered_as: Callable[[int], str | None] = lambda _: None
        """The site for which a node was registered, for people: it is believed to be one by its proof alone."""
        self._refused = set[int]()
        self._told = set[tuple[int, int]]()
        self._code_of_node: dict[int, str] = {}
        """The code with which a node refused to say who it is; it is asked again."""
        self._wanted = frozenset(sites)
        self._site_of_node: dict[int, str | None] = {}
        self._silent = set[int]()
        """Nodes that are not waited for any more."""
        self._open: dict[str, _Question] = {}
        """Message -> what was asked of a silent node."""
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
            self._listen(grid, nodes)
            self._identify(grid, nodes)
            found = {node: site for node in sorted(nodes) if (site := self._site_of_node.get(node)) is not None}
            count = Counter(found.values())
            known = {node: site for node, site in found.items() if count[site] == 1}
            for node in found.keys() - known.keys():
                self._refuse(node, UpdateRefusedError, f"is not the only one that is {found[node]}")
            if len(known) >= minimum:
                return known
            if self._clock() >= deadline:
                missing = ", ".join(sorted(self._wanted - set(known.values())))
                said = {f"{self._named(node)}: {code}" for node, code in self._code_of_node.items() if node in nodes}
                refused = f" Connected nodes refused: {', '.join(sorted(said))}." if said else ""
                raise TooFewSitesError(
                    f"{len(known)} of the {minimum} sites needed are connected; missing: {missing}.{refused}",
                    "Start the missing sites, or have them see to what they refuse for; then resume the run.",
                )
            self._pause(_POLL_SECONDS)

    def _identify(self, grid: Grid, present: set[int]) -> None:
        """Ask who is new, and wait for the answers while a site is missing."""
        new = present - self._site_of_node.keys() - self._silent
        if not new:
            return
        questions = {node: self._question(node) for node in sorted(new)}
        messages = [question.message for question in questions.values()]
        self._silent |= new
        for node, reply in replies_to(
            grid,
            messages,
            _ANSWER_SECONDS,
            again=_AGAIN_SECONDS,
            enough=lambda: self._wanted <= {self._site_of_node.get(node) for node in present},
            clock=self._clock,
            pause=self._pause,
        ):
            self._silent.discard(node)
            self._answered(questions[node], reply)

    def _listen(self, grid: Grid, present: set[int]) -> None:
        """Take what silent nodes have answered by now, and ask those again whose question may be lost."""
        for reply in pull(grid, {identity: question.message for identity, question in self._open.items()}):
            question = self._open.pop(reply.metadata.reply_to_message_id, None)
            if question is not None and not (reply.has_error() and reply.error.code in TRANSIENT):
                self._silent.discard(question.node)
                self._answered(question, reply)
        now = self._clock()
        self._open = {name: question for name, question in self._open.items() if now < question.asked + _ANSWER_SECONDS}
        asked = {question.node for question in self._open.values()}
        questions = {node: self._question(node) for node in sorted((self._silent & present) - asked)}
        sent = push(grid, [question.message for question in questions.values()])
        self._open |= {identity: questions[message.metadata.dst_node_id] for identity, message in sent.items()}

    def _question(self, node: int) -> _Question:
        challenge = new_challenge()
        content = RecordDict({"config": ConfigRecord({CHALLENGE_KEY: challenge})})
        return _Question(Message(content, node, IDENTIFY), challenge, self._clock())

    def _answered(self, question: _Question, reply: Message) -> None:
        node = question.node
        if reply.has_error():
            self._refuses(node, reply.error.code)
        else:
            self._code_of_node.pop(node, None)
            answer = reply.content.config_records.get("config", ConfigRecord())
            self._site_of_node[node] = self._proven(node, answer, question.challenge)

    def _proven(self, node: int, answer: ConfigRecord, challenge: str) -> str | None:
        site = answer.get(SITE_KEY)
        if not isinstance(site, str) or site not in self._wanted:
            return None
        if self.identities is None or is_proof(answer.get(PROOF_KEY), self.identities[site], site, node, challenge):
            return site
        self._refuse(node, NotOnRosterError, f"claims to be {site} and does not prove it")
        return None

    def _named(self, node: int) -> str:
        site = self.registered_as(node)
        return f"node {node}" if site is None else f"{site} (node {node})"

    def _refuses(self, node: int, number: int) -> None:
        code = text_of_wire_code(number)
        if self._code_of_node.get(node) != code:
            self._code_of_node[node] = code
            log.warning("%s refuses to take part [%s]; it is asked again", self._named(node), code)
            if number in codes():
                self._tell(node, number)

    def _tell(self, node: int, number: int) -> None:
        if (node, number) not in self._told:  # a node may change its mind for ever
            self._told.add((node, number))
            self.on_refused(node, number)

    def _refuse(self, node: int, error: type[CloisterError], why: str) -> None:
        if node not in self._refused:
            self._refused.add(node)
            log.warning("%s: %s; it takes no part [%s]", self._named(node), why, error.code)
            self._tell(node, error.wire_code)

"""No site takes another's place: a node is the site whose identity it proves, or nobody."""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from flwr.app import ConfigRecord, Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp
from tests.strategies.clock import Clock

from cloister.simulation.process_engine import ProcessGrid
from cloister.strategies.roster import Roster
from cloister.study.errors import NotApprovedError, TooFewSitesError
from cloister.study.identity_proof import CHALLENGE_KEY, prove
from cloister.study.keys import SiteKey

KEYS = {name: SiteKey(bytes([number]) * 32) for number, name in enumerate(("a", "b", "stranger"))}
IDENTITIES = {name: KEYS[name].identity.public_key().public_bytes_raw().hex() for name in ("a", "b")}
Identify = Callable[[str, int], dict[str, str | bytes]]


def proving(name: str, key: SiteKey, node: int | None = None) -> Identify:
    def answer(challenge: str, own: int) -> dict[str, str | bytes]:
        return {"site": name, "proof": prove(key.identity, name, own if node is None else node, challenge)}

    return answer


def replaying(name: str, key: SiteKey) -> Identify:
    """Has overheard a genuine answer to an earlier challenge."""

    def answer(_: str, own: int) -> dict[str, str | bytes]:
        return {"site": name, "proof": prove(key.identity, name, own, "0" * 64)}

    return answer


def grid_of(*nodes: Identify) -> ProcessGrid:
    """Nodes 1, 2, …, in this order."""
    app = ClientApp()

    @app.query("identify")
    def identify(message: Message, context: Context) -> Message:
        challenge = str(message.content.config_records["config"][CHALLENGE_KEY])
        answer = nodes[context.node_id - 1](challenge, context.node_id)
        return Message(RecordDict({"config": ConfigRecord(answer)}), reply_to=message)  # type: ignore[arg-type]

    return ProcessGrid(app, [{} for _ in nodes])


def roster() -> Roster:
    ticks = iter(range(1000))
    made = Roster(("a", "b"), clock=lambda: float(next(ticks)), pause=lambda _: None)
    made.identities = IDENTITIES
    return made


def test_sites_that_prove_their_names_are_known() -> None:
    grid = grid_of(proving("b", KEYS["b"]), proving("a", KEYS["a"]))
    assert roster().connected(grid, minimum=2, timeout=10) == {1: "b", 2: "a"}


@pytest.mark.parametrize(
    "imposter",
    [
        lambda _challenge, _node: {"site": "a"},
        lambda _challenge, _node: {"site": "a", "proof": ""},
        lambda _challenge, _node: {"site": "a", "proof": b""},
        lambda _challenge, _node: {"site": "a", "proof": b"0" * 64},
        proving("a", KEYS["b"]),
        proving("a", KEYS["stranger"]),
        proving("a", KEYS["a"], node=1),
        replaying("a", KEYS["a"]),
        proving("stranger", KEYS["stranger"]),
    ],
    ids=[
        "no proof", "a text", "empty", "made up", "another site's key", "a stranger's key", "passed on",
        "replayed", "not on the roster",
    ],
)  # fmt: skip
def test_an_imposter_is_nobody_and_does_not_stop_the_run(imposter: Identify) -> None:
    assert roster().connected(grid_of(proving("a", KEYS["a"]), imposter), minimum=1, timeout=10) == {1: "a"}
    with pytest.raises(TooFewSitesError, match="missing: a, b"):
        roster().connected(grid_of(proving("stranger", KEYS["stranger"]), imposter), minimum=1, timeout=10)


class SilentNodes(ProcessGrid):
    """Sites a and b and a stranger, of which some say nothing; what they answer is there, and does not arrive."""

    speaks_when_asked = 1000
    """How often, until its answer arrives."""

    def __init__(self, *silent: int) -> None:
        nodes = grid_of(*(proving(name, KEYS[name]) for name in KEYS))
        super().__init__(nodes._client_app, [{} for _ in KEYS])
        self.silent, self.asked = set(silent), Counter[int]()

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        messages = list(messages)
        self.asked.update(message.metadata.dst_node_id for message in messages)
        self.silent -= {node for node, times in self.asked.items() if times >= self.speaks_when_asked}
        return super().push_messages(messages)

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        there = {name: self._replies[name].metadata.src_node_id for name in message_ids if name in self._replies}
        return super().pull_messages([name for name, node in there.items() if node not in self.silent])


def timed() -> tuple[Roster, Clock]:
    clock = Clock()
    made = Roster(("a", "b"), clock=clock, pause=clock.pause)
    made.identities = IDENTITIES
    return made, clock


def test_nobody_waits_for_a_silent_node_once_all_sites_are_known() -> None:
    (made, clock), grid = timed(), SilentNodes(3)
    for _ in range(5):
        assert made.connected(grid, minimum=2, timeout=10) == {1: "a", 2: "b"}
    assert clock.now == 0


def test_a_silent_site_is_waited_for_once_and_is_known_when_it_speaks_again() -> None:
    (made, clock), grid = timed(), SilentNodes(2)
    assert made.connected(grid, minimum=1, timeout=10) == {1: "a"}
    waited = clock.now
    assert 0 < waited <= 120
    for _ in range(5):
        assert made.connected(grid, minimum=1, timeout=10) == {1: "a"}
    assert clock.now == waited
    grid.silent.clear()
    found = [made.connected(grid, minimum=1, timeout=10) for _ in range(2)]
    assert found[-1] == {1: "a", 2: "b"}
    assert clock.now == waited


def test_a_site_whose_answer_was_lost_is_known_within_seconds() -> None:
    (made, clock), grid = timed(), SilentNodes(2)
    grid.speaks_when_asked = 2
    assert made.connected(grid, minimum=1, timeout=10) == {1: "a", 2: "b"}
    assert clock.now < 15


def test_a_silent_site_is_asked_again_when_its_question_may_be_lost() -> None:
    """With the process that had it, say. Not at every round: what it was asked it may still answer."""
    (made, clock), grid = timed(), SilentNodes(2)
    made.connected(grid, minimum=1, timeout=10)
    before = grid.asked[2]
    for _ in range(6):
        made.connected(grid, minimum=1, timeout=10)
        clock.now += 50
    assert grid.asked[2] - before == 2


def refusing_at_first(times: int) -> ProcessGrid:
    """One node, of site a, where nobody has approved the study until it was asked so often."""
    app, asked = ClientApp(), []

    @app.query("identify")
    def identify(message: Message, context: Context) -> Message:
        asked.append(message)
        if len(asked) <= times:
            return Message(Error(code=NotApprovedError.wire_code, reason=""), reply_to=message)
        answer = proving("a", KEYS["a"])(str(message.content.config_records["config"][CHALLENGE_KEY]), context.node_id)
        return Message(RecordDict({"config": ConfigRecord(answer)}), reply_to=message)  # type: ignore[arg-type]

    return ProcessGrid(app, [{}])


def test_a_node_that_refuses_is_told_to_the_coordinator_once_and_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    assert roster().connected(refusing_at_first(times=3), minimum=1, timeout=50) == {1: "a"}
    assert [record.getMessage() for record in caplog.records] == [
        "node 1 refuses to take part [not-approved]; it is asked again"
    ]


def test_where_a_node_was_registered_its_site_is_named_and_each_code_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A number says nothing to whoever has to telephone."""
    asking, told = roster(), list[tuple[int, int]]()
    asking.registered_as, asking.on_refused = {1: "a"}.get, lambda *refusal: told.append(refusal)
    with pytest.raises(TooFewSitesError, match=r"refused: a \(node 1\): not-approved"):
        asking.connected(refusing_at_first(times=1000), minimum=1, timeout=10)
    assert "a (node 1) refuses to take part [not-approved]; it is asked again" in caplog.text
    assert told == [(1, NotApprovedError.wire_code)]


def test_who_waits_in_vain_learns_what_the_nodes_refused_with() -> None:
    with pytest.raises(TooFewSitesError, match=r"missing: a, b\. Connected nodes refused: node 1: not-approved\."):
        roster().connected(refusing_at_first(times=1000), minimum=1, timeout=10)

"""No site takes another's place: a node is the site whose identity it proves, or nobody."""

from collections.abc import Callable

import pytest
from flwr.app import ConfigRecord, Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp

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


def test_who_waits_in_vain_learns_what_the_nodes_refused_with() -> None:
    with pytest.raises(TooFewSitesError, match=r"missing: a, b\. Connected nodes refused with: not-approved\."):
        roster().connected(refusing_at_first(times=1000), minimum=1, timeout=10)

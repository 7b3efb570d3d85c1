"""Asking: again where nothing came, each reply once, nothing that was not asked for, and not for ever."""

import itertools
import logging
from collections.abc import Callable, Iterable

import pytest
from flwr.app import ConfigRecord, Error, Message, RecordDict
from flwr.clientapp import ClientApp
from tests.strategies.clock import Clock as StandingClock

from cloister.simulation.process_engine import ProcessGrid
from cloister.strategies.asking import replies_to
from cloister.study.errors import NotApprovedError, UpdateRefusedError

Reply = Callable[[Message], Message | None]
LOST, AWAY = 3, 5
"""Flower's codes for a message that is not available, and for a node that is not."""


class Network(ProcessGrid):
    """Nodes 1, 2, ... whose n-th reply is what `replies` says; None is a message that is lost for ever."""

    def __init__(self, *replies: list[Reply]) -> None:
        super().__init__(ClientApp(), [{} for _ in replies])
        self._scripts = {node: list(script) for node, script in enumerate(replies, start=1)}
        self.asked: list[int] = []
        self.away: set[int] = set()
        self.arrived: list[Message] = []

    def get_node_ids(self) -> Iterable[int]:
        return [node for node in self._scripts if node not in self.away]

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        identities = []
        for message in messages:
            node = message.metadata.dst_node_id
            self.asked.append(node)
            identities.append(f"message-{next(self._message_numbers)}")
            message.metadata.__dict__["_message_id"] = identities[-1]
            script = self._scripts[node]
            reply = (script.pop(0) if len(script) > 1 else script[0])(message)
            if reply is not None:
                self.arrived.append(reply)
        return identities

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        wanted = set(message_ids)
        found = [reply for reply in self.arrived if reply.metadata.reply_to_message_id in wanted]
        self.arrived = [reply for reply in self.arrived if reply not in found]
        return found


class Clock(StandingClock):
    """One that never stands still: a wait of no time at all would go on for ever."""

    def pause(self, seconds: float) -> None:
        super().pause(max(seconds, 1e-3))


def says(text: str) -> Reply:
    return lambda message: Message(RecordDict({"config": ConfigRecord({"text": text})}), reply_to=message)


def fails(code: int) -> Reply:
    return lambda message: Message(Error(code=code, reason=""), reply_to=message)


def nothing(_: Message) -> None:
    return None


def asking(network: Network, timeout: float = 900.0) -> tuple[dict[int, Message], float]:
    clock = Clock()
    messages = [Message(RecordDict(), dst_node_id=node, message_type="query.x") for node in sorted(network._scripts)]
    return dict(replies_to(network, messages, timeout, clock=clock, pause=clock.pause)), clock.now


def text_of(reply: Message) -> object:
    return reply.content.config_records["config"]["text"]


@pytest.mark.parametrize("fault", [nothing, fails(LOST), fails(AWAY), fails(8)])
def test_a_site_whose_reply_was_lost_is_asked_again(fault: Reply) -> None:
    network = Network([says("one")], [fault, fault, says("two")])
    replies, _ = asking(network)
    assert {node: text_of(reply) for node, reply in replies.items()} == {1: "one", 2: "two"}
    assert network.asked == [1, 2, 2, 2]


def test_a_refusal_is_an_answer() -> None:
    network = Network([fails(NotApprovedError.wire_code)])
    replies, seconds = asking(network)
    assert replies[1].error.code == NotApprovedError.wire_code
    assert (network.asked, seconds) == ([1], 0.0)


def test_silence_ends_at_the_deadline() -> None:
    network = Network([says("one")], [nothing])
    replies, seconds = asking(network)
    assert set(replies) == {1}
    assert 900 <= seconds < 905
    assert network.asked.count(2) <= 4


def test_a_site_that_crashes_at_every_request_is_not_asked_for_ever() -> None:
    network = Network([fails(8)])
    asking(network)
    assert len(network.asked) <= 25


def test_a_site_that_was_away_and_is_back_is_asked_at_once() -> None:
    """A killed node comes back after a minute: what of its reply has arrived by then is not sent again."""

    class Killed(Network):
        def get_node_ids(self) -> Iterable[int]:
            self.away = {2} if 60 <= clock.now < 100 else set()
            return super().get_node_ids()

    clock = Clock()
    network = Killed([says("one")], [nothing, says("two")])
    questions = [Message(RecordDict(), dst_node_id=node, message_type="query.x") for node in (1, 2)]
    replies = dict(replies_to(network, questions, 900.0, clock=clock, pause=clock.pause))
    assert {node: text_of(reply) for node, reply in replies.items()} == {1: "one", 2: "two"}
    assert network.asked == [1, 2, 2]
    assert clock.now < 110


def test_which_nodes_are_there_is_looked_up_at_most_once_a_second() -> None:
    """Every look costs the one SuperLink of all sites as much as a look for replies."""
    looks = []

    class Watched(Network):
        def get_node_ids(self) -> Iterable[int]:
            looks.append(clock.now)
            return super().get_node_ids()

    clock = Clock()
    question = Message(RecordDict(), dst_node_id=1, message_type="query.x")
    assert not dict(replies_to(Watched([nothing]), [question], 60.0, clock=clock, pause=clock.pause))
    assert looks[0] == 0
    assert min(later - earlier for earlier, later in itertools.pairwise(looks)) >= 1


def test_a_second_reply_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Echoing(Network):
        def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
            return [reply for reply in super().pull_messages(message_ids) for _ in range(2)]

    with caplog.at_level(logging.WARNING, "cloister.coordinator"):
        replies, _ = asking(Echoing([says("one")], [nothing, says("two")]))
    assert {node: text_of(reply) for node, reply in replies.items()} == {1: "one", 2: "two"}
    assert "duplicate-reply" in caplog.text


def test_a_late_reply_to_the_first_request_counts_like_one_to_the_second() -> None:
    """Both are the same reply; the other one is not waited for."""
    first: list[Message] = []

    def late(message: Message) -> None:
        first.append(message)

    def second(message: Message) -> Message:
        del message
        return Message(RecordDict({"config": ConfigRecord({"text": "late"})}), reply_to=first[0])

    replies, _ = asking(Network([late, second]))
    assert text_of(replies[1]) == "late"


def test_a_message_of_a_past_round_is_not_fetched() -> None:
    """Replies are fetched by the ids of this exchange's messages; another round's are not among them."""
    network = Network([nothing, says("now")])
    past = Message(RecordDict(), dst_node_id=1, message_type="train")
    past.metadata.__dict__["_message_id"] = "past"
    network.arrived.append(Message(RecordDict({"config": ConfigRecord({"text": "then"})}), reply_to=past))
    replies, _ = asking(network)
    assert text_of(replies[1]) == "now"
    assert len(network.arrived) == 1


def test_a_reply_that_says_it_is_of_a_past_round_is_ignored(caplog: pytest.LogCaptureFixture) -> None:
    class Confused(Network):
        def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
            past = Message(RecordDict(), dst_node_id=1, message_type="train")
            past.metadata.__dict__["_message_id"] = "past"
            return [Message(RecordDict(), reply_to=past), *super().pull_messages(message_ids)]

    with caplog.at_level(logging.WARNING, "cloister.coordinator"):
        replies, _ = asking(Confused([says("now")]))
    assert text_of(replies[1]) == "now"
    assert "ignored" in caplog.text


def test_what_cannot_be_taken_apart_is_a_refused_reply_and_spoils_no_other() -> None:
    class Truncating(Network):
        def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
            found = list(super().pull_messages(message_ids))
            if any(reply.metadata.src_node_id == 2 for reply in found):
                self.arrived += found
                if len(found) == 1:
                    self.arrived.remove(found[0])
                raise ValueError("the object ends too early")
            return found

    replies, _ = asking(Truncating([says("one")], [says("cut")], [says("three")]))
    assert replies[2].error.code == UpdateRefusedError.wire_code
    assert {node: text_of(replies[node]) for node in (1, 3)} == {1: "one", 3: "three"}


def test_a_message_that_was_not_handed_over_is_sent_again_soon() -> None:
    class Refusing(Network):
        def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
            first = not self.asked
            return list(super().push_messages(messages))[: 1 if first else None]

    network = Refusing([says("one")], [nothing, says("two")])
    replies, seconds = asking(network)
    assert {node: text_of(reply) for node, reply in replies.items()} == {1: "one", 2: "two"}
    assert (network.asked, seconds < 1.0) == ([1, 2, 2], True)


def test_who_is_away_is_asked_when_there_again() -> None:
    class Returning(Network):
        def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
            found = super().pull_messages(message_ids)
            self.away.clear()
            return found

    network = Returning([says("one")], [says("two")])
    network.away = {2}
    replies, _ = asking(network)
    assert set(replies) == {1, 2}


def test_clocks_that_differ_by_hours_do_not_matter() -> None:
    def skewed(message: Message) -> Message:
        reply = Message(RecordDict({"config": ConfigRecord({"text": "skewed"})}), reply_to=message)
        reply.metadata.__dict__["_created_at"] += 9 * 3600.0
        return reply

    replies, seconds = asking(Network([skewed]))
    assert text_of(replies[1]) == "skewed"
    assert seconds == 0.0

"""Buffered asynchronous rounds: nobody waits for the slow, and what comes late counts less."""

import heapq
import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp
from numpy.typing import NDArray
from tests.strategies.clock import Clock

from cloister.simulation.process_engine import ProcessGrid
from cloister.strategies.fedbuff import FedBuff
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import Arrays, from_record, to_record
from cloister.study.errors import BudgetExhaustedError, TooFewSitesError
from cloister.study.schema import Study

Floats = NDArray[np.float64]
MODEL: Arrays = {"w": np.zeros(3, np.float32)}
CENTRES = {site: np.random.default_rng(number).normal(size=3) for number, site in enumerate(("east", "north", "south"))}
NEVER = 1e9


class SlowGrid(ProcessGrid):
    """Sites that step halfway to their centres, each after its own number of seconds."""

    def __init__(
        self,
        clock: Clock,
        seconds: Mapping[str, float],
        failing: tuple[str, ...] = (),
        garbage: Mapping[str, ArrayRecord] | None = None,
    ) -> None:
        app = ClientApp()

        @app.query("identify")
        def identify(message: Message, context: Context) -> Message:
            name = str(context.node_config["name"])
            return Message(RecordDict({"config": ConfigRecord({"site": name})}), reply_to=message)

        @app.train()
        def train(message: Message, context: Context) -> Message:
            name = str(context.node_config["name"])
            self.asked.append(name)
            if name in failing:
                return Message(Error(code=BudgetExhaustedError.wire_code, reason=""), reply_to=message)
            if garbage and name in garbage:
                return Message(RecordDict({"arrays": garbage[name]}), reply_to=message)
            model = from_record(message.content.array_records["arrays"], MODEL)["w"]
            update = (0.5 * (CENTRES[name] - model)).astype(np.float32)
            return Message(RecordDict({"arrays": to_record({"w": update})}), reply_to=message)

        super().__init__(app, [{"name": name} for name in seconds])
        self.asked: list[str] = []
        self._clock, self._seconds = clock, dict(enumerate(seconds.values(), start=1))
        self._ready: dict[str, float] = {}

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        messages = list(messages)
        ids = list(super().push_messages(messages))
        is_training = [message.metadata.message_type == "train" for message in messages]
        for identity, message, trains in zip(ids, messages, is_training, strict=True):
            wait = self._seconds[message.metadata.dst_node_id] if trains else 0.0
            self._ready[identity] = self._clock.now + wait
        return ids

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        return super().pull_messages([each for each in message_ids if self._ready[each] <= self._clock.now])


def study(rounds: int, size: int, minimum: int = 1, **federation: Any) -> Study:
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": rounds,
            "federation": {
                "sites": list(CENTRES),
                "minimum_sites": minimum,
                "secure_aggregation": False,
                "round_timeout": 100,
                **federation,
            },
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "none"},
            "strategy": {"name": "fedbuff", "buffer_size": size, "server_learning_rate": 0.8},
        }
    )


def start(settings: Study, grid: SlowGrid, clock: Clock) -> FedBuff:
    strategy = FedBuff(settings, ServerState(settings.sha256, "run", 0, MODEL), lambda _: None)
    strategy.clock, strategy.pause = clock, clock.pause
    timeout = settings.federation.round_timeout
    strategy.start(grid, to_record(MODEL), num_rounds=settings.rounds, timeout=timeout)
    return strategy


def events(seconds: Mapping[str, float], rounds: int, size: int) -> list[Floats]:
    """Algorithm 1 as a simulation of events: a queue of arrivals, each with its model and the round it began in."""
    x, now = np.zeros(3), 0.0
    models: list[Floats] = []
    queue: list[tuple[float, int, str, int, Floats]] = []
    order = itertools.count()
    idle = list(seconds)
    for number in range(1, rounds + 1):
        for site in sorted(idle):
            heapq.heappush(queue, (now + seconds[site], next(order), site, number, x))
        moves, idle = list[Floats](), list[str]()
        while len(moves) < size:
            now, _, site, began, model = heapq.heappop(queue)
            moves.append(0.5 * (CENTRES[site] - model) / math.sqrt(1 + number - began))
            idle.append(site)
        x = x + 0.8 * sum(moves) / size
        models.append(x)
    return models


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("seconds", [(1, 2.5, 6.5), (1.5, 1, 20), (4, 3.5, 3)])
def test_the_model_moves_as_in_an_event_simulation(size: int, seconds: tuple[float, ...]) -> None:
    took = dict(zip(CENTRES, seconds, strict=True))
    clock = Clock()
    rounds = 9
    strategy = start(study(rounds, size), SlowGrid(clock, took), clock)
    np.testing.assert_allclose(strategy.state.model["w"], events(took, rounds, size)[-1], atol=1e-6)


def test_nobody_waits_for_a_slow_site() -> None:
    clock = Clock()
    strategy = start(study(10, 2), SlowGrid(clock, {"east": 1, "north": 1, "south": NEVER}), clock)
    assert clock.now == 10
    assert all(record.replied == ("east", "north") for record in strategy.state.history[1:])


def test_at_the_deadline_a_round_closes_with_what_it_has() -> None:
    clock = Clock()
    strategy = start(study(2, 3), SlowGrid(clock, {"east": 1, "north": 1, "south": NEVER}), clock)
    assert [record.replied for record in strategy.state.history[1:]] == [("east", "north")] * 2
    assert clock.now == 200


def test_below_the_minimum_the_run_stops() -> None:
    clock = Clock()
    with pytest.raises(TooFewSitesError, match="1 of the 2 updates"):
        start(study(2, 3, minimum=2), SlowGrid(clock, {"east": 1, "north": NEVER, "south": NEVER}), clock)


def test_a_site_is_asked_once_a_round_at_most_and_again_when_it_is_overdue() -> None:
    clock = Clock()
    grid = SlowGrid(clock, {"east": 30, "north": 30, "south": NEVER})
    start(study(8, 2), grid, clock)
    assert grid.asked.count("east") == 8
    # After 240 of 100 seconds each: at the start, and twice more.
    assert grid.asked.count("south") == 2


def test_a_site_without_a_budget_does_not_hold_up_the_others() -> None:
    clock = Clock()
    grid = SlowGrid(clock, {"east": 1, "north": 1, "south": 0.5}, failing=("south",))
    strategy = start(study(4, 2), grid, clock)
    assert strategy.state.round == 4
    assert all(record.failed == {"south": "budget-exhausted"} for record in strategy.state.history[1:])


@pytest.mark.parametrize(
    "garbage",
    [
        ArrayRecord(),
        to_record({"w": np.zeros(7, np.float32)}),
        ArrayRecord(dict.fromkeys(to_record(MODEL), Array(np.zeros(7, np.float32)))),
        to_record({"w": np.full(3, np.nan, np.float32)}),
        to_record({"w": np.full(3, 1e5, np.float32)}),
    ],
    ids=["nothing", "another shape", "another size", "no numbers", "too large"],
)
def test_what_is_no_update_takes_no_place_in_the_buffer(garbage: ArrayRecord) -> None:
    """Else the first to answer, with anything at all, closes each round below its minimum, and so stops the run."""
    clock = Clock()
    grid = SlowGrid(clock, {"east": 1, "north": 1, "south": 0.5}, garbage={"south": garbage})
    strategy = start(study(4, 2, minimum=2), grid, clock)
    assert strategy.state.round == 4
    assert all(record.replied == ("east", "north") for record in strategy.state.history[1:])
    assert all(record.failed == {"south": "update-refused"} for record in strategy.state.history[1:])


@pytest.mark.parametrize(("size", "minimum"), [(4, 1), (1, 2)])
def test_a_buffer_that_cannot_be_is_refused(size: int, minimum: int) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        study(2, size, minimum)


def test_fedbuff_under_secure_aggregation_is_refused() -> None:
    document = study(2, 2).model_dump(mode="json")
    document["federation"]["secure_aggregation"] = True
    with pytest.raises(ValueError, match="needs each site's own update"):
        Study.model_validate(document)

"""Rounds go on without those who fail, stop cleanly when too few are left, and ask nobody who is not on the roster."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flwr.app import ArrayRecord, ConfigRecord, Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp

from cloister.simulation.process_engine import ProcessGrid
from cloister.strategies.catalogue import STRATEGIES, strategy_of
from cloister.strategies.fedavg import FedAvg
from cloister.strategies.roster import Roster
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import to_record
from cloister.study.errors import BudgetExhaustedError, NotApprovedError, StudyError, TooFewSitesError
from cloister.study.schema import StrategyName, Study

MODEL = {"w": np.zeros(3, np.float32)}
Answer = Callable[[Message], Message]


def study(sites: list[str], minimum: int | None = None, rounds: int = 2) -> Study:
    federation: dict[str, Any] = {"sites": sites, "connect_timeout": 0.001, "secure_aggregation": False}
    if minimum is not None:
        federation["minimum_sites"] = minimum
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": rounds,
            "federation": federation,
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "none"},
        }
    )


def update_of(value: float, name: str = "w", shape: tuple[int, ...] = (3,)) -> Answer:
    def answer(message: Message) -> Message:
        arrays = to_record({name: np.full(shape, value, np.float32)})
        return Message(RecordDict({"arrays": arrays}), reply_to=message)

    return answer


def failing(message: Message) -> Message:
    return Message(Error(code=BudgetExhaustedError.wire_code, reason=""), reply_to=message)


def refusing(message: Message) -> Message:
    return Message(Error(code=NotApprovedError.wire_code, reason=""), reply_to=message)


def without_arrays(message: Message) -> Message:
    return Message(RecordDict({"other": ArrayRecord()}), reply_to=message)


def grid_of(sites: dict[str, Answer], asked: list[str] | None = None) -> ProcessGrid:
    app = ClientApp()

    @app.query("identify")
    def identify(message: Message, context: Context) -> Message:
        name = str(context.node_config["name"]).partition("/")[0]
        return Message(RecordDict({"config": ConfigRecord({"site": name})}), reply_to=message)

    @app.train()
    def train(message: Message, context: Context) -> Message:
        name = str(context.node_config["name"])
        if asked is not None:
            asked.append(name)
        return sites[name](message)

    return ProcessGrid(app, [{"name": name} for name in sites])


def run(settings: Study, grid: ProcessGrid, state: ServerState | None = None) -> tuple[FedAvg, list[ServerState]]:
    saved: list[ServerState] = []
    strategy = FedAvg(settings, state or ServerState(settings.sha256, "run", 0, MODEL), saved.append)
    strategy.start(grid, to_record(strategy.state.model), num_rounds=settings.rounds)
    return strategy, saved


def test_updates_are_averaged_and_every_round_is_saved() -> None:
    strategy, saved = run(study(["a", "b"]), grid_of({"a": update_of(1.0), "b": update_of(3.0)}))
    np.testing.assert_array_equal(strategy.state.model["w"], [4.0, 4.0, 4.0])
    assert [state.round for state in saved] == [0, 1, 2]
    assert strategy.state.history[-1].replied == ("a", "b")
    assert strategy.state.history[-1].bytes_up > 0


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (failing, "budget-exhausted"),
        (without_arrays, "update-refused"),
        (update_of(float("nan")), "update-refused"),
        (update_of(1.0, name="v"), "update-refused"),
        (update_of(1.0, shape=(4,)), "update-refused"),
    ],
)
def test_a_bad_reply_costs_that_sites_update_and_not_the_round(bad: Answer, code: str) -> None:
    grid = grid_of({"a": update_of(1.0), "b": update_of(1.0), "c": bad})
    strategy, _ = run(study(["a", "b", "c"], minimum=2), grid)
    assert strategy.state.history[-1].failed == {"c": code}
    np.testing.assert_array_equal(strategy.state.model["w"], [2.0, 2.0, 2.0])


@pytest.mark.parametrize("value", [np.nan, -np.inf, 1e5, -1e30], ids=str)
@pytest.mark.parametrize(
    "name", ["fedavg", *(name for name, made in STRATEGIES.items() if not made.works_under_secure_aggregation)]
)
def test_values_that_no_update_has_cost_their_sites_update_whatever_becomes_of_single_ones(
    name: StrategyName, value: float
) -> None:
    sites = [f"site-{number}" for number in range(8)]
    plain = study(sites, minimum=7, rounds=len(sites))
    chosen = plain.strategy.model_copy(update={"name": name, "adversaries": 1, "buffer_size": 7})
    settings = plain.model_copy(update={"strategy": chosen})
    strategy = strategy_of(settings, ServerState(settings.sha256, "run", 0, MODEL), lambda _: None)
    answers = {site: update_of(0.5 if site != sites[0] else value) for site in sites}
    strategy.start(grid_of(answers), to_record(MODEL), num_rounds=settings.rounds, timeout=1)
    assert strategy.state.round == len(sites)
    assert {code for record in strategy.state.history for code in record.failed.values()} == {"update-refused"}
    assert {site for record in strategy.state.history for site in record.failed} == {sites[0]}
    assert np.isfinite(strategy.state.model["w"]).all()


def test_too_few_updates_stop_the_run_with_the_last_round_kept() -> None:
    grid = grid_of({"a": update_of(1.0), "b": refusing})
    saved: list[ServerState] = []
    settings = study(["a", "b"])
    strategy = FedAvg(settings, ServerState(settings.sha256, "run", 0, MODEL), saved.append)
    with pytest.raises(TooFewSitesError, match="b: not-approved"):
        strategy.start(grid, to_record(MODEL), num_rounds=2)
    assert [state.round for state in saved] == [0]
    np.testing.assert_array_equal(saved[-1].model["w"], MODEL["w"])


@pytest.mark.parametrize("name", ["fedavg", "fedavgm", "fedadam"])
def test_a_model_that_diverges_stops_the_run_with_the_last_round_kept(name: StrategyName) -> None:
    plain = study(["a", "b"])
    chosen = plain.strategy.model_copy(update={"name": name, "server_learning_rate": 3e38})
    settings = plain.model_copy(update={"strategy": chosen})
    saved: list[ServerState] = []
    strategy = strategy_of(settings, ServerState(settings.sha256, "run", 0, MODEL), saved.append)
    with pytest.raises(StudyError, match="server_learning_rate"):
        strategy.start(grid_of({"a": update_of(9.0), "b": update_of(9.0)}), to_record(MODEL), num_rounds=2)
    assert all(np.isfinite(value).all() for state in saved for value in state.model.values())
    assert strategy.state.round == saved[-1].round
    assert np.isfinite(strategy.state.model["w"]).all()


def test_a_resumed_run_does_only_what_is_missing() -> None:
    settings = study(["a", "b"], rounds=5)
    answers = {"a": update_of(1.0), "b": update_of(1.0)}
    _, whole = run(settings, grid_of(answers))
    asked: list[str] = []
    strategy, _ = run(settings, grid_of(answers, asked), whole[3])
    assert len(asked) == 2 * 2
    np.testing.assert_array_equal(strategy.state.model["w"], whole[-1].model["w"])
    assert [record.round for record in strategy.state.history] == list(range(6))


def test_a_site_that_is_not_on_the_roster_gets_no_model() -> None:
    asked: list[str] = []
    run(study(["a"]), grid_of({"a": update_of(1.0), "stranger": update_of(9.0)}, asked))
    assert set(asked) == {"a"}


def test_of_two_nodes_that_claim_one_name_none_takes_part() -> None:
    asked: list[str] = []
    nodes = {name: update_of(1.0) for name in ("a", "b", "c", "c/imposter")}
    run(study(["a", "b", "c"], 2), grid_of(nodes, asked))
    assert set(asked) == {"a", "b"}


def test_waiting_for_sites_ends() -> None:
    ticks = iter(range(1000))
    pauses: list[float] = []
    roster = Roster(("a", "b"), clock=lambda: float(next(ticks)), pause=pauses.append)
    with pytest.raises(TooFewSitesError, match="missing: b"):
        roster.connected(grid_of({"a": update_of(1.0)}), minimum=2, timeout=10)
    assert 0 < len(pauses) <= 10


def test_each_site_is_told_how_often_it_has_contributed() -> None:
    """The receipt by which a site notices that its ledger is an older copy."""
    receipts: dict[str, list[object]] = {"a": [], "b": []}

    def answering(name: str) -> Answer:
        def answer(message: Message) -> Message:
            receipts[name].append(message.content.config_records["config"]["rounds-contributed"])
            late = name == "b" and len(receipts[name]) == 1
            return failing(message) if late else update_of(1.0)(message)

        return answer

    run(study(["a", "b"], minimum=1, rounds=3), grid_of({name: answering(name) for name in receipts}))
    assert receipts == {"a": [0, 1, 2], "b": [0, 0, 1]}

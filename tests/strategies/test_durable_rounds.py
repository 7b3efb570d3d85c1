"""Rounds that are judged, runs that end early, and what a restarted coordinator finds."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flwr.app import ArrayRecord, Context, Error, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import save_file

from cloister.privacy.secure_aggregation.messages import Advertisement
from cloister.simulation.process_engine import ProcessGrid
from cloister.strategies.acceptance import is_accepted, stopped
from cloister.strategies.fedavgm import FedAvgM
from cloister.strategies.in_flight import InFlight
from cloister.strategies.server_state import RoundRecord, ServerState
from cloister.study.arrays import from_record, to_record
from cloister.study.errors import BudgetExhaustedError, InputError, TooFewSitesError
from cloister.study.schema import Evaluation, Study

MODEL = {"w": np.zeros(3, np.float32)}
SITES = ("a", "b", "c")
Judge = Callable[[float], float]


def study(minimum: int = 3, rounds: int = 6, **evaluation: Any) -> Study:
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": rounds,
            "federation": {"sites": list(SITES), "minimum_sites": minimum, "secure_aggregation": False},
            "strategy": {"name": "fedavgm"},
            "evaluation": {"metric": "auroc", **evaluation},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "none"},
        }
    )


def grid_of(update: Callable[[str, int], float | None], kind: type[ProcessGrid] = ProcessGrid) -> ProcessGrid:
    """Sites that send `update(site, round)` in every coordinate, or refuse for want of budget where it is None."""
    app = ClientApp()

    @app.query("identify")
    def identify(message: Message, context: Context) -> Message:
        from flwr.app import ConfigRecord

        return Message(RecordDict({"config": ConfigRecord({"site": context.node_config["name"]})}), reply_to=message)

    @app.train()
    def train(message: Message, context: Context) -> Message:
        number = message.content.config_records["config"]["server-round"]
        assert isinstance(number, int)
        value = update(str(context.node_config["name"]), number)
        if value is None:
            return Message(Error(code=BudgetExhaustedError.wire_code, reason=""), reply_to=message)
        arrays = to_record({"w": np.full(3, value, np.float32)})
        return Message(RecordDict({"arrays": arrays}), reply_to=message)

    return kind(app, [{"name": name} for name in SITES])


def run(
    settings: Study, grid: ProcessGrid, judge: Judge = lambda _: 0.5, state: ServerState | None = None
) -> tuple[ServerState, list[ServerState]]:
    saved: list[ServerState] = []
    strategy = FedAvgM(settings, state or ServerState(settings.sha256, "run", 0, MODEL), saved.append)

    def evaluate(_: int, arrays: ArrayRecord) -> MetricRecord:
        value = judge(float(from_record(arrays, MODEL)["w"][0]))
        return MetricRecord({} if value != value else {"auroc": value})

    strategy.start(grid, to_record(strategy.state.model), settings.rounds, timeout=60, evaluate_fn=evaluate)
    return strategy.state, saved


def test_a_model_that_is_worse_than_tolerated_goes_and_leaves_no_trace() -> None:
    """Momentum, too, is the one of the last accepted round: the run is that of one without the bad round."""
    poisoned = grid_of(lambda _, number: -9.0 if number == 2 else 1.0)
    state, saved = run(study(rounds=3, tolerance=0.1), poisoned, lambda w: 0.5 if w >= 0 else 0.1)
    clean, _ = run(study(rounds=2), grid_of(lambda *_: 1.0))
    np.testing.assert_array_equal(state.model["w"], clean.model["w"])
    np.testing.assert_array_equal(state.optimizer["v/w"], clean.optimizer["v/w"])
    assert [record.accepted for record in state.history] == [True, True, False, True]
    assert state.history[2].metrics == {"auroc": 0.1}
    np.testing.assert_array_equal(saved[2].model["w"], saved[1].model["w"])


def test_without_a_tolerance_every_model_is_accepted() -> None:
    state, _ = run(study(rounds=3), grid_of(lambda *_: -1.0), lambda w: 0.5 + w / 100)
    assert all(record.accepted for record in state.history)


def test_a_model_on_which_the_metric_is_not_defined_is_rejected() -> None:
    state, _ = run(study(rounds=1, tolerance=0.5), grid_of(lambda *_: 1.0), lambda w: float("nan") if w else 0.5)
    assert [record.accepted for record in state.history] == [True, False]
    np.testing.assert_array_equal(state.model["w"], MODEL["w"])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0, 1))
def test_accepted_models_never_lose_more_than_the_tolerance(values: list[float], tolerance: float) -> None:
    """However slowly somebody poisons: the comparison is with the best accepted model, not with the last."""
    history: tuple[RoundRecord, ...] = ()
    for number, value in enumerate(values):
        accepted = is_accepted({"auroc": value}, history, Evaluation(tolerance=tolerance))
        history += (RoundRecord(number, (), {}, 0.0, 0, 0, {"auroc": value}, accepted),)
        kept = [record.metrics["auroc"] for record in history if record.accepted]
        assert kept[-1] >= max(kept) - tolerance
    assert history[0].accepted


def test_a_run_ends_when_the_target_is_reached_and_stays_ended() -> None:
    settings = study(target=0.7)
    state, _ = run(settings, grid_of(lambda *_: 1.0), lambda w: min(0.5 + w / 10, 1.0))
    assert (state.round, state.stopped) == (2, "target-reached")
    again, saved = run(settings, grid_of(lambda *_: 1.0), state=state)
    assert (again.round, saved) == (2, [])


def test_a_run_ends_when_nothing_gets_better() -> None:
    values = iter([0.5, 0.6, 0.6, 0.59, 0.9, 0.9])
    state, _ = run(study(patience=2, minimum_gain=0.01), grid_of(lambda *_: 1.0), lambda _: next(values))
    assert (state.round, state.stopped) == (3, "plateau")


def test_a_gain_within_the_patience_keeps_the_run_going() -> None:
    values = iter([0.5, 0.6, 0.6, 0.65, 0.65, 0.7, 0.7])
    state, _ = run(study(patience=2), grid_of(lambda *_: 1.0), lambda _: next(values))
    assert (state.round, state.stopped) == (6, None)


def test_a_rejected_model_is_no_gain() -> None:
    history = [RoundRecord(0, (), {}, 0.0, 0, 0, {"auroc": 0.5})]
    history += [RoundRecord(number, (), {}, 0.0, 0, 0, {"auroc": 0.9}, accepted=False) for number in (1, 2)]
    assert stopped(history, Evaluation(patience=2)) == "plateau"


def test_rounds_go_on_without_a_site_that_is_over_its_budget() -> None:
    state, _ = run(
        study(minimum=2, rounds=4), grid_of(lambda site, number: None if site == "c" and number > 1 else 1.0)
    )
    assert (state.round, state.stopped) == (4, None)
    assert [record.replied for record in state.history[2:]] == [("a", "b")] * 3


def test_a_run_without_budgets_ends_with_its_last_model() -> None:
    settings = study(minimum=2, rounds=9)
    state, saved = run(settings, grid_of(lambda site, number: None if site != "a" and number > 3 else 1.0))
    assert (state.round, state.stopped) == (3, "budgets-exhausted")
    np.testing.assert_array_equal(saved[-1].model["w"], saved[-2].model["w"])


def test_a_run_that_ended_for_want_of_budget_goes_on_once_there_is_some() -> None:
    settings = study(rounds=3)
    state, _ = run(settings, grid_of(lambda _, number: None if number > 1 else 1.0))
    assert (state.round, state.stopped) == (1, "budgets-exhausted")
    resumed, _ = run(settings, grid_of(lambda *_: 1.0), state=state)
    whole, _ = run(settings, grid_of(lambda *_: 1.0))
    assert (resumed.round, resumed.stopped) == (3, None)
    np.testing.assert_array_equal(resumed.model["w"], whole.model["w"])


def test_one_site_without_a_budget_among_many_that_failed_is_not_the_end() -> None:
    """Two of three are needed: one that has no budget left does not make that impossible, one that is ill does."""

    class Losing(ProcessGrid):
        """What node 1 is sent to train on is lost."""

        def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
            for message in messages:
                message.metadata.__dict__["_message_id"] = "lost"
            return super().push_messages(
                [one for one in messages if (one.metadata.dst_node_id, one.metadata.message_type) != (1, "train")]
            )

    grid = grid_of(lambda site, _: None if site == "c" else 1.0, Losing)
    settings = study(minimum=2)
    strategy = FedAvgM(settings, ServerState(settings.sha256, "run", 0, MODEL), lambda _: None)
    with pytest.raises(TooFewSitesError, match="a: no-reply, c: budget-exhausted"):
        strategy.start(grid, to_record(MODEL), settings.rounds, timeout=0.01)


def flight() -> InFlight:
    ad = Advertisement("a", b"s" * 32, b"m" * 32, b"c" * 32, b"x" * 64)
    return InFlight(
        run_id="run",
        number=3,
        session="run/1",
        advertisements=(ad, replace(ad, site="b")),
        sealed={"a": {"b": b"\x00\xff"}, "b": {"a": b""}},
        summed=np.array([1, 2**32 - 1], np.uint32),
        agreements={"a": b"signature"},
        failed={"b": "no-reply"},
        following=(ad,),
    )


@pytest.mark.parametrize("summed", [np.array([1, 2**32 - 1], np.uint32), None])
def test_a_round_in_flight_returns_as_it_was_kept(tmp_path: Path, summed: Any) -> None:
    kept = replace(flight(), summed=summed)
    kept.save(tmp_path / "round")
    loaded = InFlight.load(tmp_path / "round")
    assert loaded is not None
    if summed is not None:
        np.testing.assert_array_equal(loaded.summed, summed)
    assert replace(loaded, summed=None) == replace(kept, summed=None)
    assert InFlight.load(tmp_path / "none") is None


@pytest.mark.parametrize("cut", [0, 10, 200, -1])
def test_a_damaged_round_in_flight_is_told_with_what_it_costs_to_drop_it(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "round"
    flight().save(path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InputError, match="begins anew"):
        InFlight.load(path)


AD = {"site": "a", "sealing_key": "00", "mask_key": "00", "seed_commitment": "00", "signature": "00"}


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 3.0}, {"number": True}, {"number": 10**30}, {"session": None}, {"session": ["a"]},
        {"session": "\ud800"}, {"failed": ["b"]}, {"failed": {"b": 5}}, {"failed": {"b": "of a text"}},
        {"advertisements": [AD | {"site": ["a"]}]}, {"following": [AD | {"mask_key": "zz"}]}, {"following": [{}]},
        {"sealed": {"a": []}}, {"sealed": {"a": {"b": 5}}}, {"agreements": {"a": None}}, {"more": 1},
    ],
)  # fmt: skip
def test_a_round_in_flight_of_other_types_is_told(tmp_path: Path, changed: dict[str, Any]) -> None:
    path = tmp_path / "round"
    flight().save(path)
    with safe_open(path, framework="numpy") as file:
        header, summed = file.metadata(), file.get_tensor("sum")
    fields = json.loads(header["round"])
    save_file({"sum": summed}, path, {**header, "round": json.dumps(fields)})
    assert InFlight.load(path) is not None
    save_file({"sum": summed}, path, {**header, "round": json.dumps(fields | changed)})
    with pytest.raises(InputError, match="begins anew"):
        InFlight.load(path)

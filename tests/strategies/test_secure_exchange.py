"""Rounds under secure aggregation over a Flower grid: the right mean, few messages, and no round lost to a drop-out."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp

from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation import wire
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint
from cloister.privacy.secure_aggregation.messages import RoundId
from cloister.privacy.secure_aggregation.site import SiteRound, Terms
from cloister.simulation.process_engine import ProcessGrid
from cloister.strategies.fedavg import FedAvg
from cloister.strategies.secure_exchange import NO_KEYS
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import Arrays, to_record
from cloister.study.errors import (
    BudgetExhaustedError,
    NotApprovedError,
    SecureAggregationError,
    SitePausedError,
    StudyError,
    TooFewSitesError,
)
from cloister.study.schema import Study

MODEL: Arrays = {"a": np.zeros((2, 3), np.float32), "b": np.zeros(4, np.float32)}
NAMES = ("east", "north", "south", "west")
KEYS = {name: Ed25519PrivateKey.generate() for name in NAMES}
IDENTITIES = {name: key.public_key().public_bytes_raw() for name, key in KEYS.items()}
TOLERANCE = 1e-6
Fails = Callable[[str, str, int], bool]


def study(minimum: int = 3, rounds: int = 4, weights: dict[str, float] | None = None, **federation: Any) -> Study:
    identities = {name: key.hex() for name, key in IDENTITIES.items()}
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": rounds,
            "federation": {
                "sites": list(NAMES),
                "minimum_sites": minimum,
                "connect_timeout": 0.001,
                "identities": identities,
                **federation,
            },
            "strategy": {"weights": weights},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "none"},
        }
    )


def update_of(name: str) -> Arrays:
    generator = np.random.default_rng(NAMES.index(name))
    return {key: generator.normal(size=value.shape).astype(np.float32) for key, value in MODEL.items()}


class Sites:
    """Four sites that train nothing: their updates are constants. `fails(site, message, round)` makes one drop out."""

    def __init__(self, settings: Study, fails: Fails = lambda *_: False) -> None:
        self.settings, self.fails, self.code = settings, fails, BudgetExhaustedError.wire_code
        self.states: dict[tuple[str, RoundId], SiteRound] = {}
        self.sent: list[np.ndarray[Any, Any]] = []
        self.answers: dict[tuple[str, RoundId], RecordDict] = {}
        self.app = ClientApp()
        self.app.query("identify")(self._handler("identify", identify))
        self.app.query("secure_advertise")(self._handler("advertise", self._advertise))
        self.app.query("secure_share")(self._handler("share", self._share))
        self.app.query("secure_unmask")(self._handler("unmask", self._unmask))
        self.app.train()(self._handler("mask", self._mask))

    def grid(self) -> "CountingGrid":
        return CountingGrid(self.app, [{"name": name} for name in NAMES])

    def _handler(self, kind: str, act: Callable[[str, Any], RecordDict]) -> Any:
        def handle(message: Message, context: Context) -> Message:
            name = str(context.node_config["name"])
            request = message.content.config_records.get("secure", ConfigRecord())
            number = request.get("number", 0)
            if number and message.content.config_records["config"]["server-round"] != number:
                return Message(Error(code=SecureAggregationError.wire_code, reason=""), reply_to=message)
            if isinstance(number, int) and number > self.settings.rounds:
                return Message(Error(code=StudyError.wire_code, reason=""), reply_to=message)
            if isinstance(number, int) and self.fails(name, kind, number):
                return Message(Error(code=self.code, reason=""), reply_to=message)
            return Message(act(name, request), reply_to=message)

        return handle

    def _fresh(self, name: str, round_id: RoundId) -> wire.Wire:
        state, ad = SiteRound.advertise(name, round_id, Terms(2), KEYS[name])
        self.states[name, round_id] = state
        return wire.advertisements_to_wire([ad])

    def _advertise(self, name: str, request: Any) -> RecordDict:
        return secure(self._fresh(name, round_of(request)))

    def _share(self, name: str, request: Any) -> RecordDict:
        return secure(self._shared(name, request))

    def _shared(self, name: str, request: Any) -> wire.Wire:
        key = (name, round_of(request))
        self.states[key], sealed = self.states[key].share(wire.advertisements_from_wire(request), IDENTITIES)
        return wire.by_site_to_wire("shared", sealed)

    def _mask(self, name: str, request: Any) -> RecordDict:
        """What it answered once it answers again, as a site does."""
        key = (name, round_of(request))
        if key not in self.answers:
            self.answers[key] = self._trained(name, request)
        return deepcopy(self.answers[key])

    def _trained(self, name: str, request: Any) -> RecordDict:
        round_id = round_of(request)
        weights = self.settings.strategy.weights
        weight = 1.0 if weights is None else weights[name] / max(weights.values())
        flat = np.concatenate([update_of(name)[key].reshape(-1) for key in sorted(MODEL)]) * weight
        encoding = FixedPoint(self.settings.federation.update_bound, len(NAMES))
        vector = encoding.encode(flat, RandomStream.seeded_for_simulation(1, name))
        state, masked = self.states[name, round_id].mask(
            vector, request["cohort"], wire.by_site_from_wire("sealed", request), KEYS[name]
        )
        self.states[name, round_id] = state
        self.sent.append(masked.vector)
        beside = self._fresh(name, RoundId(round_id.run_id, round_id.number + 1))
        answer = secure({"signature": masked.signature, **beside})
        answer["masked"] = ArrayRecord({"masked": Array(masked.vector)})
        return answer

    def _unmask(self, name: str, request: Any) -> RecordDict:
        key = (name, round_of(request))
        self.states[key], revealed = self.states[key].unmask(wire.by_site_from_wire("agreement", request), IDENTITIES)
        following = {field[5:]: value for field, value in request.items() if field.startswith("next-")}
        return secure({**wire.revealed_to_wire(revealed), **(self._shared(name, following) if following else {})})


class CountingGrid(ProcessGrid):
    """Counts exchanges: batches of messages."""

    exchanges = 0

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        self.exchanges += 1
        return super().push_messages(messages)


def identify(name: str, _request: Any) -> RecordDict:
    return RecordDict({"config": ConfigRecord({"site": name})})


def secure(content: wire.Wire) -> RecordDict:
    return RecordDict({"secure": ConfigRecord(content)})  # type: ignore[arg-type]


def round_of(request: Any) -> RoundId:
    return RoundId(request["session"], request["number"])


def run(settings: Study, sites: Sites) -> tuple[ServerState, CountingGrid]:
    grid = sites.grid()
    strategy = FedAvg(settings, ServerState(settings.sha256, "run", 0, MODEL), lambda _: None)
    strategy.start(grid, to_record(MODEL), num_rounds=settings.rounds)
    return strategy.state, grid


def expected(names: Iterable[str], weights: dict[str, float] | None = None) -> Arrays:
    chosen = list(names)
    share = {name: 1.0 if weights is None else weights[name] for name in chosen}
    total = {key: np.zeros(value.shape) for key, value in MODEL.items()}
    for name in chosen:
        for key, value in update_of(name).items():
            total[key] += share[name] / sum(share.values()) * value
    return {key: value.astype(np.float32) for key, value in total.items()}


@pytest.mark.parametrize("weights", [None, {"east": 1.0, "north": 5.0, "south": 0.25, "west": 2.0}])
def test_the_model_moves_by_the_weighted_mean(weights: dict[str, float] | None) -> None:
    settings = study(rounds=2, weights=weights)
    state, _ = run(settings, Sites(settings))
    for name, value in expected(NAMES, weights).items():
        np.testing.assert_allclose(state.model[name], 2 * value, atol=TOLERANCE)
    assert [record.replied for record in state.history[1:]] == [NAMES, NAMES]


def test_the_steady_state_takes_two_exchanges_a_round() -> None:
    """One identifies the nodes, two set up the first round, and then two a round."""
    settings = study(rounds=6)
    _, grid = run(settings, Sites(settings))
    assert grid.exchanges == 1 + 2 + 2 * 6


def test_no_vector_arrives_in_the_clear() -> None:
    """A site that sends zeros sends uniform words: no two equal among 4 x 4 vectors, and nothing near zero."""
    settings = study()
    sites = Sites(settings)
    run(settings, sites)
    words = np.concatenate(sites.sent)
    assert len(np.unique(words)) >= len(words) - 1
    largest = max(float(np.abs(update).max()) for name in NAMES for update in update_of(name).values())
    plain = largest / settings.federation.update_bound * FixedPoint(settings.federation.update_bound, 4).levels
    # 160 uniform words: the chance that all lie in a plain update's range is below 2^-160.
    assert (np.abs(words.astype(np.int32)) > plain).any()


@pytest.mark.parametrize(
    ("fault", "without_it"),
    [(("advertise", 1), 1), (("share", 1), 1), (("mask", 2), 2), (("unmask", 2), 1)],
)
def test_a_site_that_drops_out_is_back_soon(fault: tuple[str, int], without_it: int) -> None:
    """A site that missed a round's first exchange has no keys for the next; in that one's it gives them."""
    settings = study(rounds=5)
    state, _ = run(settings, Sites(settings, lambda *where: where == ("west", *fault)))
    replied = [set(record.replied) for record in state.history[1:]]
    assert all(found >= set(NAMES) - {"west"} for found in replied)
    assert sum("west" not in found for found in replied) == without_it
    assert replied[-1] == set(NAMES)


def test_nobody_is_asked_for_keys_of_a_round_that_does_not_come() -> None:
    settings = study(rounds=2)
    state, _ = run(settings, Sites(settings, lambda *where: where == ("west", "mask", 1)))
    assert [record.failed for record in state.history[1:]] == [{"west": "budget-exhausted"}, {"west": NO_KEYS}]


def test_the_mean_is_that_of_the_survivors() -> None:
    settings = study(rounds=1)
    state, _ = run(settings, Sites(settings, lambda site, message, _: (site, message) == ("south", "mask")))
    for name, value in expected({"east", "north", "west"}).items():
        np.testing.assert_allclose(state.model[name], value, atol=TOLERANCE)
    assert state.history[-1].failed == {"south": "budget-exhausted"}


def test_too_few_updates_stop_the_run_with_the_last_round_kept() -> None:
    settings = study(minimum=3, rounds=3)
    saved: list[ServerState] = []
    gone = NAMES[:2]
    sites = Sites(settings, lambda site, message, number: message == "mask" and number == 2 and site in gone)
    sites.code = NotApprovedError.wire_code
    strategy = FedAvg(settings, ServerState(settings.sha256, "run", 0, MODEL), saved.append)
    with pytest.raises(TooFewSitesError, match="not-approved"):
        strategy.start(sites.grid(), to_record(MODEL), num_rounds=3)
    assert [state.round for state in saved] == [0, 1]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("advertise", "Round 1: 3 of the 4 sites needed gave keys (west: site-paused)."),
        ("share", "Round 1: 3 of the 4 sites needed shared their secrets (west: site-paused)."),
    ],
)
def test_a_round_that_cannot_begin_names_the_site_that_refused(message: str, said: str) -> None:
    settings = study(minimum=4)
    sites = Sites(settings, lambda *where: where == ("west", message, 1))
    sites.code = SitePausedError.wire_code
    with pytest.raises(TooFewSitesError) as raised:
        run(settings, sites)
    assert raised.value.message == said
    assert raised.value.failed == {"west": "site-paused"}
    assert sites.sent == []


def test_a_round_waits_for_a_site_that_was_paused_and_nobody_trains_twice(tmp_path: Path) -> None:
    settings = study(minimum=4, rounds=3)
    paused = ["west"]
    sites = Sites(settings, lambda site, message, number: message == "mask" and number == 2 and site in paused)
    sites.code = SitePausedError.wire_code
    saved = [ServerState(settings.sha256, "run", 0, MODEL)]
    for _ in range(2):
        with pytest.raises(TooFewSitesError, match="west: site-paused"):
            resume(settings, saved, sites, tmp_path)
    paused.clear()
    resume(settings, saved, sites, tmp_path)
    assert saved[-1].round == 3
    assert len(sites.sent) == 3 * len(NAMES)


def test_a_round_does_not_wait_for_a_paused_site_where_the_others_suffice(tmp_path: Path) -> None:
    """In round 2 west has no keys, and south, which has, is paused: the others go on with west."""
    settings = study(minimum=3, rounds=3)
    sites = Sites(
        settings, lambda site, message, number: (site, message, number) == ("west", "mask", 1) or
        (site == "south" and (number > 2 or (number == 2 and message in {"mask", "advertise"})))
    )  # fmt: skip
    sites.code = SitePausedError.wire_code
    saved = [ServerState(settings.sha256, "run", 0, MODEL)]
    with pytest.raises(TooFewSitesError, match="south: site-paused"):
        resume(settings, saved, sites, tmp_path)
    resume(settings, saved, sites, tmp_path)
    assert [record.replied for record in saved[-1].history[2:]] == [("east", "north", "west")] * 2


def resume(settings: Study, saved: list[ServerState], sites: Sites, folder: Path) -> None:
    """Go on from the newest of the states, and with the round in flight."""
    strategy = FedAvg(settings, saved[-1], saved.append)
    strategy.in_flight = folder / "in-flight.safetensors"
    strategy.start(sites.grid(), to_record(MODEL), num_rounds=settings.rounds)


def test_a_study_without_identities_does_not_start() -> None:
    settings = study(identities=None)
    with pytest.raises(StudyError, match="identities"):
        run(settings, Sites(settings))

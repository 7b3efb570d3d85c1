"""Rounds under secure aggregation over a Flower grid: the right mean, few messages, and no round lost to a drop-out."""

from collections.abc import Callable, Iterable
from contextlib import suppress
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
from cloister.strategies.patience import TRIES
from cloister.strategies.secure_exchange import NO_KEYS
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import Arrays, to_record
from cloister.study.errors import (
    BudgetExhaustedError,
    CloisterError,
    DiskFullError,
    NotApprovedError,
    OutsideWindowError,
    SecureAggregationError,
    SiteBusyError,
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
Fails = Callable[[str, str, int], int]
SILENT = 5
"""Flower's code for a site whose app crashed: it has not answered."""
PAUSED, BUDGET, NOT_APPROVED, SECRETS_GONE = (
    error.wire_code for error in (SitePausedError, BudgetExhaustedError, NotApprovedError, SecureAggregationError)
)


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
    """Four sites that train nothing: their updates are constants. `fails(site, message, round)` makes one drop out.

    With the code that it returns, or the usual one for True.
    """

    def __init__(self, settings: Study, fails: Fails = lambda *_: False) -> None:
        self.settings, self.fails, self.code = settings, fails, BudgetExhaustedError.wire_code
        self.states: dict[tuple[str, RoundId], SiteRound] = {}
        self.sent: list[np.ndarray[Any, Any]] = []
        self.answers: dict[tuple[str, str, RoundId], RecordDict] = {}
        self.names: tuple[str, ...] = NAMES
        self.app = ClientApp()
        self.app.query("identify")(self._handler("identify", identify))
        self.app.query("secure_advertise")(self._handler("advertise", self._advertise))
        self.app.query("secure_share")(self._handler("share", self._share))
        self.app.query("secure_unmask")(self._handler("unmask", self._once(self._unmask)))
        self.app.train()(self._handler("mask", self._once(self._mask)))

    def grid(self) -> "CountingGrid":
        return CountingGrid(self.app, [{"name": name} for name in self.names])

    def _handler(self, kind: str, act: Callable[[str, Any], RecordDict]) -> Any:
        def handle(message: Message, context: Context) -> Message:
            name = str(context.node_config["name"])
            request = message.content.config_records.get("secure", ConfigRecord())
            number = request.get("number", 0)
            if number and message.content.config_records["config"]["server-round"] != number:
                return Message(Error(code=SecureAggregationError.wire_code, reason=""), reply_to=message)
            if isinstance(number, int) and number > self.settings.rounds:
                return Message(Error(code=StudyError.wire_code, reason=""), reply_to=message)
            if isinstance(number, int) and (code := self.fails(name, kind, number)):
                return Message(Error(code=self.code if code is True else code, reason=""), reply_to=message)
            try:
                return Message(act(name, request), reply_to=message)
            except CloisterError as problem:
                return Message(Error(code=problem.wire_code, reason=""), reply_to=message)

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

    def _once(self, act: Callable[[str, Any], RecordDict]) -> Callable[[str, Any], RecordDict]:
        """What it answered once it answers again, as a site does."""

        def answer(name: str, request: Any) -> RecordDict:
            key = (act.__name__, name, round_of(request))
            if key not in self.answers:
                self.answers[key] = act(name, request)
            return deepcopy(self.answers[key])

        return answer

    def _mask(self, name: str, request: Any) -> RecordDict:
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


@pytest.mark.parametrize("passing", [SitePausedError, OutsideWindowError, DiskFullError, SiteBusyError])
def test_a_refusal_that_passes_is_waited_for(tmp_path: Path, passing: type[CloisterError]) -> None:
    settings = study(minimum=4, rounds=2)
    sites = Sites(settings, fails_at("mask", 1, {"west": passing.wire_code}))
    assert failure(settings, sites, tmp_path).failed == {"west": passing.code}
    assert is_kept(tmp_path)


AS_OFTEN_AS_IT_TAKES = 99


@pytest.mark.parametrize(
    ("minimum", "colluding", "codes", "tries"),
    [
        # Whoever may come is enough, and the others are too few for a new round.
        (4, 0, {"west": PAUSED}, AS_OFTEN_AS_IT_TAKES),
        (4, 0, {"west": SILENT}, AS_OFTEN_AS_IT_TAKES),
        (3, 0, {"south": PAUSED, "west": PAUSED}, AS_OFTEN_AS_IT_TAKES),
        (3, 0, {"south": NOT_APPROVED, "west": PAUSED}, AS_OFTEN_AS_IT_TAKES),
        (3, 0, {"south": NOT_APPROVED, "west": SILENT}, AS_OFTEN_AS_IT_TAKES),
        (2, 2, {"west": PAUSED}, AS_OFTEN_AS_IT_TAKES),
        (2, 1, {"south": PAUSED, "west": PAUSED}, AS_OFTEN_AS_IT_TAKES),
        # Three of the four updates are needed whatever the minimum; but a new round can be had with two sites.
        (2, 0, {"south": SILENT, "west": SILENT}, TRIES),
        (2, 0, {"south": PAUSED, "west": SILENT}, TRIES),
        (2, 0, {"south": NOT_APPROVED, "west": SILENT}, TRIES),
        (2, 0, {"south": PAUSED, "west": PAUSED}, 1),
        # Without a budget they give keys all the same, and a new round needs three again.
        (2, 0, {"south": BUDGET, "west": BUDGET}, AS_OFTEN_AS_IT_TAKES),
        # Nobody who may come completes it.
        (4, 0, {"west": SECRETS_GONE}, 1),
        (4, 0, {"south": SECRETS_GONE, "west": PAUSED}, 1),
        (4, 0, {"south": SECRETS_GONE, "west": SILENT}, 1),
        (3, 0, {"south": NOT_APPROVED, "west": SECRETS_GONE}, 1),
        # South takes part in a new round: west must not hold it up, whatever it did to south.
        (3, 0, {"south": SECRETS_GONE, "west": PAUSED}, 1),
        (3, 0, {"south": SECRETS_GONE, "west": SILENT}, TRIES),
        (3, 0, {"south": SECRETS_GONE, "west": BUDGET}, TRIES),
    ],
)
def test_a_round_is_kept_while_it_can_be_finished_and_nobody_is_held_up_for_ever(
    tmp_path: Path, minimum: int, colluding: int, codes: dict[str, int], tries: int
) -> None:
    settings = study(minimum=minimum, rounds=2, colluding_sites=colluding)
    sites = Sites(settings, fails_at("mask", 1, codes))
    for tried in range(1, min(tries, TRIES + 1) + 1):
        problem = failure(settings, sites, tmp_path)
        assert isinstance(problem, TooFewSitesError)
        assert problem.failed.keys() == codes.keys()
        assert is_kept(tmp_path) == (tried < tries)


class GarbledShares(Sites):
    """In the first round west sends south shares that cannot be opened."""

    def _shared(self, name: str, request: Any) -> wire.Wire:
        sealed = super()._shared(name, request)
        if name != "west" or round_of(request).number > 1:
            return sealed
        shares = wire.by_site_from_wire("shared", sealed)
        return wire.by_site_to_wire("shared", {**shares, "south": bytes(len(shares["south"]))})


@pytest.mark.parametrize("code", [PAUSED, BUDGET, SILENT])
@pytest.mark.parametrize("goes_at", ["mask", "unmask"])
def test_a_site_that_spoils_a_round_and_goes_does_not_stop_the_others(tmp_path: Path, code: int, goes_at: str) -> None:
    settings = study(minimum=3, rounds=2)
    sites = GarbledShares(settings, fails_at(goes_at, 1, {"west": code}))
    saved = [ServerState(settings.sha256, "run", 0, MODEL)]
    failures_of(TRIES, settings, saved, sites, tmp_path)
    sites.fails = lambda site, message, _: code if site == "west" and message != "identify" else 0
    resume(settings, saved, sites, tmp_path)
    assert [record.replied for record in saved[-1].history[1:]] == [("east", "north", "south")] * 2


@pytest.mark.parametrize("code", [PAUSED, BUDGET, SILENT])
def test_a_site_that_has_another_one_miss_the_last_round_does_not_stop_the_run(tmp_path: Path, code: int) -> None:
    """South could not open west's shares, so it is away from the last round, for which three are needed."""
    settings = study(minimum=3, rounds=2)
    sites = GarbledShares(settings, lambda site, _, number: code if (site, number) == ("west", 2) else 0)
    saved = [ServerState(settings.sha256, "run", 0, MODEL)]
    failures_of(TRIES, settings, saved, sites, tmp_path)
    resume(settings, saved, sites, tmp_path)
    assert [record.replied for record in saved[-1].history[1:]] == [
        ("east", "north", "west"),
        ("east", "north", "south"),
    ]


def test_in_the_last_round_who_was_away_already_is_not_counted_on(tmp_path: Path) -> None:
    settings = study(minimum=3, rounds=2)
    paused = ["west"]
    sites = Sites(
        settings, lambda site, message, number: (site, message, number) == ("west", "mask", 1) or
        (site in paused and number == 2)
    )  # fmt: skip
    sites.code = PAUSED
    saved = [ServerState(settings.sha256, "run", 0, MODEL)]
    paused.append("south")
    with pytest.raises(TooFewSitesError, match="south: site-paused"):
        resume(settings, saved, sites, tmp_path)
    paused.remove("south")
    resume(settings, saved, sites, tmp_path)
    assert saved[-1].history[-1].replied == ("east", "north", "south")
    assert len(sites.sent) == 3 + 3


def test_without_two_sites_whose_budgets_are_spent_the_others_go_on_once_these_leave(tmp_path: Path) -> None:
    """As long as they are there they give keys, and of four sites that gave keys three have to answer."""
    settings = study(minimum=2, rounds=3)
    spent = {"south": BUDGET, "west": BUDGET}
    sites = Sites(settings, fails_at("mask", 2, spent))
    saved = [ServerState(settings.sha256, "run", 0, MODEL)]
    failures_of(TRIES + 1, settings, saved, sites, tmp_path)
    assert is_kept(tmp_path)
    sites.fails = lambda site, message, _: SILENT if site in spent and message != "identify" else 0
    failures_of(TRIES, settings, saved, sites, tmp_path)
    resume(settings, saved, sites, tmp_path)
    assert [record.replied for record in saved[-1].history[1:]] == [NAMES, ("east", "north"), ("east", "north")]


def test_the_run_is_complete_once_fewer_than_any_round_needs_have_a_budget(tmp_path: Path) -> None:
    settings = study(minimum=2, colluding_sites=1, rounds=3)
    saved = [ServerState(settings.sha256, "run", 0, MODEL)]
    resume(settings, saved, Sites(settings, fails_at("mask", 2, {"south": BUDGET, "west": BUDGET})), tmp_path)
    assert (saved[-1].round, saved[-1].stopped) == (1, "budgets-exhausted")


def test_a_round_that_cannot_be_unmasked_without_who_left_is_not_begun_with_their_keys() -> None:
    """After round 1 two of the four leave: the keys they gave need three survivors, and the minimum is two."""
    settings = study(minimum=2, rounds=3)
    left = set[str]()

    def leave(_site: str, message: str, number: int) -> int:
        if (message, number) == ("unmask", 1):
            left.update({"south", "west"})
        return 0

    class Grid(CountingGrid):
        def get_node_ids(self) -> Iterable[int]:
            return [node for node, name in zip(super().get_node_ids(), NAMES, strict=True) if name not in left]

    sites = Sites(settings, leave)
    strategy = FedAvg(settings, ServerState(settings.sha256, "run", 0, MODEL), lambda _: None)
    grid = Grid(sites.app, [{"name": name} for name in NAMES])
    strategy.start(grid, to_record(MODEL), num_rounds=settings.rounds, timeout=0.1)
    assert [record.replied for record in strategy.state.history[1:]] == [NAMES, ("east", "north"), ("east", "north")]


class ForgedKeys(Sites):
    """Some give, once, keys for some rounds that nobody can have signed."""

    def __init__(self, settings: Study, fails: Fails, forged: set[tuple[str, int]]) -> None:
        super().__init__(settings, fails)
        self.forged = forged

    def _fresh(self, name: str, round_id: RoundId) -> wire.Wire:
        content = super()._fresh(name, round_id)
        if (name, round_id.number) in self.forged:
            self.forged.remove((name, round_id.number))
            (field,) = (field for field in content if "signature" in field)
            content = {**content, field: [bytes(64)]}
        return content


@pytest.mark.parametrize(
    ("minimum", "colluding", "away", "forgers"),
    [(2, 0, ("west",), ("north", "south")), (2, 2, (), ("west",)), (3, 2, (), ("west",)), (4, 2, (), ("west",))],
)
def test_a_round_that_is_paid_for_is_finished_whatever_keys_came_for_the_next(
    minimum: int, colluding: int, away: tuple[str, ...], forgers: tuple[str, ...]
) -> None:
    settings = study(minimum=minimum, rounds=2, colluding_sites=colluding)
    refuse = fails_at("mask", 1, dict.fromkeys(away, NOT_APPROVED))
    sites = ForgedKeys(settings, refuse, {(name, 2) for name in forgers})
    state, _ = run(settings, sites)
    assert [record.replied for record in state.history[1:]] == [tuple(sorted({*NAMES} - {*away})), NAMES]


def test_who_was_away_and_forges_its_keys_is_not_counted_on(tmp_path: Path) -> None:
    settings = study(minimum=3, rounds=3)
    refused = {("west", "mask", 1), ("south", "mask", 2)}
    sites = ForgedKeys(settings, lambda *where: PAUSED if where in refused else 0, {("west", 3)})
    assert failure(settings, sites, tmp_path).failed.keys() == {"south", "west"}
    assert is_kept(tmp_path)


def test_whose_keys_are_forged_and_who_is_not_connected_is_named(tmp_path: Path) -> None:
    settings = study(minimum=3)
    sites = ForgedKeys(settings, lambda *_: 0, {("south", 1)})
    sites.names = NAMES[:3]
    assert failure(settings, sites, tmp_path).failed == {"south": "secure-aggregation-refused", "west": "no-reply"}


@pytest.mark.parametrize(
    ("settings", "refusals"),
    [
        (study(minimum=4, colluding_sites=2), {("west", "advertise"): PAUSED}),
        (study(minimum=2, colluding_sites=2), {("west", "advertise"): PAUSED}),
        (study(minimum=3), {("west", "advertise"): PAUSED, ("south", "share"): PAUSED}),
        (study(minimum=2), {("west", "mask"): PAUSED, ("south", "mask"): PAUSED}),
        (study(minimum=3), {("west", "unmask"): PAUSED, ("south", "unmask"): PAUSED}),
    ],
)
def test_a_round_that_fails_names_all_that_refused_in_whatever_exchange(
    settings: Study, refusals: dict[tuple[str, str], int]
) -> None:
    sites = Sites(settings, lambda site, message, _: refusals.get((site, message), 0))
    with pytest.raises(TooFewSitesError) as raised:
        run(settings, sites)
    assert raised.value.failed == {site: "site-paused" for site, _ in refusals}


class UselessAnswers(Sites):
    """South and north reveal nothing, or not all, or something else."""

    def __init__(self, settings: Study, fails: Fails, kind: str = "seed", answer: bytes | None = None) -> None:
        super().__init__(settings, fails)
        self.kind, self.answer = kind, answer

    def _unmask(self, name: str, request: Any) -> RecordDict:
        revealed = super()._unmask(name, request)
        if name not in {"north", "south"}:
            return revealed
        content: Any = dict(revealed.config_records["secure"])
        shares = wire.by_site_from_wire(self.kind, content)
        kept = {field: value for field, value in content.items() if not field.startswith(self.kind)}
        wrong = {} if self.answer is None else {site: self.answer * len(share) for site, share in shares.items()}
        return secure({**kept, **wire.by_site_to_wire(self.kind, wrong)})


def test_who_keeps_back_the_shares_of_who_dropped_out_is_named(tmp_path: Path) -> None:
    settings = study(minimum=3, rounds=2)
    sites = UselessAnswers(settings, fails_at("mask", 1, {"west": NOT_APPROVED}), "mask-key")
    assert failure(settings, sites, tmp_path).failed.keys() == {"north", "south"}
    assert not is_kept(tmp_path)


@pytest.mark.parametrize(("minimum", "message"), [(3, "mask"), (4, "unmask")])
def test_wrong_shares_that_nobody_can_make_up_for_end_the_round_and_all_in_question_are_said(
    tmp_path: Path, minimum: int, message: str
) -> None:
    settings = study(minimum=minimum, rounds=2)
    sites = UselessAnswers(settings, fails_at(message, 1, {"west": NOT_APPROVED}), "seed", b"\1")
    with pytest.raises(SecureAggregationError, match=r"a secret of east .* one of these .*: east, north, south"):
        resume(settings, [ServerState(settings.sha256, "run", 0, MODEL)], sites, tmp_path)
    assert not is_kept(tmp_path)


@pytest.mark.parametrize("west", [0, PAUSED, SILENT])
def test_masks_that_cannot_come_off_any_more_are_given_up_and_all_who_left_them_on_are_named(
    tmp_path: Path, west: int
) -> None:
    settings = study(minimum=3, rounds=2)
    problem = failure(settings, UselessAnswers(settings, fails_at("unmask", 1, {"west": west})), tmp_path)
    assert problem.failed.keys() == {"north", "south"} | ({"west"} if west else set())
    assert not is_kept(tmp_path)


@pytest.mark.parametrize("code", [PAUSED, SILENT])
def test_masks_wait_for_who_may_still_take_them_off_and_nobody_trains_twice(tmp_path: Path, code: int) -> None:
    settings = study(minimum=3, rounds=1)
    sites = Sites(settings, fails_at("unmask", 1, {"south": code, "west": code}))
    failure(settings, sites, tmp_path)
    sites.fails = lambda *_: 0
    saved = [ServerState(settings.sha256, "run", 0, MODEL)]
    resume(settings, saved, sites, tmp_path)
    assert saved[-1].history[-1].replied == NAMES
    assert len(sites.sent) == len(NAMES)


def test_masks_wait_as_often_as_it_takes_where_the_others_are_too_few_for_a_new_round(tmp_path: Path) -> None:
    """South withdrew its approval; west gave keys for the next round, but it is west that says nothing."""
    settings = study(minimum=3, rounds=2)
    sites = Sites(settings)

    def fails(site: str, message: str, _: int) -> int:
        if site == "south" and (message == "mask" or (message == "advertise" and sites.sent)):
            return NOT_APPROVED
        return SILENT if (site, message) == ("west", "unmask") else 0

    sites.fails = fails
    for _ in range(TRIES):
        assert failure(settings, sites, tmp_path).failed == {"west": "no-reply"}
        assert is_kept(tmp_path)


@pytest.mark.parametrize("code", [PAUSED, BUDGET, SILENT])
@pytest.mark.parametrize(("colluding", "rounds"), [(0, 1), (0, 2), (1, 1), (1, 2)])
def test_masks_do_not_wait_for_ever_where_who_missed_the_round_is_back_for_a_new_one(
    tmp_path: Path, code: int, colluding: int, rounds: int
) -> None:
    """South missed the first exchange; west trained, and goes before the masks come off."""
    settings = study(minimum=3, rounds=rounds, colluding_sites=colluding)
    missed, gone = fails_at("mask", 1, {"south": PAUSED}), fails_at("unmask", 1, {"west": code})
    sites = Sites(settings, lambda *where: missed(*where) or gone(*where))
    saved = [ServerState(settings.sha256, "run", 0, MODEL)]
    failures_of(1, settings, saved, sites, tmp_path)
    sites.fails = lambda site, message, _: code if site == "west" and message != "identify" else 0
    failures_of(TRIES - 1, settings, saved, sites, tmp_path)
    resume(settings, saved, sites, tmp_path)
    assert [record.replied for record in saved[-1].history[1:]] == [("east", "north", "south")] * rounds


def test_each_exchange_has_its_own_tries(tmp_path: Path) -> None:
    settings = study(minimum=2, rounds=1)
    silent = {"south": SILENT, "west": SILENT}
    sites = Sites(settings, fails_at("mask", 1, silent))
    for message in ("mask", "unmask"):
        sites.fails = fails_at(message, 1, silent)
        for _ in range(TRIES - 1):
            failure(settings, sites, tmp_path)
    sites.fails = lambda *_: 0
    resume(settings, [ServerState(settings.sha256, "run", 0, MODEL)], sites, tmp_path)
    assert len(sites.sent) == len(NAMES)


def test_a_round_in_flight_has_time_until_its_sites_are_back(tmp_path: Path) -> None:
    """Two of three nodes that are needed are there at the first look; the third comes a look later."""
    settings = study(minimum=2, rounds=1, connect_timeout=60.0)
    sites = Sites(settings, fails_at("mask", 1, {"south": SILENT, "west": SILENT}))
    failure(settings, sites, tmp_path)
    looks = iter([2])

    class Grid(CountingGrid):
        def get_node_ids(self) -> Iterable[int]:
            nodes = list(super().get_node_ids())
            return nodes[: next(looks, len(nodes))]

    sites.fails = lambda *_: 0
    strategy = FedAvg(settings, ServerState(settings.sha256, "run", 0, MODEL), lambda _: None)
    strategy.in_flight = tmp_path / "in-flight.safetensors"
    strategy.start(Grid(sites.app, [{"name": name} for name in NAMES]), to_record(MODEL), num_rounds=1, timeout=0.1)
    assert strategy.state.history[-1].replied == NAMES
    assert len(sites.sent) == len(NAMES)


def fails_at(message: str, number: int, codes: dict[str, int]) -> Fails:
    return lambda site, kind, of: codes.get(site, 0) if (kind, of) == (message, number) else 0


def failure(settings: Study, sites: Sites, folder: Path) -> CloisterError:
    """With what the run ends."""
    with pytest.raises((TooFewSitesError, SecureAggregationError)) as raised:
        resume(settings, [ServerState(settings.sha256, "run", 0, MODEL)], sites, folder)
    return raised.value


def failures_of(times: int, settings: Study, saved: list[ServerState], sites: Sites, folder: Path) -> None:
    """Resume until the run is at its end, or has failed so often."""
    for _ in range(times):
        with suppress(TooFewSitesError, SecureAggregationError):
            resume(settings, saved, sites, folder)
            return


def is_kept(folder: Path) -> bool:
    return (folder / "in-flight.safetensors").exists()


def resume(settings: Study, saved: list[ServerState], sites: Sites, folder: Path) -> None:
    """Go on from the newest of the states, and with the round in flight."""
    strategy = FedAvg(settings, saved[-1], saved.append)
    strategy.in_flight = folder / "in-flight.safetensors"
    # All that answer do it in the first look; only who says nothing takes its time.
    strategy.start(sites.grid(), to_record(MODEL), num_rounds=settings.rounds, timeout=0.1)


def test_a_study_without_identities_does_not_start() -> None:
    settings = study(identities=None)
    with pytest.raises(StudyError, match="identities"):
        run(settings, Sites(settings))

"""The round loop as a Flower `Strategy`: ask the roster, collect updates, average, step, evaluate, checkpoint.

What differs from Flower's own loop: only the study's sites are asked; sites send differences and no counts or
metrics; a round needs a minimum of replies, or the run stops with its last checkpoint intact; `start` can begin after
any completed round, and under secure aggregation within a round, so a killed coordinator resumes; a round's model can
be rejected; and the run ends early when the study's target is reached, nothing gets better, or budgets are spent.
"""

from __future__ import annotations

import logging
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Message, MessageType, MetricRecord, RecordDict
from flwr.serverapp import Grid
from flwr.serverapp.strategy import Result, Strategy

from cloister.strategies.acceptance import is_accepted, stopped
from cloister.strategies.asking import NO_REPLY, replies_to
from cloister.strategies.averaging import weighted_mean
from cloister.strategies.gathering import Gathering, Kept, Summed
from cloister.strategies.reply_check import AT_ONCE, check_reply, empty
from cloister.strategies.roster import Roster
from cloister.strategies.round_failure import round_failure
from cloister.strategies.secure_exchange import RECEIPTS, Exchanged, SecureExchange
from cloister.strategies.server_state import RoundRecord, ServerState
from cloister.study.arrays import Arrays, in_record, is_finite, parts_in_record, record_bytes, split, to_record
from cloister.study.compression.catalogue import encoding_of
from cloister.study.compression.encoding import Encoding
from cloister.study.errors import BudgetExhaustedError, StudyError, UpdateRefusedError, text_of_wire_code
from cloister.study.schema import Study

Evaluate = Callable[[int, ArrayRecord], MetricRecord | None]
_RECORDS = frozenset({"arrays"})

log = logging.getLogger("cloister.coordinator")


class RoundStrategy(Strategy):
    """The round loop; sub-classes say how the mean update changes the global model.

    Args:
        study: roster, weights, minimum of sites and time limits.
        state: where to begin: a fresh run, or a loaded checkpoint.
        checkpoint: called with the new state after every round (and before the first), before the next begins; once
            more after the last one where the run ends early, with the reason.
    """

    works_under_secure_aggregation: ClassVar[bool] = True
    """Whether the sum of updates is enough. A study that asks for more than that is refused when it is read."""
    sites_keep_step: ClassVar[bool] = False
    """Whether the optimizer state mirrors what sites keep; then it is not taken back with a model that is rejected."""

    def __init__(self, study: Study, state: ServerState, checkpoint: Callable[[ServerState], None]) -> None:
        self.study = study
        self.state = state
        self.in_flight: Path | None = None
        """File for the round in flight under secure aggregation; None keeps it in memory only."""
        self._checkpoint = checkpoint
        self.roster = Roster(study.federation.sites)
        self._site_of_node: dict[int, str] = {}
        self._taken = set[str]()
        """Whose updates the round in progress has taken so far."""
        self._record = RoundRecord(0, (), {}, 0.0, 0, 0)

    @abstractmethod
    def server_step(self, model: Arrays, update: Arrays, optimizer: Arrays) -> tuple[Arrays, Arrays]:
        """The new model and the new optimizer state, given the mean update."""

    def broadcast(self) -> Arrays:
        """What sites receive: the global model."""
        return self.state.model

    def update_like(self) -> Arrays:
        """Names and shapes of an update: those of the global model."""
        return self.state.model

    def counted(self, update: Arrays) -> Arrays:
        """What of a single update goes into the sum, where there are single ones: all of it."""
        return update

    def combine(self, updates: Mapping[str, Arrays]) -> Arrays:
        """What a rule makes of single updates, where it `works_under_secure_aggregation` not; the others need sums."""
        return weighted_mean(updates, self.study.strategy.weights)

    def sites_asked(self, server_round: int, connected: Mapping[int, str]) -> dict[int, str]:
        """Node -> site of those that train in a round: all that are connected."""
        del server_round
        return dict(connected)

    def awaited(self) -> Iterable[str]:
        """The sites that failed in a round if they say nothing: all that were asked."""
        return self._site_of_node.values()

    @property
    def updates_needed(self) -> int:
        """Updates without which a round fails."""
        return self.study.federation.required_sites

    @property
    def contributors(self) -> tuple[str, ...]:
        """Whose updates are in the mean that `server_step` is given."""
        return self._record.replied

    def weight_of(self, site: str) -> float:
        """A site's public weight; 1 if all weigh the same."""
        weights = self.study.strategy.weights
        return 1.0 if weights is None else weights[site]

    def share_of_roster(self) -> float:
        """The contributors' weight in that of the whole roster."""
        return sum(map(self.weight_of, self.contributors)) / sum(map(self.weight_of, self.study.federation.sites))

    def summary(self) -> None:
        """Say nothing: the run's record holds everything."""

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """One message to each connected site of the roster."""
        federation = self.study.federation
        connected = self.roster.connected(grid, federation.required_sites, federation.connect_timeout)
        self._site_of_node = self.sites_asked(server_round, connected)
        self._record = replace(
            self._record, round=server_round, bytes_down=record_bytes(arrays) * len(self._site_of_node)
        )
        receipts = self.state.receipts
        return [
            Message(
                content=RecordDict(
                    {
                        "arrays": arrays,
                        "config": ConfigRecord(
                            {**config, "server-round": server_round, RECEIPTS: receipts.get(site, 0)}
                        ),
                    }
                ),
                dst_node_id=node,
                message_type=MessageType.TRAIN,
            )
            for node, site in self._site_of_node.items()
        ]

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        """The new global model from the sites' updates.

        Raises:
            TooFewSitesError: fewer valid updates than the study's minimum. Nothing was changed.
            BudgetExhaustedError: the same, and too few sites have a budget left.
            StudyError: the model diverged. Nothing was changed.
        """
        self._aggregate(server_round, replies)
        return to_record(self.state.model), None

    def _aggregate(self, server_round: int, replies: Iterable[Message]) -> None:
        like, gathering = self.update_like(), self._gathering()
        size = sum(value.size for value in like.values())
        encoding = encoding_of(self.study, server_round, size)
        limit = sum(value.nbytes for value in (like if encoding is None else encoding.parts).values())
        failed = dict.fromkeys(self.awaited(), NO_REPLY)
        bytes_up, self._taken = 0, set()
        for reply in replies:
            site = self._site_of_node.get(reply.metadata.src_node_id)
            if site is None or site in self._taken:
                continue
            if reply.has_error():
                failed[site] = text_of_wire_code(reply.error.code)
                continue
            try:
                check_reply(reply.content, _RECORDS, limit)
                record = reply.content.array_records["arrays"]
                gathering.add(site, self.counted(_update(record, like, encoding)))
                bytes_up += record_bytes(record)
                self._taken.add(site)
                failed.pop(site, None)
            except (UpdateRefusedError, KeyError):
                failed[site] = UpdateRefusedError.code
            empty(reply)
        self._record = replace(self._record, replied=tuple(sorted(self._taken)), failed=failed, bytes_up=bytes_up)
        required = self.updates_needed
        if len(self._taken) < required:
            sites = self.study.federation.sites
            raise round_failure(server_round, len(self._taken), required, failed, sites, required)
        self._step(server_round, gathering.combined())

    def _gathering(self) -> Gathering:
        if not self.works_under_secure_aggregation:
            return Kept(self.combine)
        return Summed(self.update_like(), len(self.study.federation.sites), self.study.strategy.weights)

    def configure_evaluate(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """Nobody is asked: the coordinator evaluates on its own data, and no metric leaves a site."""
        del server_round, arrays, config, grid
        return []

    def aggregate_evaluate(self, server_round: int, replies: Iterable[Message]) -> MetricRecord | None:
        """Nothing to aggregate."""
        del server_round, replies
        return None

    def start(
        self,
        grid: Grid,
        initial_arrays: ArrayRecord,
        num_rounds: int = 3,
        timeout: float = 3600,
        train_config: ConfigRecord | None = None,
        evaluate_config: ConfigRecord | None = None,
        evaluate_fn: Evaluate | None = None,
    ) -> Result:
        """Run the rounds that are still missing, up to `num_rounds`; a checkpoint follows each.

        The run may end before: the study's target is reached, its patience is over, or too few sites have a privacy
        budget left. `state.stopped` then says so, and the model is the last accepted one.

        `initial_arrays` is not used: the state has the model. Raises as `configure_train` and `aggregate_train` do, but
        for spent budgets.
        """
        del evaluate_config, initial_arrays
        result = Result()
        if self.state.round == 0 and not self.state.history:
            self._finish_round(RoundRecord(0, (), {}, 0.0, 0, 0), self.state, evaluate_fn, result)
        config = train_config or ConfigRecord()
        secure = self.study.federation.is_secure
        exchange = SecureExchange(self.study, self.state.run_id, self.roster, self.in_flight) if secure else None
        try:
            while self.state.round < num_rounds and not self._is_done():
                began, sent = time.monotonic(), self._sent()
                before = self.state
                self._round(sent, config, grid, timeout, exchange)
                del sent
                record = replace(self._record, seconds=time.monotonic() - began)
                self._finish_round(record, before, evaluate_fn, result)
        except BudgetExhaustedError as problem:
            log.warning("%s", problem)
            self._stop("budgets-exhausted")
        if exchange is not None and self.state.stopped != "budgets-exhausted":
            exchange.forget()
        result.arrays = to_record(self.state.model)
        return result

    def _is_done(self) -> bool:
        """Whether the study is done before its last round; then the state says why."""
        reason = stopped(self.state.history, self.study.evaluation)
        if reason is not None:
            self._stop(reason)
        return reason is not None

    def _stop(self, reason: str) -> None:
        if self.state.stopped != reason:
            log.warning("The run ends after round %d of %d: %s.", self.state.round, self.study.rounds, reason)
            self.state = replace(self.state, stopped=reason)
            self._checkpoint(self.state)

    def _sent(self) -> ArrayRecord:
        """What sites receive, as it is sent. The model moves into its memory, so that it is not there twice."""
        told = self.broadcast()
        sent = to_record(told)
        model = self.state.model
        moved = {name: value for name, value in in_record(sent, told).items() if name in model}
        self.state = replace(self.state, model=model | moved)
        return sent

    def _round(
        self, sent: ArrayRecord, config: ConfigRecord, grid: Grid, timeout: float, exchange: SecureExchange | None
    ) -> None:
        number = self.state.round + 1
        if exchange is not None:
            receipts, like = self.state.receipts, self.update_like()
            self._secure_round(exchange.exchange(number, sent, like, config, receipts, grid, timeout))
        else:
            messages = self.configure_train(number, sent, config, grid)
            at_once = max(1, AT_ONCE // max(1, record_bytes(sent)))
            found = replies_to(grid, messages, timeout, at_once=at_once)
            self._aggregate(number, (reply for _, reply in found))

    def _secure_round(self, exchanged: Exchanged) -> None:
        number = self.state.round + 1
        self._record = RoundRecord(
            round=number,
            replied=exchanged.replied,
            failed=exchanged.failed,
            seconds=0.0,
            bytes_down=exchanged.bytes_down,
            bytes_up=exchanged.bytes_up,
        )
        self._step(number, exchanged.mean)

    def _step(self, number: int, mean: Arrays) -> None:
        """The new global model.

        Raises:
            StudyError: it has values beyond any number. Nothing was changed.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            model, optimizer = self.server_step(self.state.model, mean, self.state.optimizer)
        if not all(map(is_finite, model.values())):
            raise StudyError(
                f"round {number}: the model diverged; it has values that are not finite.",
                "Submit the study with a lower server_learning_rate, or a lower learning_rate of training.",
            )
        self.state = replace(self.state, round=number, model=model, optimizer=optimizer, stopped=None)

    def _finish_round(
        self, record: RoundRecord, before: ServerState, evaluate: Evaluate | None, result: Result
    ) -> None:
        """Judge the new model, keep it or go back to the one before, write the checkpoint."""
        metrics = evaluate(record.round, to_record(self.state.model)) if evaluate else None
        if metrics is not None:
            result.evaluate_metrics_serverapp[record.round] = metrics
            found = {name: float(_scalar(value)) for name, value in metrics.items()}
            accepted = is_accepted(found, before.history, self.study.evaluation)
            record = replace(record, metrics=found, accepted=accepted)
        if not record.accepted:
            log.warning("round %d: the new model is rejected; the last accepted one stays", record.round)
            optimizer = self.state.optimizer if self.sites_keep_step else before.optimizer
            self.state = replace(self.state, model=before.model, optimizer=optimizer)
        self.state = replace(self.state, history=(*self.state.history, record))
        self._checkpoint(self.state)


def _update(record: ArrayRecord, like: Arrays, encoding: Encoding | None) -> Arrays:
    """What a reply in the clear holds.

    Raises:
        UpdateRefusedError: it does not fit.
    """
    if encoding is None:
        return in_record(record, like)
    return split(encoding.decode(parts_in_record(record, encoding.parts)), like)


def _scalar(value: object) -> float:
    if isinstance(value, int | float):
        return value
    raise TypeError(f"metrics are scalars, not {type(value).__name__}")

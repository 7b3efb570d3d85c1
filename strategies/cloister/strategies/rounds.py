"""The round loop as a Flower `Strategy`: ask the roster, collect updates, average, step, evaluate, checkpoint.

What differs from Flower's own loop: only the study's sites are asked; sites send differences and no counts or
metrics; a round needs a minimum of replies, or the run stops with its last checkpoint intact; and `start` can begin
after any completed round, so a killed coordinator resumes.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import replace

from flwr.app import ArrayRecord, ConfigRecord, Message, MessageType, MetricRecord, RecordDict
from flwr.serverapp import Grid
from flwr.serverapp.strategy import Result, Strategy

from cloister.strategies.averaging import weighted_mean
from cloister.strategies.roster import Roster
from cloister.strategies.secure_exchange import RECEIPTS, Exchanged, SecureExchange
from cloister.strategies.server_state import RoundRecord, ServerState
from cloister.study.arrays import Arrays, from_record, record_bytes, to_record
from cloister.study.errors import TooFewSitesError, UpdateRefusedError, text_of_wire_code
from cloister.study.schema import Study

Evaluate = Callable[[int, ArrayRecord], MetricRecord | None]
NO_REPLY = "no-reply"


class RoundStrategy(Strategy):
    """The round loop; sub-classes say how the mean update changes the global model.

    Args:
        study: roster, weights, minimum of sites and time limits.
        state: where to begin: a fresh run, or a loaded checkpoint.
        checkpoint: called with the new state after every round (and before the first), before the next begins.
    """

    def __init__(self, study: Study, state: ServerState, checkpoint: Callable[[ServerState], None]) -> None:
        self.study = study
        self.state = state
        self._checkpoint = checkpoint
        self._roster = Roster(study.federation.sites)
        self._site_of_node: dict[int, str] = {}
        self._record = RoundRecord(0, (), {}, 0.0, 0, 0)

    @abstractmethod
    def server_step(self, model: Arrays, update: Arrays, optimizer: Arrays) -> tuple[Arrays, Arrays]:
        """The new model and the new optimizer state, given the mean update."""

    def summary(self) -> None:
        """Say nothing: the run's record holds everything."""

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """One message to each connected site of the roster."""
        federation = self.study.federation
        self._site_of_node = self._roster.connected(grid, federation.required_sites, federation.connect_timeout)
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
        """
        updates: dict[str, Arrays] = {}
        failed = dict.fromkeys(self._site_of_node.values(), NO_REPLY)
        bytes_up = 0
        for reply in replies:
            site = self._site_of_node.get(reply.metadata.src_node_id)
            if site is None or site in updates:
                continue
            if reply.has_error():
                failed[site] = text_of_wire_code(reply.error.code)
                continue
            try:
                record = reply.content.array_records["arrays"]
                updates[site] = from_record(record, self.state.model)
                bytes_up += record_bytes(record)
                del failed[site]
            except (UpdateRefusedError, KeyError):
                failed[site] = UpdateRefusedError.code
        self._record = replace(self._record, replied=tuple(sorted(updates)), failed=failed, bytes_up=bytes_up)
        required = self.study.federation.required_sites
        if len(updates) < required:
            codes = ", ".join(f"{site}: {code}" for site, code in sorted(failed.items()))
            raise TooFewSitesError(
                f"Round {server_round}: {len(updates)} of the {required} updates needed arrived ({codes}).",
                "Look into the sites' own logs for the reason, then resume the run.",
            )
        mean = weighted_mean(updates, self.study.strategy.weights)
        return self._step(server_round, mean), None

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

        `initial_arrays` must be the state's model. Raises as `configure_train` and `aggregate_train` do.
        """
        del evaluate_config
        result = Result()
        arrays = initial_arrays
        if self.state.round == 0 and not self.state.history:
            self._finish_round(RoundRecord(0, (), {}, 0.0, 0, 0), evaluate_fn, arrays, result)
        config = train_config or ConfigRecord()
        secure = self.study.federation.is_secure
        exchange = SecureExchange(self.study, self.state.run_id, self._roster) if secure else None
        for current in range(self.state.round + 1, num_rounds + 1):
            began = time.monotonic()
            if exchange is not None:
                receipts, model = self.state.receipts, self.state.model
                exchanged = exchange.exchange(current, arrays, model, config, receipts, grid, timeout)
                arrays = self._secure_round(exchanged)
            else:
                messages = self.configure_train(current, arrays, config, grid)
                replies = grid.send_and_receive(messages, timeout=timeout)
                aggregated, _ = self.aggregate_train(current, replies)
                arrays = aggregated or arrays
            record = replace(self._record, seconds=time.monotonic() - began)
            self._finish_round(record, evaluate_fn, arrays, result)
        result.arrays = arrays
        return result

    def _secure_round(self, exchanged: Exchanged) -> ArrayRecord:
        number = self.state.round + 1
        self._record = RoundRecord(
            round=number,
            replied=exchanged.replied,
            failed=exchanged.failed,
            seconds=0.0,
            bytes_down=exchanged.bytes_down,
            bytes_up=exchanged.bytes_up,
        )
        return self._step(number, exchanged.mean)

    def _step(self, number: int, mean: Arrays) -> ArrayRecord:
        model, optimizer = self.server_step(self.state.model, mean, self.state.optimizer)
        self.state = replace(self.state, round=number, model=model, optimizer=optimizer)
        return to_record(model)

    def _finish_round(
        self, record: RoundRecord, evaluate: Evaluate | None, arrays: ArrayRecord, result: Result
    ) -> None:
        metrics = evaluate(record.round, arrays) if evaluate else None
        if metrics is not None:
            result.evaluate_metrics_serverapp[record.round] = metrics
            record = replace(record, metrics={name: float(_scalar(value)) for name, value in metrics.items()})
        self.state = replace(self.state, history=(*self.state.history, record))
        self._checkpoint(self.state)


def _scalar(value: object) -> float:
    if isinstance(value, int | float):
        return value
    raise TypeError(f"metrics are scalars, not {type(value).__name__}")

"""What secure aggregation costs, beside Flower's SecAgg+ and beside no masking, in one process.

    python -m benchmarks.secure_aggregation
    python -m benchmarks.secure_aggregation --sites 100 --parameters 1000000 --drop-outs 0.2

One round: every site's part and the coordinator's, one after the other, on one thread. Flower's SecAgg+ (its workflow
and its client mod, which work with its older API only) gets as many shares per site as ours, the same
vectors and the same drop-outs. Bytes are what a site sends and receives in a round besides the model it is given.
A last line times the masks alone: 10 million parameters, one peer.
"""

from __future__ import annotations

import argparse
import logging
import os
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flwr.app import ConfigRecord, Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp
from numpy.typing import NDArray

from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation import wire
from cloister.privacy.secure_aggregation.coordinator import CoordinatorRound
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint
from cloister.privacy.secure_aggregation.masks import add_mask
from cloister.privacy.secure_aggregation.messages import RoundId
from cloister.privacy.secure_aggregation.site import SiteRound, Terms
from cloister.privacy.secure_aggregation.thresholds import threshold_of
from cloister.simulation.process_engine import RUN_ID, ProcessGrid
from cloister.study.arrays import record_bytes

BOUND = 8.0
"""SecAgg+'s default clipping range, so that both encode the same values."""


@dataclass(frozen=True)
class Round:
    """A made-up round: a vector for each site, and who drops out before sending it."""

    vectors: dict[str, NDArray[np.float32]]
    dropping: frozenset[str]

    @classmethod
    def of(cls, sites: int, parameters: int, drop_outs: float) -> Round:
        """Uniform values; the first `drop_outs` of the sites drop out."""
        generator = np.random.default_rng(0)
        names = [f"site-{number:04d}" for number in range(sites)]
        vectors = {name: generator.uniform(-1, 1, parameters).astype(np.float32) for name in names}
        return cls(vectors, frozenset(names[: round(drop_outs * sites)]))

    @property
    def mean(self) -> NDArray[np.float64]:
        """What must come out."""
        kept = [vector.astype(np.float64) for name, vector in self.vectors.items() if name not in self.dropping]
        mean: NDArray[np.float64] = np.mean(kept, axis=0)
        return mean


@dataclass(frozen=True)
class Cost:
    """Seconds of one round, bytes of one site, and the largest error of the mean."""

    seconds: float
    site_bytes: int
    error: float


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=100)
    parser.add_argument("--parameters", type=int, default=1_000_000)
    parser.add_argument("--drop-outs", type=float, default=0.2)
    parser.add_argument("--without-flower", action="store_true", help="leave SecAgg+ out")
    arguments = parser.parse_args()
    made = Round.of(arguments.sites, arguments.parameters, arguments.drop_outs)
    threshold = threshold_of(arguments.sites, 0)
    print(
        f"{arguments.sites} sites, {arguments.parameters:,} parameters, {len(made.dropping)} drop out; "
        f"threshold {threshold}\n"
    )
    rows = {"no masking": no_masking(made), "Cloister": ours(made)}
    if not arguments.without_flower:
        rows["Flower SecAgg+"] = secagg_plus(made, arguments.sites, threshold)
    plain, flower = rows["no masking"], rows.get("Flower SecAgg+")
    print(f"{'':16} {'seconds':>9} {'of SecAgg+':>11} {'bytes a site':>13} {'of no masking':>14} {'largest error':>14}")
    for name, cost in rows.items():
        share = f"{cost.seconds / flower.seconds:10.1%}" if flower else ""
        ratio = cost.site_bytes / plain.site_bytes
        print(f"{name:16} {cost.seconds:9.2f} {share:>11} {cost.site_bytes:13,} {ratio:14.3f} {cost.error:14.2e}")
    print(f"\nOne mask of 10,000,000 parameters: {one_mask(10_000_000):.3f} s.")


def no_masking(made: Round) -> Cost:
    """Float32 vectors, averaged as they come."""
    began = time.perf_counter()
    kept = [name for name in made.vectors if name not in made.dropping]
    total = np.zeros(len(made.mean))
    size = 0
    for name in kept:
        sent = made.vectors[name].tobytes()
        size = len(sent)
        total += np.frombuffer(sent, np.float32)
    seconds = time.perf_counter() - began
    return Cost(seconds, size, float(np.abs(total / len(kept) - made.mean).max()))


def ours(made: Round) -> Cost:
    """The protocol's state machines, every state through its stored form."""
    names = list(made.vectors)
    keys = {name: Ed25519PrivateKey.generate() for name in names}
    identities = {name: key.public_key().public_bytes_raw() for name, key in keys.items()}
    encoding = FixedPoint(BOUND, len(names))
    mean = made.mean
    observed = names[-1]
    began = time.perf_counter()
    round_id = RoundId("benchmark", 1)
    opened = {name: SiteRound.advertise(name, round_id, Terms(2), keys[name]) for name in names}
    stored = {name: state.to_json() for name, (state, _) in opened.items()}
    ads = [ad for _, ad in opened.values()]
    coordinator = CoordinatorRound(round_id, identities, ads, len(mean))
    site_bytes = _bytes(wire.advertisements_to_wire(ads)) + _bytes(wire.advertisements_to_wire(ads[:1]))
    for name in names:
        state, sealed = SiteRound.from_json(stored[name]).share(ads, identities)
        stored[name] = state.to_json()
        coordinator.add_shares(name, sealed)
        site_bytes += _bytes(wire.by_site_to_wire("shared", sealed)) if name == observed else 0
    cohort = coordinator.close_cohort()
    survivors = [name for name in names if name not in made.dropping]
    for name in survivors:
        vector = encoding.encode(made.vectors[name], RandomStream.from_system())
        sealed = coordinator.sealed_for(name)
        state, masked = SiteRound.from_json(stored[name]).mask(vector, cohort, sealed, keys[name])
        stored[name] = state.to_json()
        coordinator.add_vector(masked)
        if name == observed:
            sent = _bytes(wire.by_site_to_wire("sealed", sealed)) + sum(map(len, cohort))
            site_bytes += sent + masked.vector.nbytes + len(masked.signature)
    answers = []
    for name in survivors:
        _, revealed = SiteRound.from_json(stored[name]).unmask(coordinator.agreements, identities)
        answers.append(revealed)
        if name == observed:
            site_bytes += _bytes(wire.by_site_to_wire("agreement", coordinator.agreements))
            site_bytes += _bytes(wire.revealed_to_wire(revealed))
    found = encoding.decode(coordinator.unmask(answers)) / len(survivors)
    seconds = time.perf_counter() - began
    return Cost(seconds, site_bytes, float(np.abs(found - mean).max()))


def secagg_plus(made: Round, shares: int, threshold: int) -> Cost:
    """Flower's own workflow and mod on a grid of function calls."""
    from flwr.client import NumPyClient
    from flwr.client.mod import secaggplus_mod
    from flwr.common import Scalar, ndarrays_to_parameters, parameters_to_ndarrays
    from flwr.server import LegacyContext, ServerConfig
    from flwr.server.strategy import FedAvg
    from flwr.server.workflow import DefaultWorkflow, SecAggPlusWorkflow

    logging.getLogger("flwr").setLevel(logging.ERROR)
    names = list(made.vectors)

    class Site(NumPyClient):
        def __init__(self, name: str) -> None:
            self.name = name

        def fit(self, parameters: object, config: object) -> tuple[list[NDArray[np.float32]], int, dict[str, Scalar]]:
            del parameters, config
            if self.name in made.dropping:
                raise RuntimeError("drops out")
            return [made.vectors[self.name]], 1, {}

    app = ClientApp(client_fn=lambda context: Site(str(context.node_config["name"])).to_client(), mods=[secaggplus_mod])
    grid = _LegacyGrid(app, names)
    strategy = FedAvg(
        fraction_fit=1.0,
        fraction_evaluate=0.0,
        min_available_clients=len(names),
        initial_parameters=ndarrays_to_parameters([np.zeros(len(made.mean), np.float32)]),
    )
    context = LegacyContext(
        context=Context(1, 0, {}, RecordDict(), {}), config=ServerConfig(num_rounds=1), strategy=strategy
    )
    mean = made.mean
    workflow = SecAggPlusWorkflow(num_shares=shares, reconstruction_threshold=threshold, clipping_range=BOUND)
    began = time.perf_counter()
    DefaultWorkflow(fit_workflow=workflow)(grid, context)
    seconds = time.perf_counter() - began
    from flwr.compat.common import recorddict_compat as compat
    from flwr.server.workflow.constant import MAIN_PARAMS_RECORD

    record = context.state.array_records[MAIN_PARAMS_RECORD]
    (found,) = parameters_to_ndarrays(compat.arrayrecord_to_parameters(record, keep_input=True))
    return Cost(seconds, grid.bytes_of_last(), float(np.abs(found - mean).max()))


class _LegacyGrid(ProcessGrid):
    """The in-process grid as SecAgg+ wants it: a site that fails answers with an error, and bytes are counted."""

    def __init__(self, app: ClientApp, names: list[str]) -> None:
        super().__init__(app, [{"name": name} for name in names])
        self._bytes: Counter[int] = Counter()

    def send_and_receive(self, messages: Iterable[Message], *, timeout: float | None = None) -> Iterable[Message]:
        """One after the other."""
        replies = []
        for message in messages:
            # The model that is given is not counted, only what the protocol adds.
            self._bytes[message.metadata.dst_node_id] += _record_bytes(message.content, arrays=False)
            # The mod takes entries out of what it is sent, which one object for all sites does not survive.
            content = {name: _copy(record) for name, record in message.content.items()}
            own = Message(RecordDict(content), message.metadata.dst_node_id, message.metadata.message_type)
            try:
                (reply,) = super().send_and_receive([own], timeout=timeout)
                self._bytes[message.metadata.dst_node_id] += _record_bytes(reply.content, arrays=True)
            except Exception:  # noqa: BLE001 (whatever fails has dropped out)
                reply = Message(Error(code=0, reason=""), reply_to=message)
            replies.append(reply)
        return replies

    @property
    def run(self) -> Any:
        """The older API asks for the run's number."""
        return SimpleNamespace(run_id=RUN_ID)

    def bytes_of_last(self) -> int:
        """What the last node sent and received."""
        return self._bytes[max(self.get_node_ids())]


def _copy(record: Any) -> Any:
    return ConfigRecord(dict(record)) if isinstance(record, ConfigRecord) else record


def _record_bytes(content: RecordDict, *, arrays: bool) -> int:
    total = sum(_bytes(dict(record)) for record in content.config_records.values())
    if arrays:
        total += sum(record_bytes(record) for record in content.array_records.values())
    return total


def one_mask(parameters: int) -> float:
    """Seconds to make and add one mask."""
    vector = np.zeros(parameters, np.uint32)
    began = time.perf_counter()
    add_mask(vector, os.urandom(32), 1)
    return time.perf_counter() - began


def _bytes(content: Mapping[str, object]) -> int:
    total = 0
    for value in content.values():
        for part in value if isinstance(value, list) else [value]:
            total += len(part) if isinstance(part, bytes | str) else 8
    return total


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    main()

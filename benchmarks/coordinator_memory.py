"""The memory that one round takes at the coordinator, by number of sites: masked, unmasked, and Flower's FedAvg.

    python -m benchmarks.coordinator_memory
    python -m benchmarks.coordinator_memory --sites 4 32 256 --parameters 25000000 --flower 4 16

Every figure comes from a process of its own, which runs the coordinator's real round, masked with keys, shares, masked
vectors, unmasking and the round in flight on the disk; with and without masks the model's step and the checkpoint. The
sites are played in that process, one after the other, and hold next to nothing: a reply is written to a file in pieces
and exists in memory from when the coordinator fetches it. In a site's vector the masks of pairs are left out. They
cancel in the sum, which is checked to the last bit, and the time that they take is the other benchmark's subject
(`benchmarks.secure_aggregation`).

`peak` is the process's largest resident size, `round` what of it came on top of the interpreter, the libraries and the
global model, that is, of what the process held before the round. Flower's FedAvg is given the same replies in float32.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flwr.app import Array, ArrayRecord, ConfigRecord, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from numpy.typing import NDArray

from cloister.privacy.secure_aggregation import wire
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint
from cloister.privacy.secure_aggregation.masks import mask_pieces, own_mask_key
from cloister.privacy.secure_aggregation.messages import RoundId
from cloister.privacy.secure_aggregation.site import SiteRound, Terms
from cloister.simulation.process_engine import ProcessGrid
from cloister.strategies.fedavg import FedAvg
from cloister.strategies.server_state import ServerState
from cloister.study.schema import Study

_MB = 1_000_000
_NO_WORDS = np.zeros(0, np.uint32)


@dataclass(frozen=True)
class Memory:
    """Bytes resident: at the most, and how much of it on top of what was there before the round; and seconds."""

    peak: int
    of_round: int
    seconds: float


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, nargs="*", default=[4, 32, 256])
    parser.add_argument("--flower", type=int, nargs="*", default=[4, 16])
    parser.add_argument("--parameters", type=int, default=25_000_000)
    arguments = parser.parse_args()
    print(f"{arguments.parameters:,} parameters, {4 * arguments.parameters / _MB:.0f} MB an update\n", flush=True)
    print(f"{'':24} {'sites':>6} {'round, MB':>10} {'peak, MB':>10} {'seconds':>8}", flush=True)
    for name, measure, counts in (
        ("secure aggregation", secure_round, arguments.sites),
        ("without masks", clear_round, arguments.sites),
        ("Flower FedAvg", flower_round, arguments.flower),
    ):
        for sites in counts:
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as own:
                found = own.submit(measure, sites, arguments.parameters).result()
            megabytes = f"{found.of_round / _MB:10.0f} {found.peak / _MB:10.0f}"
            print(f"{name:24} {sites:6} {megabytes} {found.seconds:8.1f}", flush=True)


def secure_round(sites: int, parameters: int) -> Memory:
    """One round of FedAvg under secure aggregation, checked."""
    # Site number k sent k + 1 in every word.
    expected = np.array([sites * (sites + 1) // 2], np.uint32)
    return _round(sites, parameters, lambda study: FixedPoint(study.federation.update_bound, sites).decode(expected)[0])


def clear_round(sites: int, parameters: int) -> Memory:
    """The same without masks."""
    # Site number k sent k in every place.
    return _round(sites, parameters, lambda _: sites * (sites + 1) / 2, secure=False)


def _round(sites: int, parameters: int, expected_sum: Callable[[Study], float], *, secure: bool = True) -> Memory:
    warnings.filterwarnings("ignore")
    keys = {f"site-{number:04d}": Ed25519PrivateKey.generate() for number in range(sites)}
    study = _study(keys, secure=secure)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        state = ServerState(study.sha256, "run", 0, {"weights": np.full(parameters, 0.5, np.float32)})
        strategy = FedAvg(study, state, lambda reached: reached.save(path / f"round-{reached.round}.safetensors"))
        strategy.in_flight = path / "in-flight.safetensors"
        del state
        grid = _Sites(keys, parameters, path)
        before, began = _resident(), time.perf_counter()
        strategy.start(grid, ArrayRecord(), num_rounds=1)
        seconds, peak = time.perf_counter() - began, _peak()
    after = np.float32(0.5) + np.float32(expected_sum(study) / sites)
    if strategy.state.history[-1].replied != tuple(keys) or not np.all(strategy.state.model["weights"] == after):
        raise RuntimeError(f"{sites} sites: the mean is wrong.")
    return Memory(peak, peak - before, seconds)


def flower_round(sites: int, parameters: int) -> Memory:
    """Flower's FedAvg over the same number of replies, all of which it wants at once."""
    from flwr.serverapp.strategy import FedAvg as FlowerFedAvg

    warnings.filterwarnings("ignore")
    model = np.full(parameters, 0.5, np.float32)
    ProcessGrid(ClientApp(), [])
    before, began = _resident(), time.perf_counter()
    asked = ArrayRecord({"weights": Array(model)})
    replies = []
    for number in range(sites):
        arrays = ArrayRecord({"weights": Array(np.full(parameters, number, np.float32))})
        request = Message(RecordDict({"arrays": asked}), number + 1, "train")
        request.metadata.__dict__["_message_id"] = str(number)
        content = RecordDict({"arrays": arrays, "metrics": MetricRecord({"num-examples": 1})})
        replies.append(Message(content, reply_to=request))
    FlowerFedAvg().aggregate_train(1, replies)
    peak = _peak()
    return Memory(peak, peak - before, time.perf_counter() - began)


class _Sites(ProcessGrid):
    """Sites that answer when they are asked for their answer."""

    def __init__(self, keys: dict[str, Ed25519PrivateKey], parameters: int, folder: Path) -> None:
        super().__init__(ClientApp(), [{} for _ in keys])
        self._keys, self._parameters, self._file = keys, parameters, folder / "vector.npy"
        self._identities = {name: key.public_key().public_bytes_raw() for name, key in keys.items()}
        self._name_of = dict(enumerate(keys, start=1))
        self._states: dict[str, SiteRound] = {}
        self._asked: dict[str, Message] = {}

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """Keep them until somebody wants the replies."""
        asked = {f"message-{next(self._message_numbers)}": message for message in messages}
        for identity, message in asked.items():
            message.metadata.__dict__["_message_id"] = identity
        self._asked |= asked
        return list(asked)

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        """Answer now."""
        return [self._answer(self._asked.pop(identity)) for identity in message_ids if identity in self._asked]

    def _answer(self, message: Message) -> Message:
        number, kind = message.metadata.dst_node_id, message.metadata.message_type
        name, request = self._name_of[number], dict(message.content.config_records.get(wire.SECURE, {}))
        content = RecordDict()
        if kind == "query.identify":
            content["config"] = ConfigRecord({"site": name})
        elif kind == "train" and wire.SECURE not in message.content.config_records:
            (name,) = message.content.array_records["arrays"]
            content["arrays"] = ArrayRecord({name: self._constant(number)})
        else:
            answer: wire.Wire
            if kind == "query.secure_advertise":
                round_id = RoundId(str(request["session"]), 1)
                self._states[name], ad = SiteRound.advertise(name, round_id, Terms(2), self._keys[name])
                answer = wire.advertisements_to_wire([ad])
            elif kind == "query.secure_share":
                ads = wire.advertisements_from_wire(request)
                self._states[name], sealed = self._states[name].share(ads, self._identities)
                answer = wire.by_site_to_wire("shared", sealed)
            elif kind == "train":
                cohort, sealed = wire.names_from_wire(request, "cohort"), wire.by_site_from_wire("sealed", request)
                state, masked = self._states[name].mask(_NO_WORDS, cohort, sealed, self._keys[name])
                self._states[name], answer = state, {"signature": masked.signature}
                content[wire.MASKED] = ArrayRecord({wire.MASKED: self._vector(state, number)})
            else:
                agreements = wire.by_site_from_wire("agreement", request)
                _, revealed = self._states[name].unmask(agreements, self._identities)
                answer = wire.revealed_to_wire(revealed)
            content[wire.SECURE] = ConfigRecord(answer)  # type: ignore[arg-type]
        return Message(content, reply_to=message)

    def _vector(self, state: SiteRound, word: int) -> Array:
        """A vector of one word, under the site's own mask."""
        key = own_mask_key(state.secrets.seed, state.round_id.run_id, state.round_id.number, state.site)
        pieces = (mask + np.uint32(word) for mask in mask_pieces(key, self._parameters))
        return self._array("uint32", "<u4", pieces)

    def _constant(self, value: int) -> Array:
        """An update of one value."""
        sizes = (min(_MB, self._parameters - start) for start in range(0, self._parameters, _MB))
        return self._array("float32", "<f4", (np.full(size, value, np.float32) for size in sizes))

    def _array(self, dtype: str, written: str, pieces: Iterable[NDArray[Any]]) -> Array:
        header = {"descr": written, "fortran_order": False, "shape": (self._parameters,)}
        with self._file.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for piece in pieces:
                file.write(piece.tobytes())
        return Array(dtype, (self._parameters,), "numpy.ndarray", self._file.read_bytes())


def _study(keys: dict[str, Ed25519PrivateKey], *, secure: bool = True) -> Study:
    return Study.model_validate(
        {
            "name": "memory",
            "title": "Memory",
            "rounds": 1,
            "federation": {
                "sites": list(keys),
                "secure_aggregation": secure,
                "identities": {name: key.public_key().public_bytes_raw().hex() for name, key in keys.items()},
            },
            "strategy": {},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 1, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "none"},
        }
    )


def _resident() -> int:
    """Bytes of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _peak() -> int:
    """The most there ever were."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()

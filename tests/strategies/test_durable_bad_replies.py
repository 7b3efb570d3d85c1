"""Whatever a site sends instead of its update costs that site's update: a code is recorded and the round goes on.

The replies go through the real handlers, with and without masks, in Flower's own records.
"""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Error, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from cloister.privacy.secure_aggregation import wire
from cloister.privacy.secure_aggregation.messages import RoundId
from cloister.privacy.secure_aggregation.site import SiteRound, Terms
from cloister.simulation.process_engine import ProcessGrid
from cloister.strategies.fedavg import FedAvg
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import to_record
from cloister.study.errors import ModelMismatchError, StudyError, VersionRefusedError
from cloister.study.schema import Study

SIZE = 3
MODEL = {"w": np.zeros(SIZE, np.float32)}
SITES = ("a", "b", "c")
KEYS = {name: Ed25519PrivateKey.generate() for name in SITES}
IDENTITIES = {name: key.public_key().public_bytes_raw() for name, key in KEYS.items()}
Spoil = Callable[[RecordDict], RecordDict | Error]


def study(secure: bool) -> Study:
    identities = {name: key.hex() for name, key in IDENTITIES.items()} if secure else None
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": 1,
            "federation": {
                "sites": list(SITES),
                "minimum_sites": 2,
                "secure_aggregation": secure,
                "identities": identities,
            },
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "none"},
        }
    )


def grid_of(secure: bool, spoil: Spoil) -> ProcessGrid:
    """Three sites that send ones; what site c sends in the first exchange is spoilt."""
    app = ClientApp()
    states: dict[str, SiteRound] = {}

    def handle(act: Callable[[str, Any], RecordDict]) -> Any:
        def answer(message: Message, context: Context) -> Message:
            name = str(context.node_config["name"])
            content = act(name, message.content.config_records.get("secure", ConfigRecord()))
            if name == "c" and message.metadata.message_type == "train":
                spoilt = spoil(content)
                return Message(spoilt, reply_to=message)
            return Message(content, reply_to=message)

        return answer

    def advertise(name: str, request: Any) -> RecordDict:
        states[name], ad = SiteRound.advertise(name, round_of(request), Terms(2), KEYS[name])
        return of(wire.advertisements_to_wire([ad]))

    def share(name: str, request: Any) -> RecordDict:
        states[name], sealed = states[name].share(wire.advertisements_from_wire(request), IDENTITIES)
        return of(wire.by_site_to_wire("shared", sealed))

    def train(name: str, request: Any) -> RecordDict:
        if not secure:
            return RecordDict({"arrays": to_record({"w": np.ones(SIZE, np.float32)})})
        sealed = wire.by_site_from_wire("sealed", request)
        states[name], masked = states[name].mask(np.ones(SIZE, np.uint32), request["cohort"], sealed, KEYS[name])
        return RecordDict(
            {"masked": ArrayRecord({"masked": Array(masked.vector)}), **of({"signature": masked.signature})}
        )

    def unmask(name: str, request: Any) -> RecordDict:
        states[name], revealed = states[name].unmask(wire.by_site_from_wire("agreement", request), IDENTITIES)
        return of(wire.revealed_to_wire(revealed))

    app.query("identify")(handle(lambda name, _: RecordDict({"config": ConfigRecord({"site": name})})))
    app.query("secure_advertise")(handle(advertise))
    app.query("secure_share")(handle(share))
    app.query("secure_unmask")(handle(unmask))
    app.train()(handle(train))
    return ProcessGrid(app, [{"name": name} for name in SITES])


def of(content: wire.Wire) -> RecordDict:
    return RecordDict({"secure": ConfigRecord(content)})  # type: ignore[arg-type]


def round_of(request: Any) -> RoundId:
    return RoundId(request["session"], request["number"])


def with_array(change: Callable[[Any], Any], **fields: Any) -> Spoil:
    """The array with other values, and its record with other statements about it."""

    def spoil(content: RecordDict) -> RecordDict:
        (kind, record), *_ = content.array_records.items()
        (name, array), *_ = record.items()
        changed = Array(np.asarray(change(array.numpy())))
        for field, value in fields.items():
            setattr(changed, field, value)
        return RecordDict({**content, kind: ArrayRecord({name: changed})})

    return spoil


def with_bytes(change: Callable[[bytes], bytes]) -> Spoil:
    def spoil(content: RecordDict) -> RecordDict:
        (kind, record), *_ = content.array_records.items()
        (name, array), *_ = record.items()
        changed = Array(dtype=array.dtype, shape=array.shape, stype=array.stype, data=change(array.data))
        return RecordDict({**content, kind: ArrayRecord({name: changed})})

    return spoil


def one_tensor_more(content: RecordDict) -> RecordDict:
    (kind, record), *_ = content.array_records.items()
    return RecordDict({**content, kind: ArrayRecord({**record, "extra": Array(np.ones(1, np.float32))})})


def one_record_more(extra: ArrayRecord | MetricRecord) -> Spoil:
    return lambda content: RecordDict({**content, "notes": extra})


def claims(shape: tuple[int, ...]) -> Spoil:
    """An array that says it is large, with few bytes: nothing may be allocated for it."""

    def spoil(content: RecordDict) -> RecordDict:
        (kind, record), *_ = content.array_records.items()
        (name, array), *_ = record.items()
        changed = Array(dtype=array.dtype, shape=shape, stype=array.stype, data=array.data)
        return RecordDict({**content, kind: ArrayRecord({name: changed})})

    return spoil


def file_of(values: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values, allow_pickle=True)
    return stream.getvalue()


def header_of(shape: tuple[int, ...]) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return stream.getvalue() + bytes(12)


def refuses(code: int) -> Spoil:
    return lambda _: Error(code=code, reason="")


BAD: dict[str, tuple[Spoil, str]] = {
    "another version": (refuses(VersionRefusedError.wire_code), "version-refused"),
    "another model": (refuses(ModelMismatchError.wire_code), "model-mismatch"),
    "another study": (refuses(StudyError.wire_code), "bad-study"),
    "a code that nobody knows": (refuses(9777), "unknown-9777"),
    "another dtype": (with_array(lambda value: value.astype(np.float64)), "update-refused"),
    "another shape": (with_array(lambda value: np.ones(SIZE + 1, value.dtype)), "update-refused"),
    "another order of axes": (with_array(lambda value: value.reshape(1, SIZE)), "update-refused"),
    "a false dtype": (with_array(lambda value: value.astype(np.float64), dtype="float32"), "update-refused"),
    "not an array": (with_bytes(lambda _: b"PK\x03\x04"), "update-refused"),
    "a pickle": (with_bytes(lambda _: file_of(np.array([1, "x", None], object))), "update-refused"),
    "a header that claims terabytes": (with_bytes(lambda _: header_of((10**12,))), "update-refused"),
    "a header that claims more than memory can hold": (with_bytes(lambda _: header_of((10**18,))), "update-refused"),
    "truncated": (with_bytes(lambda data: data[:-3]), "update-refused"),
    "empty": (with_bytes(lambda _: b""), "update-refused"),
    "too many bytes": (with_bytes(lambda data: data + bytes(2**20)), "update-refused"),
    "10 GB by its own account": (claims((2_500_000_000,)), "update-refused"),
    "one tensor more": (one_tensor_more, "update-refused"),
    "one record more": (one_record_more(ArrayRecord({"x": Array(np.ones(2))})), "update-refused"),
    "metrics": (one_record_more(MetricRecord({"patients": 7})), "update-refused"),
    "nothing": (lambda _: RecordDict(), "update-refused"),
}


@pytest.mark.parametrize("secure", [False, True], ids=["in the clear", "masked"])
@pytest.mark.parametrize(("spoil", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_reply_is_refused_with_a_code_and_the_round_goes_on(secure: bool, spoil: Spoil, code: str) -> None:
    settings = study(secure)
    strategy = FedAvg(settings, ServerState(settings.sha256, "run", 0, MODEL), lambda _: None)
    strategy.start(grid_of(secure, spoil), to_record(MODEL), 1, timeout=60)
    record = strategy.state.history[-1]
    assert (record.replied, record.failed) == (("a", "b"), {"c": code})
    assert strategy.state.model["w"].any()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_values_that_are_not_finite_are_refused(value: float) -> None:
    """In the clear. Under masks every word is a value; a site of ours refuses to encode these."""
    settings = study(secure=False)
    strategy = FedAvg(settings, ServerState(settings.sha256, "run", 0, MODEL), lambda _: None)
    spoil = with_array(lambda array: np.array([0, value, 0], np.float32) + 0 * array)
    strategy.start(grid_of(False, spoil), to_record(MODEL), 1, timeout=60)
    assert strategy.state.history[-1].failed == {"c": "update-refused"}


def test_a_masked_vector_of_a_past_round_is_refused() -> None:
    """Its signature is over another set-up."""
    settings = study(secure=True)
    past = sign_of_past()
    strategy = FedAvg(settings, ServerState(settings.sha256, "run", 0, MODEL), lambda _: None)

    def replay(content: RecordDict) -> RecordDict:
        return RecordDict({**content, **of({"signature": past})})

    strategy.start(grid_of(True, replay), to_record(MODEL), 1, timeout=60)
    assert strategy.state.history[-1].failed == {"c": "secure-aggregation-refused"}


def sign_of_past() -> bytes:
    """What site c signed in an earlier run over the same roster."""
    kept: list[bytes] = []

    def remember(content: RecordDict) -> RecordDict:
        kept.append(wire.bytes_from_wire(content.config_records["secure"], "signature"))
        return content

    settings = study(secure=True)
    strategy = FedAvg(settings, ServerState(settings.sha256, "run", 0, MODEL), lambda _: None)
    strategy.start(grid_of(True, remember), to_record(MODEL), 1, timeout=60)
    return kept[0]

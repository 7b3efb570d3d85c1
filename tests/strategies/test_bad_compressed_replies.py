"""Whatever a site sends instead of a compressed update costs that site's update: a code is recorded, the round goes on.

In Flower's own records through the real handlers. What encodings themselves refuse: `tests/study/test_compression.py`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Message, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid

from cloister.simulation.process_engine import ProcessGrid
from cloister.strategies.fedavg import FedAvg
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import parts_to_record, to_record
from cloister.study.compression.catalogue import encoding_of
from cloister.study.schema import Study

SIZE = 40
MODEL = {"w": np.zeros((4, 5), np.float32), "v": np.zeros(20, np.float32)}
SITES = ("a", "b", "c")
COMPRESSIONS: dict[str, dict[str, Any]] = {
    "bfloat16": {"encoding": "bfloat16"},
    "int8": {"encoding": "int8"},
    "top-k": {"encoding": "top-k", "one_in": 4},
    "random-k": {"encoding": "random-k", "one_in": 4},
}
Spoil = Callable[[ArrayRecord], ArrayRecord]
every_encoding = pytest.mark.parametrize("name", sorted(COMPRESSIONS))


def study(name: str) -> Study:
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": 1,
            "federation": {
                "sites": list(SITES),
                "minimum_sites": 2,
                "secure_aggregation": False,
                "compression": COMPRESSIONS[name],
            },
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "none"},
        }
    )


def grid_of(name: str, spoil: Spoil) -> Grid:
    """Three sites that send ones; what site c sends is spoilt."""
    app, encoding = ClientApp(), encoding_of(study(name), 1, SIZE)
    assert encoding is not None

    @app.query("identify")
    def identify(message: Message, context: Context) -> Message:
        site = str(context.node_config["name"])
        return Message(RecordDict({"config": ConfigRecord({"site": site})}), reply_to=message)

    @app.train()
    def train(message: Message, context: Context) -> Message:
        record = parts_to_record(encoding.encode(np.ones(SIZE, np.float32), lambda count: np.zeros(count)))
        record = spoil(record) if context.node_config["name"] == "c" else record
        return Message(RecordDict({"arrays": record}), reply_to=message)

    return ProcessGrid(app, [{"name": site} for site in SITES])


def after_a_round(name: str, spoil: Spoil) -> ServerState:
    strategy = FedAvg(study(name), ServerState("", "run", 0, MODEL), lambda _: None)
    strategy.start(grid_of(name, spoil), to_record(MODEL), num_rounds=1)
    return strategy.state


@every_encoding
def test_a_proper_one_is_counted(name: str) -> None:
    state = after_a_round(name, lambda record: record)
    assert state.history[-1].replied == SITES
    mean = np.concatenate([state.model["v"], state.model["w"].reshape(-1)])
    assert set(np.round(mean, 5)) <= {0.0, 1.0}
    assert mean.sum() == pytest.approx(10 if "one_in" in COMPRESSIONS[name] else SIZE, rel=1e-5)
    assert state.model["w"].shape == (4, 5)


def each(change: Callable[[Array], Array]) -> Spoil:
    return lambda record: ArrayRecord({name: change(array) for name, array in record.items()})


def as_dtype(kind: type[np.generic]) -> Spoil:
    return each(lambda array: Array(array.numpy().astype(kind)))


def renamed(**fields: Any) -> Spoil:
    def change(array: Array) -> Array:
        said = {"dtype": array.dtype, "shape": array.shape, "stype": array.stype, "data": array.data, **fields}
        return Array(**said)

    return each(change)


SPOILT: dict[str, Spoil] = {
    "not compressed": lambda _: to_record({name: np.ones_like(value) for name, value in MODEL.items()}),
    "one array more": lambda record: ArrayRecord({**record, "extra": Array(np.ones(1, np.float32))}),
    "one array less": lambda _: ArrayRecord({}),
    "another dtype": as_dtype(np.float64),
    "one value more": each(lambda array: Array(np.append(array.numpy(), array.numpy()[:1]))),
    "one value less": each(lambda array: Array(array.numpy()[:-1])),
    "another shape": each(lambda array: Array(array.numpy().reshape(1, -1))),
    "truncated": each(lambda array: Array(array.dtype, array.shape, array.stype, array.data[:-1])),
    "10 TB of zeros, it says": renamed(shape=(10**13,)),
    "a pickle": renamed(data=b"\x80\x04N.", stype="pickle"),
    "30 MB": lambda record: ArrayRecord({**record, "values": Array(np.zeros(7_500_000, np.float32))}),
}


@every_encoding
@pytest.mark.parametrize("spoilt", sorted(SPOILT))
def test_what_is_no_update_of_this_encoding_is_refused(name: str, spoilt: str) -> None:
    state = after_a_round(name, SPOILT[spoilt])
    assert state.history[-1].replied == ("a", "b")
    assert state.history[-1].failed == {"c": "update-refused"}


@pytest.mark.parametrize(
    ("name", "part", "value"),
    [
        ("bfloat16", "values", 0x7F80),
        ("bfloat16", "values", 0x7FC0),
        ("bfloat16", "values", 0x6000),
        ("int8", "scales", np.nan),
        ("int8", "scales", np.inf),
        ("int8", "scales", -1),
        ("int8", "scales", 1e30),
        ("int8", "levels", -128),
        ("top-k", "values", np.nan),
        ("top-k", "values", 1e30),
        ("top-k", "places", 7),
        ("top-k", "places", 10**9),
        ("random-k", "values", -np.inf),
        ("random-k", "values", -1e30),
    ],
)
def test_numbers_that_are_none_or_beyond_all_updates_are_refused(name: str, part: str, value: float) -> None:
    def spoil(record: ArrayRecord) -> ArrayRecord:
        changed = record[part].numpy().copy()
        changed[:] = value
        return ArrayRecord({**record, part: Array(changed)})

    state = after_a_round(name, spoil)
    assert state.history[-1].failed == {"c": "update-refused"}
    assert all(np.isfinite(array).all() for array in state.model.values())

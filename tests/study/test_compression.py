"""Encodings of single updates: what is lost is bounded, what is not theirs is refused, shapes are fixed beforehand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from flwr.app import Array, ArrayRecord
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from cloister.study.arrays import parts_in_record, parts_to_record, record_bytes
from cloister.study.compression.bfloat16 import Bfloat16
from cloister.study.compression.encoding import Encoding
from cloister.study.compression.int8 import BLOCK, Int8
from cloister.study.compression.random_k import RandomK, public_places
from cloister.study.compression.top_k import TopK
from cloister.study.errors import UpdateRefusedError

ENCODINGS: dict[str, Callable[[int], Encoding]] = {
    "bfloat16": Bfloat16,
    "int8": Int8,
    "top-k": lambda size: TopK(size, 4),
    "random-k": lambda size: RandomK(size, 4, "study", 1),
}
every_encoding = pytest.mark.parametrize("name", sorted(ENCODINGS))
vectors = arrays(np.float32, st.integers(1, 60), elements=st.floats(-1e4, 1e4, width=32))


def uniform(count: int) -> NDArray[np.float64]:
    return np.random.default_rng(count).random(count)


def normal(size: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=size).astype(np.float32)


@every_encoding
@given(vectors)
def test_what_is_sent_has_the_shapes_that_were_known_and_survives_flowers_records(
    name: str, values: NDArray[np.float32]
) -> None:
    encoding = ENCODINGS[name](len(values))
    sent = encoding.encode(values, uniform)
    received = parts_in_record(parts_to_record(sent), encoding.parts)
    assert {part: (array.shape, array.dtype) for part, array in received.items()} == {
        part: (array.shape, array.dtype) for part, array in encoding.parts.items()
    }
    np.testing.assert_array_equal(encoding.decode(received), encoding.decode(sent))


@every_encoding
@given(vectors)
def test_no_encoding_makes_a_vectors_error_longer_than_the_vector(name: str, values: NDArray[np.float32]) -> None:
    """|x - C(x)|^2 <= (1 - delta)|x|^2 is what error feedback needs; delta > 0 on average for the random ones."""
    encoding = ENCODINGS[name](len(values))
    lost = values - encoding.decode(encoding.encode(values, uniform))
    assert np.linalg.norm(lost.astype(np.float64)) <= np.linalg.norm(values.astype(np.float64)) * (1 + 1e-6)


@given(arrays(np.float32, 50, elements=st.floats(allow_nan=False, allow_infinity=False, width=32)))
def test_bfloat16_is_torchs(values: NDArray[np.float32]) -> None:
    expected = torch.from_numpy(values).to(torch.bfloat16).to(torch.float32).numpy()
    encoding = Bfloat16(50)
    sent = encoding.encode(values, uniform)
    if np.isfinite(expected).all():
        np.testing.assert_array_equal(encoding.decode(sent), expected)
    else:
        with pytest.raises(UpdateRefusedError):
            encoding.decode(sent)


@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, 300 * BLOCK + 7])
def test_int8_is_off_by_less_than_a_step_of_its_block(size: int) -> None:
    values = normal(size) * np.repeat([1.0, 0.0, 1e-30, 1e3], -(-size // 4))[:size].astype(np.float32)
    encoding = Int8(size)
    found = encoding.decode(encoding.encode(values, uniform))
    for start in range(0, size, BLOCK):
        block = slice(start, start + BLOCK)
        step = np.abs(values[block]).max() / 127
        assert np.abs(found[block] - values[block]).max() <= step * (1 + 1e-5)


def test_int8_rounds_without_bias() -> None:
    """20,000 roundings of one value: the mean is off by six standard errors with a probability of 2e-9."""
    values = np.full(20_000, 0.3, np.float32)
    values[::BLOCK] = 1.0
    encoding = Int8(len(values))
    found = encoding.decode(encoding.encode(values, np.random.default_rng(1).random))
    rounded = found[values < 1].astype(np.float64)
    step = 1 / 127
    assert np.abs(rounded.mean() - 0.3) < 6 * (step / 2) / np.sqrt(len(rounded))
    assert set(np.round(rounded * 127)) == {38, 39}


@pytest.mark.parametrize(("name", "share"), [("bfloat16", 0.5), ("int8", 0.251), ("top-k", 0.5), ("random-k", 0.25)])
def test_bytes_on_the_wire_are_fewer(name: str, share: float) -> None:
    """One value in four for the sparse ones, as `ENCODINGS` has it. A kilobyte is for the arrays' headers."""
    size = 100_000
    sent = record_bytes(parts_to_record(ENCODINGS[name](size).encode(normal(size), uniform)))
    assert sent <= share * 4 * size + 1000


@given(vectors)
def test_top_k_sends_the_largest_exactly(values: NDArray[np.float32]) -> None:
    found = TopK(len(values), 4).decode(TopK(len(values), 4).encode(values, uniform))
    sent = -(-len(values) // 4)
    kept = found != 0
    np.testing.assert_array_equal(found[kept], values[kept])
    left_out, least = np.abs(values[~kept]), np.sort(np.abs(values))[-sent]
    assert (left_out <= least).all()


def test_random_k_has_one_place_in_each_run_of_values_and_others_in_each_round() -> None:
    found = [public_places(103, 10, "study", number) for number in range(1, 200)]
    for places in found:
        assert (places // 10).tolist() == list(range(11))
        assert places[-1] < 103
    seen = np.bincount(np.concatenate(found), minlength=103)
    assert (seen > 0).all()


def test_random_k_sends_every_value_as_often() -> None:
    """4,000 rounds, 10 places, each with chance 1/10: chi-square with 9 degrees beyond 45 has a probability of 1e-6."""
    seen = np.bincount([int(public_places(10, 10, "study", number)[0]) for number in range(4_000)], minlength=10)
    assert ((seen - 400) ** 2 / 400).sum() < 45


def test_the_places_are_the_same_in_every_version() -> None:
    """A format: sites and coordinator of two versions would add up values of different places."""
    assert public_places(20, 4, "study", 1).tolist() == [0, 4, 9, 13, 16]


def changed(part: str, values: Any) -> Callable[[dict[str, NDArray[Any]]], None]:
    def change(parts: dict[str, NDArray[Any]]) -> None:
        parts[part] = np.asarray(values, parts[part].dtype)

    return change


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("bfloat16", changed("values", [0x7FC0] * 8)),  # not a number
        ("bfloat16", changed("values", [0xFF80] * 8)),  # minus infinity
        ("int8", changed("levels", [-128] * 8)),
        ("int8", changed("scales", [-1.0])),
        ("top-k", changed("places", [3, 3])),
        ("top-k", changed("places", [3, 1])),
        ("top-k", changed("places", [0, 8])),
        ("top-k", changed("places", [0, 2**32 - 1])),
    ],
)
def test_values_that_no_encoder_gives_are_refused(name: str, change: Callable[[dict[str, NDArray[Any]]], None]) -> None:
    encoding = ENCODINGS[name](8)
    parts = encoding.encode(normal(8), uniform)
    encoding.decode(parts)
    change(parts)
    with pytest.raises(UpdateRefusedError):
        encoding.decode(parts)


@every_encoding
def test_what_a_message_says_of_itself_makes_no_room(name: str) -> None:
    """A claim of terabytes, in the record or in the array's own header, is compared with the study, not believed."""
    encoding = ENCODINGS[name](8)
    record = parts_to_record(encoding.encode(normal(8), uniform))
    for part, array in record.items():
        header = array.data.replace(b"'shape': (", b"'shape': (9999999999999, ", 1)
        for lie in (
            Array(array.dtype, (10**13,), array.stype, array.data),
            Array(array.dtype, array.shape, array.stype, header),
            Array(array.dtype, array.shape, array.stype, array.data[:-1]),
            Array(array.dtype, array.shape, array.stype, array.data + b"\0"),
        ):
            with pytest.raises(UpdateRefusedError):
                parts_in_record(ArrayRecord({**record, part: lie}), encoding.parts)

"""What is written is what safetensors itself reads."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays_of
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import load

from cloister.strategies.safetensors_file import encoded

ARRAYS = arrays_of.arrays(
    some.sampled_from([np.dtype(np.float32), np.dtype(np.uint32)]),
    arrays_of.array_shapes(min_dims=0, min_side=0, max_dims=3, max_side=4),
)
NAMES = some.text(min_size=1, max_size=8).filter(lambda name: name != "__metadata__" and name.isprintable())


@given(arrays=some.dictionaries(NAMES, ARRAYS, max_size=4))
def test_the_library_reads_back_every_bit(arrays: dict[str, NDArray[Any]]) -> None:
    found = load(encoded(arrays, {"format": "test"}))
    assert found.keys() == arrays.keys()
    for name, value in arrays.items():
        assert (found[name].dtype, found[name].shape, found[name].tobytes()) == (
            value.dtype,
            value.shape,
            value.tobytes(),
        )


def test_arrays_that_are_turned_or_may_not_be_written_are_stored_as_they_read(tmp_path: Any) -> None:
    turned = np.arange(6, dtype=np.float32).reshape(2, 3).T
    fixed = np.frombuffer(b"\x01\x00\x00\x00", np.uint32)
    (tmp_path / "file").write_bytes(encoded({"turned": turned, "fixed": fixed}, {"é": "ü"}))
    with safe_open(tmp_path / "file", framework="numpy") as file:
        np.testing.assert_array_equal(file.get_tensor("turned"), turned)
        np.testing.assert_array_equal(file.get_tensor("fixed"), fixed)
        assert file.metadata() == {"é": "ü"}


def test_other_types_are_not_guessed() -> None:
    with pytest.raises(KeyError):
        encoded({"w": np.zeros(1, np.float64)}, {})  # type: ignore[dict-item]

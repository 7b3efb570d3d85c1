"""What a site keeps between rounds comes back as it was, or is refused by name."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cloister.client.local_state import LocalState
from cloister.study.errors import InputError, MissingFileError, StudyError

ARRAYS = {"control/w": np.arange(4, dtype=np.float32)}


def test_a_state_comes_back(tmp_path: Path) -> None:
    state = LocalState(tmp_path, "run")
    state.keep(1, ARRAYS, 4)
    assert state.after(0, 1) == {}
    np.testing.assert_array_equal(state.after(1, 5)["control/w"], ARRAYS["control/w"])
    with pytest.raises(MissingFileError):
        state.after(2, 5)


@pytest.mark.parametrize("before", [1, 3, 4])
def test_no_round_goes_on_from_what_it_left_itself_or_a_later_one(tmp_path: Path, before: int) -> None:
    state = LocalState(tmp_path, "run")
    state.keep(1, ARRAYS, 4)
    with pytest.raises(StudyError, match="round 4 left"):
        state.after(1, before)


@pytest.mark.parametrize(("kind", "bytes_each"), [("BF16", 2), ("F8_E4M3", 1), ("none", 1)])
def test_a_type_that_is_not_numpys_is_refused(
    tmp_path: Path, retype: Callable[[Path, str, str, int], None], kind: str, bytes_each: int
) -> None:
    state = LocalState(tmp_path, "run")
    state.keep(1, ARRAYS, 4)
    (file,) = tmp_path.glob("local-state/*/after-00001.safetensors")
    retype(file, "control/w", kind, 16 // bytes_each)
    with pytest.raises(InputError, match="not readable"):
        state.after(1, 5)

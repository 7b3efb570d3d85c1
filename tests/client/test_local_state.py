"""What a site keeps between rounds comes back as it was, or is refused by name."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cloister.client.local_state import LocalState
from cloister.study.errors import InputError, MissingFileError

ARRAYS = {"control/w": np.arange(4, dtype=np.float32)}


def test_a_state_comes_back(tmp_path: Path) -> None:
    state = LocalState(tmp_path, "run")
    state.keep(1, ARRAYS)
    assert state.after(0) == {}
    np.testing.assert_array_equal(state.after(1)["control/w"], ARRAYS["control/w"])
    with pytest.raises(MissingFileError):
        state.after(2)


@pytest.mark.parametrize(("kind", "bytes_each"), [("BF16", 2), ("F8_E4M3", 1), ("none", 1)])
def test_a_type_that_is_not_numpys_is_refused(
    tmp_path: Path, retype: Callable[[Path, str, str, int], None], kind: str, bytes_each: int
) -> None:
    state = LocalState(tmp_path, "run")
    state.keep(1, ARRAYS)
    (file,) = tmp_path.glob("local-state/*/after-00001.safetensors")
    retype(file, "control/w", kind, 16 // bytes_each)
    with pytest.raises(InputError, match="not readable"):
        state.after(1)

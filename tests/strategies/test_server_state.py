"""A checkpoint gives back exactly what was saved, or says that it cannot."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from cloister.strategies.server_state import Inputs, RoundRecord, ServerState
from cloister.study.errors import InputError


def state() -> ServerState:
    record = RoundRecord(1, ("a", "b"), {"c": "no-reply"}, 1.5, 100, 200, {"auroc": 0.75})
    model = {"layer.weight": np.arange(6, dtype=np.float32).reshape(2, 3)}
    optimizer = {"m/layer.weight": model["layer.weight"] * 2}
    return ServerState(
        "0" * 64, "a" * 32, 1, model, optimizer, (record,), inputs=Inputs("1" * 64, ("2" * 64, "3" * 64))
    )


def save_with(path: Path, **changed: str | None) -> None:
    """A checkpoint of which entries of the header are others, or are not there."""
    state().save(path)
    with safe_open(path, framework="numpy") as file:
        header = {**file.metadata(), **changed}
    save_file({}, path, {name: value for name, value in header.items() if value is not None})


def test_a_checkpoint_returns_what_was_saved(tmp_path: Path) -> None:
    saved = state()
    saved.save(tmp_path / "round.safetensors")
    loaded = ServerState.load(tmp_path / "round.safetensors")
    assert (loaded.study_sha256, loaded.run_id, loaded.round) == (saved.study_sha256, saved.run_id, saved.round)
    assert loaded.history == saved.history
    for part in ("model", "optimizer"):
        for name, value in getattr(saved, part).items():
            np.testing.assert_array_equal(getattr(loaded, part)[name], value)


def test_all_but_the_arrays_is_read_without_them(tmp_path: Path) -> None:
    saved = state()
    saved.save(tmp_path / "round.safetensors")
    assert ServerState.load(tmp_path / "round.safetensors", arrays=False) == replace(saved, model={}, optimizer={})


@pytest.mark.parametrize("inputs", ["", "[]", "{}}", '{"heldout_sha256": [1]}', '{"base_sha256": 1}'])
def test_inputs_that_are_none_are_told(tmp_path: Path, inputs: str) -> None:
    save_with(tmp_path / "round.safetensors", inputs=inputs)
    with pytest.raises(InputError, match="not a readable checkpoint"):
        ServerState.load(tmp_path / "round.safetensors", arrays=False)


def test_a_checkpoint_that_does_not_tell_its_inputs_is_of_another_version(tmp_path: Path) -> None:
    save_with(tmp_path / "round.safetensors", inputs=None, format="cloister-server-state-2")
    with pytest.raises(InputError, match="not a checkpoint of this version"):
        ServerState.load(tmp_path / "round.safetensors")


OF_NOBODY = '[{"round":1,"replied":[[]],"failed":{},"seconds":1,"bytes_down":0,"bytes_up":0}]'


@pytest.mark.parametrize("history", ["[" * 100_000, "{}}", "[1]", '[{"round": 1}]', OF_NOBODY, "9" * 10_000])
def test_a_history_that_is_none_is_told(tmp_path: Path, history: str) -> None:
    save_with(tmp_path / "round.safetensors", history=history)
    with pytest.raises(InputError, match="not a readable checkpoint"):
        ServerState.load(tmp_path / "round.safetensors", arrays=False)


@pytest.mark.parametrize(
    "changed",
    [
        {"round": -1}, {"round": 2**63}, {"replied": ("A B",)}, {"failed": {"A B": "no-reply"}},
        {"failed": {"north": "zz"}}, {"seconds": math.inf}, {"bytes_down": 10**400}, {"bytes_up": -1},
        {"metrics": {"auroc": math.nan}}, {"metrics": {"auroc.low": -math.inf}},
    ],
)  # fmt: skip
def test_a_round_that_no_audit_log_or_evidence_could_hold_is_told(tmp_path: Path, changed: dict[str, Any]) -> None:
    """Found out only when it is logged, it would end the run with a traceback, and so would the next."""
    odd = replace(state(), history=(replace(state().history[0], **changed),))
    odd.save(tmp_path / "round.safetensors")
    with pytest.raises(InputError, match=r"not a readable checkpoint(.|\n)*resumes from the checkpoint before"):
        ServerState.load(tmp_path / "round.safetensors", arrays=False)


@pytest.mark.parametrize("changed", [{"run_id": "x"}, {"round": "-1"}, {"round": str(2**70)}])
def test_a_run_that_no_audit_log_could_hold_is_told(tmp_path: Path, changed: dict[str, str]) -> None:
    save_with(tmp_path / "round.safetensors", **changed)
    with pytest.raises(InputError, match="not a readable checkpoint"):
        ServerState.load(tmp_path / "round.safetensors", arrays=False)


@pytest.mark.parametrize("content", [b"", b"{}", b"\x10\x00\x00\x00\x00\x00\x00\x00" + b"x" * 16])
def test_what_is_no_checkpoint_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "round.safetensors").write_bytes(content)
    with pytest.raises(InputError, match="not a readable checkpoint"):
        ServerState.load(tmp_path / "round.safetensors")


@pytest.mark.parametrize(("kind", "bytes_each"), [("BF16", 2), ("F8_E4M3", 1)])
def test_arrays_of_a_type_that_is_not_numpys_are_told(
    tmp_path: Path, retype: Callable[[Path, str, str, int], None], kind: str, bytes_each: int
) -> None:
    path = tmp_path / "round.safetensors"
    state().save(path)
    retype(path, "model/layer.weight", kind, 24 // bytes_each)
    with pytest.raises(InputError, match="not a readable checkpoint"):
        ServerState.load(path)


def test_a_truncated_checkpoint_is_told(tmp_path: Path) -> None:
    path = tmp_path / "round.safetensors"
    state().save(path)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(InputError):
        ServerState.load(path)


@pytest.mark.parametrize(
    "optimizer",
    [
        {"m/layer.weight": np.zeros((3, 2), np.float32)},
        {"m/layer.weight": np.zeros((2, 3), np.uint32)},
        {"m/other": np.zeros((2, 3), np.float32)},
        {"layer.weight": np.zeros((2, 3), np.float32)},
    ],
)
def test_an_optimizer_that_is_of_another_model_is_told(tmp_path: Path, optimizer: dict[str, Any]) -> None:
    path = tmp_path / "round.safetensors"
    replace(state(), optimizer=optimizer).save(path)
    with pytest.raises(InputError, match="not a readable checkpoint"):
        ServerState.load(path)

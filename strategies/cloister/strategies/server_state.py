"""What the coordinator must not lose: the global model, the server optimizer's state, and where the run stands.

One safetensors file per round holds both the arrays and, in its header, the rest, so that a checkpoint is written
by one atomic rename and can never be half of one round and half of another.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, TypeAdapter

from cloister.strategies.safetensors_file import encoded
from cloister.study import atomic
from cloister.study.arrays import Arrays
from cloister.study.audit_entry import Failure, RunId
from cloister.study.document import Count
from cloister.study.errors import InputError
from cloister.study.schema import Name

_Finite = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True)
class RoundRecord:
    """What happened in one round, as far as the coordinator can know it. A checkpoint with another form is refused."""

    round: Count
    replied: tuple[Name, ...]
    failed: dict[Name, Failure]
    """Site -> code of its failure ("no-reply" if nothing came, "no-keys" if it was away when masks were agreed on)."""
    seconds: _Finite
    bytes_down: Count
    bytes_up: Count
    metrics: dict[str, _Finite] = field(default_factory=dict)
    """Of the new global model on the coordinator's held-out set."""
    accepted: bool = True
    """Whether the new model became the global model; if not, the one of the last accepted round stayed."""


@dataclass(frozen=True)
class Inputs:
    """What a run began with beside its study. With others it would be another run."""

    base_sha256: str | None = None
    """Of the base folder; None: weights initialised from the study's seed."""
    heldout_sha256: tuple[str, ...] = ()
    """Of the held-out datasets' manifests, in their order: resamples of patients depend on it."""


@dataclass(frozen=True)
class ServerState:
    """The run after `round` completed rounds."""

    study_sha256: str
    run_id: str
    round: int
    model: Arrays
    optimizer: Arrays = field(default_factory=dict)
    """Of each parameter one or several arrays of its shape, named by what they are, "/" and the parameter."""
    history: tuple[RoundRecord, ...] = ()
    stopped: str | None = None
    """Why no further round is run although the study has more: such as "plateau"."""
    inputs: Inputs = field(default_factory=Inputs)

    @property
    def receipts(self) -> dict[str, int]:
        """Site -> to how many rounds of this run it has contributed.

        A site's ledger must show at least as many, or it is an older copy of itself.
        """
        return dict(Counter(site for record in self.history for site in record.replied))

    def save(self, path: Path) -> None:
        """Write the state, atomically."""
        tensors = {f"model/{name}": value for name, value in self.model.items()}
        tensors |= {f"optimizer/{name}": value for name, value in self.optimizer.items()}
        header = {
            "format": _FORMAT,
            "study_sha256": self.study_sha256,
            "run_id": self.run_id,
            "round": str(self.round),
            "stopped": self.stopped or "",
            "history": json.dumps([vars(record) for record in self.history]),
            "inputs": json.dumps(vars(self.inputs)),
        }
        atomic.write_bytes(path, encoded(tensors, header))

    @classmethod
    def load(cls, path: Path, *, arrays: bool = True) -> ServerState:
        """Read a state.

        Args:
            path: the checkpoint.
            arrays: whether to read model and optimizer too; without them, it takes the same time for every model.

        Raises:
            InputError: the file is not a checkpoint of Cloister.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="numpy") as file:
                header = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in (file.keys() if arrays else ())}
            if header.get("format") != _FORMAT:
                raise InputError(f"{path}: not a checkpoint of this version.", "Resume with the version that wrote it.")
            model, optimizer = _part(tensors, "model/"), _part(tensors, "optimizer/")
            if any(value.dtype != np.float32 for value in tensors.values()) or any(
                value.shape != model[name.partition("/")[2]].shape for name, value in optimizer.items()
            ):
                raise ValueError
            return cls(
                study_sha256=header["study_sha256"],
                run_id=TypeAdapter[str](RunId).validate_python(header["run_id"]),
                round=TypeAdapter[int](Count).validate_strings(header["round"]),
                model=model,
                optimizer=optimizer,
                history=TypeAdapter(tuple[RoundRecord, ...]).validate_json(header["history"]),
                stopped=header["stopped"] or None,
                inputs=TypeAdapter(Inputs).validate_json(header["inputs"]),
            )
        except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError) as problem:
            raise InputError(
                f"{path}: not a readable checkpoint ({type(problem).__name__}).",
                "Remove it; the run then resumes from the checkpoint before.",
            ) from None


_FORMAT = "cloister-server-state-3"


def _part(tensors: Arrays, prefix: str) -> Arrays:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}

"""The base: the folder of public weights and tokenizer that a study starts from, equal at all sites.

    model.safetensors    weights of an architecture built from the study's configuration (absent: initialised by seed)
    tokenizer.json …     for tasks on notes

Sites and coordinator compare its SHA-256 before the first round.
"""

from __future__ import annotations

import os
from pathlib import Path

from torch import nn

from cloister.study import atomic
from cloister.study.canonical import sha256_of, sha256_of_file
from cloister.study.errors import ModelMismatchError

WEIGHTS_FILE = "model.safetensors"


def save_base_weights(model: nn.Module, folder: Path) -> None:
    """Write all parameters and buffers of a model, before any adapters are put in."""
    from safetensors.torch import save

    tensors = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    atomic.write_bytes(folder / WEIGHTS_FILE, save(tensors))


def load_base_weights(model: nn.Module, base: Path | None) -> None:
    """Load the base's weights strictly; a base without weights leaves the model as initialised.

    Raises:
        ModelMismatchError: names or shapes differ, or the file is damaged.
    """
    if base is None or not (base / WEIGHTS_FILE).is_file():
        return
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        model.load_state_dict(load_file(base / WEIGHTS_FILE), strict=True)
    except (RuntimeError, SafetensorError, OSError, ValueError, KeyError, TypeError) as problem:
        raise ModelMismatchError(
            f"{base / WEIGHTS_FILE}: does not fit the study's model ({type(problem).__name__}).",
            "Use the base made for this study's [task.model].",
        ) from None


def base_sha256(base: Path) -> str:
    """The identity of a base folder: every file's name and content. A name's bytes that are not UTF-8 are escaped."""
    files = {_name(p, base): sha256_of_file(p) for p in sorted(base.rglob("*")) if p.is_file()}
    return sha256_of(files)


def _name(path: Path, base: Path) -> str:
    return os.fsencode(path.relative_to(base).as_posix()).decode(errors="backslashreplace")


def require_base(base: Path | None) -> Path:
    """The base folder, for tasks that cannot do without.

    Raises:
        ModelMismatchError: none was given.
    """
    if base is None:
        raise ModelMismatchError(
            "This study's model needs a base folder (weights or tokenizer), and none was given.",
            "Put the base into the site's model store, or the coordinator's folder.",
        )
    return base

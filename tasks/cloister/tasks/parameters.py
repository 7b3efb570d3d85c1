"""The trainable parameters of a model as named arrays: what rounds exchange and checkpoints hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cloister.study.arrays import Arrays
from cloister.study.errors import ModelMismatchError


def trainable_arrays(model: nn.Module) -> Arrays:
    """Copies of all trainable parameters, by name, in the order of the names."""
    return {
        name: parameter.detach().cpu().float().numpy().copy()
        for name, parameter in sorted(model.named_parameters())
        if parameter.requires_grad
    }


def load_trainable(model: nn.Module, arrays: Mapping[str, NDArray[np.float32]]) -> None:
    """Set all trainable parameters.

    Raises:
        ModelMismatchError: a name is missing or unknown, or a shape differs: nothing is loaded halfway.
    """
    parameters = {name: value for name, value in model.named_parameters() if value.requires_grad}
    unlike = parameters.keys() ^ arrays.keys()
    if unlike:
        raise ModelMismatchError(
            f"The arrays do not fit the model: {min(unlike)} is on one side only ({len(unlike)} such names).",
            "Use the same study, base model and versions of Cloister on both sides.",
        )
    for name, parameter in parameters.items():
        if tuple(parameter.shape) != arrays[name].shape:
            raise ModelMismatchError(
                f"{name} has shape {arrays[name].shape}, the model's has {tuple(parameter.shape)}.",
                "Use the same study, base model and versions of Cloister on both sides.",
            )
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(torch.from_numpy(np.asarray(arrays[name], dtype=np.float32)))


def frozen_sha256(model: nn.Module) -> str:
    """SHA-256 of every frozen parameter and buffer: coordinator and sites must stand on the same base."""
    digest = hashlib.sha256()
    frozen = {name: value for name, value in model.named_parameters() if not value.requires_grad}
    for name, value in sorted({**frozen, **dict(model.named_buffers())}.items()):
        digest.update(f"{name} {tuple(value.shape)} {value.dtype}\n".encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()

"""Where models compute: on a GPU that this process may see, else on the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from cloister.privacy.patient_gradients import is_out_of_memory
from cloister.study.errors import InputError

CPU = torch.device("cpu")


def visible_device(place: int = 0) -> torch.device:
    """One of the GPUs that `CUDA_VISIBLE_DEVICES` leaves, in turn; the CPU if there is none that torch can use."""
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return torch.device("cuda", place % gpus) if gpus else CPU


@contextmanager
def computing_on(device: torch.device, model: nn.Module) -> Iterator[None]:
    """While open, a model is on a device; afterwards it is on the CPU, and what it took of the device is free.

    Raises:
        InputError: the device's memory does not suffice for what is done with the model.
    """
    exhausted = False
    try:
        model.to(device)
        yield
    except (RuntimeError, MemoryError) as problem:
        exhausted = is_out_of_memory(problem)
        if not exhausted:
            raise
    finally:
        model.to(CPU)
        if device.type == "cuda":
            torch.cuda.empty_cache()
    if exhausted:
        raise InputError(
            f"memory of the device {device} does not suffice for the model and a batch.",
            "Lower training.micro_batch or batch_size, checkpoint activations, train adapters, use a larger machine.",
        )

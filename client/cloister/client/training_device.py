"""Where a site's models compute: on a GPU that its settings let be seen, else on the CPU.

Everything that is kept or leaves is made on the CPU all the same: samples, noise, updates, the site's local state. On a
GPU the last bits of a sum depend on the order in which it was added up, so simulated sites, whose runs are repeated to
the bit, compute on the CPU unless their settings name GPUs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from cloister.privacy.patient_gradients import is_out_of_memory
from cloister.study.errors import InputError
from cloister.study.site import Site

CPU = torch.device("cpu")


def training_device(site: Site, place: int = 0) -> torch.device:
    """The device on which a site trains.

    Args:
        site: its settings; `run.cuda_devices` decides.
        place: the number of the training among those of one moment, from 0: they take the visible GPUs in turn.

    Raises:
        InputError: the settings name GPUs, and none of them can be used.
    """
    named = site.run.cuda_devices
    if named == () or (named is None and site.simulation is not None):
        return CPU
    device = visible_device(place)
    if named and device == CPU:
        raise InputError(
            f"run.cuda_devices = {list(named)}: torch {torch.__version__} can use none of these GPUs.",
            "Compare with `nvidia-smi -L`, install driver and a torch with CUDA, or set cuda_devices = [].",
        )
    return device


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

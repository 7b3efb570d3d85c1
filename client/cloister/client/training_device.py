"""Where a site's models compute: on a GPU that its settings let be seen, else on the CPU.

Everything that is kept or leaves is made on the CPU all the same: samples, noise, updates, the site's local state. On a
GPU the last bits of a sum depend on the order in which it was added up, so simulated sites, whose runs are repeated to
the bit, compute on the CPU unless their settings name GPUs.
"""

from __future__ import annotations

import torch

from cloister.privacy.computing_device import CPU, visible_device
from cloister.study.errors import InputError
from cloister.study.site import Site


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

"""The machine's GPUs, as NVIDIA's own tool tells: how busy they are, and their memory."""

from __future__ import annotations

import math
import shutil
import subprocess
from dataclasses import dataclass

_QUERY = "index,utilization.gpu,memory.used,memory.total"
_WAIT_SECONDS = 5.0


@dataclass(frozen=True)
class Gpu:
    """One GPU."""

    index: int
    busy: float
    """Share of the last second in which it worked, 0 to 1."""
    used_bytes: float
    total_bytes: float


def gpus() -> tuple[Gpu, ...]:
    """Those that the driver knows; none without `nvidia-smi`."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ()
    command = [tool, f"--query-gpu={_QUERY}", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=_WAIT_SECONDS, check=True).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ()
    return read_gpus(told)


def read_gpus(told: str) -> tuple[Gpu, ...]:
    """GPUs of the tool's lines, such as `0, 37, 1024, 81920` (per cent, MiB, MiB); others are left out."""
    found = []
    for line in told.splitlines():
        try:
            index, busy, used, total = (float(value) for value in line.split(","))
        except ValueError:
            continue
        if not all(map(math.isfinite, (index, busy, used, total))):
            continue
        found.append(Gpu(int(index), busy / 100, used * 2**20, total * 2**20))
    return tuple(found)

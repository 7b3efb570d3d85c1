"""First weights that depend on a study's seed, while the random numbers of the process do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """While open, what torch draws on the CPU, where models are built, follows from `seed`."""
    with torch.random.fork_rng([]):
        torch.default_generator.manual_seed(seed)
        yield

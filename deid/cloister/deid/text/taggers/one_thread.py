"""Linear algebra on one thread.

A note's matrices are small: threads that share them wait for one another, at full load, for longer than they work, and
take the cores from the processes that notes are shared out over. On one thread the sums are the same everywhere, too.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]


def one_thread() -> AbstractContextManager[object]:
    """While it lasts, numpy's linear algebra stays on the thread that asks."""
    limit: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limit


@cache
def _controller() -> ThreadpoolController:
    """Looks for the libraries that are loaded, once: numpy's must be among them."""
    import numpy as np  # noqa: F401 -- loads them

    return ThreadpoolController()

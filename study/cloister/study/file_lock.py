"""A lock on a file, which ends with the process that holds it, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED, ALONE, ALONE_AT_ONCE = fcntl.LOCK_SH, fcntl.LOCK_EX, fcntl.LOCK_EX | fcntl.LOCK_NB


@contextmanager
def lock(path: Path, how: int) -> Iterator[bool]:
    """Hold a file, made if it is not there; programs that are started meanwhile do not hold it too.

    Args:
        path: the file; its folder is there.
        how: beside others that share it, or alone; `ALONE_AT_ONCE` does not wait until that is possible.

    Yields:
        Whether it is held: always, if it was waited for.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)

"""Becomes a site's node: `python -I -m cloister.client.node_process PARENT BYTES SCRIPT`.

Before the script takes this process over, the kernel is told to end it with its parent, `cloister site run`, however
that ends, and to give it, and all it starts, no more than so many bytes of memory each (0: no bound). The bound is on
private writable memory (RLIMIT_DATA): a GPU's driver reserves address space without end, which costs nothing.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, memory: int, script: str) -> None:
    """Never returns."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        sys.exit("cloister: the kernel does not tell children of their parent's end")
    if os.getppid() != parent:
        sys.exit("cloister: `cloister site run` ended at once")
    if memory:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    os.execv("/bin/sh", ["/bin/sh", script])  # noqa: S606 (a script of our own)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])

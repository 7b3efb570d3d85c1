"""What a site keeps for a run that may still go on: removed once the run is over for all that one can tell.

A run's next round removes what the one before left. One that was given up has no next round.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cloister.study import atomic

_KEPT_SECONDS = 7 * 86_400


def remove_long_past(paths: Iterable[Path]) -> None:
    """Remove the files that were written more than a week ago; another process may be at it, too."""
    long_ago = time.time() - _KEPT_SECONDS
    for path in paths:
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < long_ago:
                atomic.remove(path)

"""How often somebody may try to sign in: per name, and all names together, within a window that moves along.

An attempt counts from its beginning, so that many at once are no way around the bound; one that succeeds is taken back.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

WINDOW_SECONDS = 900.0
MOST_FOR_A_NAME, MOST_IN_ALL = 10, 100


class Attempts:
    """Attempts of the last minutes; kept in memory, so that a restart forgets them.

    Args:
        clock: seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._attempts: deque[tuple[float, str]] = deque()

    def begin(self, name: str) -> float:
        """Count an attempt. Returns 0, or the seconds to wait; then it is none, and is not counted."""
        with self._lock:
            now = self._clock()
            while self._attempts and self._attempts[0][0] <= now - WINDOW_SECONDS:
                self._attempts.popleft()
            of_name = [at for at, tried in self._attempts if tried == name]
            first = [
                *([of_name[0]] if len(of_name) >= MOST_FOR_A_NAME else []),
                *([self._attempts[0][0]] if len(self._attempts) >= MOST_IN_ALL else []),
            ]
            if first:
                return max(first) + WINDOW_SECONDS - now
            self._attempts.append((now, name))
            return 0.0

    def succeeded(self, name: str) -> None:
        """Forget the attempts of a name: its owner is here."""
        with self._lock:
            self._attempts = deque(found for found in self._attempts if found[1] != name)

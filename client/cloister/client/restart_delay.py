"""How long to wait before a node that ended is started again: exponential back-off with jitter.

A node whose predecessor did not sign off is refused by the SuperLink until that missed two heartbeats (Flower's exit
305, about a minute), unless it may sign it off itself (`rejoining.py`): that is waited for in short steps. One that is
turned away for longer, because the coordinator has not registered it, tries as seldom as any other. Jitter keeps all
sites from knocking at once when a coordinator comes back.
"""

from __future__ import annotations

from typing import Final

CONNECTION_REFUSED: Final = 305
LONGEST: Final = 300.0
LONGEST_WHILE_MISSED: Final = 15.0
_TRIES_WHILE_MISSED: Final = 18
"""Two to four minutes."""
STEADY: Final = 600.0
"""Seconds after which a node counts as having worked: the next failure is the first again."""


def restart_delay(failures: int, code: int, chance: float) -> float:
    """Seconds to wait.

    Args:
        failures: how often in a row the node ended before it worked steadily; from 1.
        code: Flower's number of why it ended.
        chance: uniformly drawn from [0, 1).
    """
    is_missed = code == CONNECTION_REFUSED and failures <= _TRIES_WHILE_MISSED
    whole = min(LONGEST_WHILE_MISSED if is_missed else LONGEST, 2.0 ** min(failures, 16))
    return whole * (0.5 + chance / 2)

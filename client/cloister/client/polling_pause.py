"""How long to wait before looking again: the longer nothing came, the longer."""

from __future__ import annotations

from typing import Final

_SHORTEST: Final = 0.05
_SHARE: Final = 1 / 8


def polling_pause(quiet: float, longest: float) -> float:
    """Seconds until the next look. What comes is seen after at most an eighth of the time it took, or 50 ms.

    Args:
        quiet: seconds since something came, at least 0.
        longest: the pause that it grows to.
    """
    return min(max(quiet * _SHARE, _SHORTEST), longest)

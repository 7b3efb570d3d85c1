"""How long to wait before looking again: the longer nothing came, the longer."""

from __future__ import annotations

from typing import Final

_SHORTEST: Final = 0.05


def polling_pause(quiet: float, longest: float, share: float = 1 / 8) -> float:
    """Seconds until the next look. What comes is seen after at most this share of the time it took, or 50 ms.

    Args:
        quiet: seconds since something came, at least 0.
        longest: the pause that it grows to.
        share: of the time since something came.
    """
    return min(max(quiet * share, _SHORTEST), longest)

"""How long a masked round that lacks answers is waited for, before it is given up and a new one begins.

In a new round all train, and pay privacy, again. So a round is waited for while it can still be finished. But no one
site may hold up the others for ever, whatever it says or leaves unsaid: where these are enough for a new round, who
refuses is not waited for, and who says nothing or has no budget only for a few tries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cloister.strategies.asking import NO_REPLY
from cloister.study.errors import (
    BudgetExhaustedError,
    DiskFullError,
    OutsideWindowError,
    SiteBusyError,
    SitePausedError,
)

TRIES: Final = 3
"""Of a round for want of sites that say nothing or have no budget, while others are enough for a new one."""
_MAY_COME: Final = frozenset({NO_REPLY, BudgetExhaustedError.code})
"""At any moment: who said nothing is back, or a budget is raised."""
_PASSING: Final = frozenset(each.code for each in (SitePausedError, OutsideWindowError, DiskFullError, SiteBusyError))


def tries_of(missing: Mapping[str, str], lacking: int, *, others_suffice: bool) -> int | None:
    """How often a round is tried; None for as often as it is resumed.

    Args:
        missing: site -> code, of those that did not do their part in this round.
        lacking: how many of them have to.
        others_suffice: for a new round.

    Returns:
        0: it is given up at once.
    """
    codes = set(missing.values())
    may_come = [site for site, code in missing.items() if code in _PASSING | _MAY_COME]
    if len(may_come) < max(lacking, 1):
        return 0
    if not others_suffice:
        return None
    return TRIES if codes & _MAY_COME else 0

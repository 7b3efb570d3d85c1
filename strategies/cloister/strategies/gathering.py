"""Updates in the clear as they arrive: added up and let go, where the sum is enough; kept, where a rule needs each.

Memory for a sum does not grow with the number of sites, that for single updates does, by one update a site. Which one
a strategy needs is what it says of secure aggregation: what works on a masked sum works on a running one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from cloister.strategies.averaging import RunningMean, check_range, share_of_weight
from cloister.study.arrays import Arrays

Combine = Callable[[Mapping[str, Arrays]], Arrays]


class Gathering(Protocol):
    """A round's updates."""

    def add(self, site: str, update: Arrays) -> None:
        """Take a site's update.

        Raises:
            UpdateRefusedError: it cannot be used. Nothing of it was.
        """
        ...

    def combined(self) -> Arrays:
        """What the updates come to; asked once, at the end."""
        ...


class Summed:
    """The weighted mean.

    Args:
        like: names and shapes of an update.
        sites: most updates that will come.
        weights: site -> public weight; equal weights if None.
    """

    def __init__(self, like: Arrays, sites: int, weights: Mapping[str, float] | None) -> None:
        self._running, self._weights = RunningMean(like, sites), weights

    def add(self, site: str, update: Arrays) -> None:
        """Add a site's update."""
        self._running.add(update, share_of_weight(self._weights, site))

    def combined(self) -> Arrays:
        """The mean."""
        return self._running.mean()


class Kept:
    """All updates, for a rule that looks at each.

    Args:
        combine: the rule.
    """

    def __init__(self, combine: Combine) -> None:
        self._combine, self._updates = combine, dict[str, Arrays]()

    def add(self, site: str, update: Arrays) -> None:
        """Keep a site's update, unless its values alone would spoil what the rule makes of all."""
        check_range(update)
        self._updates[site] = update

    def combined(self) -> Arrays:
        """What the rule makes of them."""
        return self._combine(self._updates)

"""The weighted mean of the sites' updates, one at a time, in any order.

Values are added up as 64-bit integers, in units of a power of two that is as small as the study's number of sites
allows: for four sites 2^-46, so that a float32 above 2^-23 is added exactly and a smaller one to 7e-15. Sums of
integers do not depend on their order. So an update can be added when it arrives, and let go: the same updates give the
same bits whoever answers first, whichever engine carried them, and memory does not grow with the number of sites.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cloister.study.arrays import LARGEST_VALUE, Arrays
from cloister.study.errors import TooFewSitesError, UpdateRefusedError

_PIECE = 1 << 18
"""Values added at once."""


class RunningMean:
    """The mean so far.

    Args:
        like: names and shapes of an update.
        sites: most updates that will be added.
    """

    def __init__(self, like: Mapping[str, NDArray[Any]], sites: int) -> None:
        self._shapes = {name: value.shape for name, value in like.items()}
        self._units = 2.0 ** (62 - math.ceil(math.log2(LARGEST_VALUE)) - math.ceil(math.log2(max(sites, 1))))
        self._sums = {name: np.zeros(value.size, np.int64) for name, value in like.items()}
        self._weights: list[float] = []
        self._sites = sites

    def add(self, update: Arrays, weight: float = 1.0) -> None:
        """Add an update; either all of it is added, or nothing.

        Args:
            update: of the names and shapes of `like`, finite.
            weight: above 0, at most 1.

        Raises:
            UpdateRefusedError: it holds values that no difference of parameters has.
        """
        if len(self._weights) == self._sites or not 0 < weight <= 1:
            raise ValueError(f"{len(self._weights)} of {self._sites} updates are added; weight {weight}")
        check_range(update)
        for name, summed in self._sums.items():
            flat, factor = update[name].reshape(-1), weight * self._units
            for start in range(0, len(summed), _PIECE):
                piece = slice(start, start + _PIECE)
                summed[piece] += np.rint(np.multiply(flat[piece], factor, dtype=np.float64)).astype(np.int64)
        self._weights.append(weight)

    def mean(self) -> Arrays:
        """The sum over the sum of the weights. It takes the place of the sum, so this is asked once.

        Raises:
            TooFewSitesError: nothing was added.
        """
        if not self._weights:
            raise TooFewSitesError("No site sent an update.", "See the coordinator's log for each site's code.")
        total = math.fsum(self._weights) * self._units
        mean: Arrays = {}
        for name in sorted(self._sums):
            mean[name] = _divided(self._sums.pop(name), total).reshape(self._shapes[name])
        return mean


def check_range(update: Arrays) -> None:
    """Refuse an update that no honest site sends.

    Raises:
        UpdateRefusedError: it holds values that no difference of parameters has.
    """
    for name, value in update.items():
        if value.size and max(float(value.max()), -float(value.min())) > LARGEST_VALUE:
            raise UpdateRefusedError(
                f"{name}: holds values beyond {LARGEST_VALUE:g}.", "Look into the site: its own guard stops these."
            )


def _divided(summed: NDArray[np.int64], total: float) -> NDArray[np.float32]:
    """Each value over `total`, in the memory of the sum: float32s are half as long, so they never overtake it."""
    size = len(summed)
    for start in range(0, size, _PIECE):
        piece = (summed[start : start + _PIECE] / total).astype(np.float32)
        summed.view(np.float32)[start : start + len(piece)] = piece
    summed.resize((size + 1) // 2, refcheck=False)  # the second half goes back to the system; nobody else has a view
    return summed.view(np.float32)[:size]


def weighted_mean(updates: Mapping[str, Arrays], weights: Mapping[str, float] | None = None) -> Arrays:
    """Mean over sites of equally shaped updates.

    Args:
        updates: site -> its update, each with the same names and shapes.
        weights: site -> public positive weight; equal weights if None. Normalised over the sites that answered.

    Raises:
        TooFewSitesError: there is no update.
        UpdateRefusedError: one holds values that no difference of parameters has.
    """
    running = RunningMean(next(iter(updates.values()), {}), len(updates))
    for site, update in updates.items():
        running.add(update, share_of_weight(weights, site))
    return running.mean()


def share_of_weight(weights: Mapping[str, float] | None, site: str) -> float:
    """By what a site's update is multiplied before it is added up: its public weight over the largest; at most 1."""
    return 1.0 if weights is None else weights[site] / max(weights.values())

"""Bulyan (El Mhamdi et al. 2018, section 4): Krum chooses, then a trimmed mean around the median averages.

Krum alone can be led to an update that is far off in a single coordinate. Bulyan takes Krum's choice out again and
again until n - 2 f are chosen, and then in each coordinate averages the n - 4 f of them that are nearest to their
median.
"""

from __future__ import annotations

import numpy as np

from cloister.strategies.krum import krum_index
from cloister.strategies.robust import Floats, RobustStrategy


class Bulyan(RobustStrategy):
    """See the module. Needs n >= 4 f + 3 updates, which the study guarantees."""

    def centre(self, updates: Floats, weights: Floats) -> Floats:
        """See the module; all sites weigh the same."""
        del weights
        left = list(range(len(updates)))
        chosen: list[int] = []
        while len(chosen) < len(updates) - 2 * self.adversaries:
            best = krum_index(updates[left], self.adversaries) if len(left) > 1 else 0
            chosen.append(left.pop(best))
        candidates = updates[sorted(chosen)]
        distance = np.abs(candidates - np.median(candidates, axis=0))
        nearest = np.argsort(distance, axis=0, kind="stable")[: len(updates) - 4 * self.adversaries]
        mean: Floats = np.take_along_axis(candidates, nearest, axis=0).mean(axis=0)
        return mean

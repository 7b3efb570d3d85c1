"""Krum (Blanchard et al. 2017, section 4): the one update that lies closest to most others."""

from __future__ import annotations

import numpy as np

from cloister.strategies.robust import Floats, RobustStrategy


class Krum(RobustStrategy):
    """Of n updates, f of them bad, the one with the least sum of squared distances to its n - f - 2 nearest others."""

    def centre(self, updates: Floats, weights: Floats) -> Floats:
        """See the class; all sites weigh the same. Needs n >= 2 f + 3, which the study guarantees."""
        del weights
        chosen: Floats = updates[krum_index(updates, self.adversaries)]
        return chosen


def krum_index(updates: Floats, adversaries: int) -> int:
    """Krum's choice among the rows of `updates`; the first of equals."""
    distances = np.stack([((updates - row) ** 2).sum(axis=1) for row in updates])
    np.fill_diagonal(distances, np.inf)
    # Bulyan asks for ever fewer rows; one neighbour is the least that can be looked at.
    nearest = np.sort(distances, axis=1)[:, : max(1, len(updates) - adversaries - 2)]
    return int(nearest.sum(axis=1).argmin())

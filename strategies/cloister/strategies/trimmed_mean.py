"""The coordinate-wise trimmed mean (Yin et al. 2018, definition 2)."""

from __future__ import annotations

import numpy as np

from cloister.strategies.robust import Floats, RobustStrategy


class TrimmedMean(RobustStrategy):
    """In each coordinate the mean without the `adversaries` largest and as many smallest values."""

    def centre(self, updates: Floats, weights: Floats) -> Floats:
        """See the class; all sites weigh the same."""
        del weights
        cut = self.adversaries
        kept: Floats = np.sort(updates, axis=0)[cut : len(updates) - cut]
        mean: Floats = kept.mean(axis=0)
        return mean

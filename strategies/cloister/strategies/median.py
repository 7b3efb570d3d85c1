"""The coordinate-wise median (Yin et al. 2018, definition 1)."""

from __future__ import annotations

import numpy as np

from cloister.strategies.robust import Floats, RobustStrategy


class Median(RobustStrategy):
    """In each coordinate the median over sites: bad ones move it at most to the honest ones' extremes, if fewer."""

    def centre(self, updates: Floats, weights: Floats) -> Floats:
        """See the class; all sites weigh the same."""
        del weights
        middle: Floats = np.median(updates, axis=0)
        return middle

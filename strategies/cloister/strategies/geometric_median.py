"""The geometric median by the smoothed Weiszfeld algorithm (RFA, Pillutla, Kakade and Harchaoui 2022, algorithm 2).

It minimises the weighted sum of (not squared) distances to the sites' updates, and stays bounded as long as bad sites
weigh less than half.
"""

from __future__ import annotations

import numpy as np

from cloister.strategies.robust import Floats, RobustStrategy

_SMOOTHING = 1e-6
"""The paper's nu, in units of the points' spread, so that the answer has no unit: distances below count as this."""
_ITERATIONS = 100
_TOLERANCE = 1e-9


class GeometricMedian(RobustStrategy):
    """See the module."""

    def centre(self, updates: Floats, weights: Floats) -> Floats:
        """See the module."""
        return geometric_median(updates, weights)


def geometric_median(points: Floats, weights: Floats) -> Floats:
    """The weighted geometric median.

    Args:
        points: shape (points, dimensions).
        weights: positive, shape (points,).

    Returns:
        Shape (dimensions,).
    """
    centre: Floats = np.average(points, axis=0, weights=weights)
    spread = float(np.abs(points - centre).max())
    if spread == 0:
        return centre
    for _ in range(_ITERATIONS):
        closeness = weights / np.maximum(np.linalg.norm(points - centre, axis=1), _SMOOTHING * spread)
        moved: Floats = np.average(points, axis=0, weights=closeness)
        step = float(np.linalg.norm(moved - centre))
        centre = moved
        if step <= _TOLERANCE * spread:
            break
    # Towards a median that is one of the points the steps become very short.
    candidates: list[Floats] = [centre, *points]
    costs = [float(weights @ np.linalg.norm(points - candidate, axis=1)) for candidate in candidates]
    return candidates[int(np.argmin(costs))]

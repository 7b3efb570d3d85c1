"""The geometric median (RFA, Pillutla, Kakade and Harchaoui 2022).

It minimises the weighted sum of (not squared) distances to the sites' updates, and stays bounded as long as bad sites
weigh less than half. Weiszfeld's steps, the paper's, become very short near an update, so the exact minimum is found
another way: an update that is itself the minimum is known by Vardi and Zhang's test (2000, equation 2.8); elsewhere
the cost is smooth and convex, and Newton's steps in a trust region go straight to it.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, optimize

from cloister.strategies.robust import Floats, RobustStrategy

_ROUNDING = 1e-12
"""Points of a set of unit size that are nearer than this are equal."""


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
    coordinates = _within_their_span(points)
    distances = np.linalg.norm(coordinates[:, None] - coordinates, axis=2)
    cheapest = int(np.argmin(distances @ weights))
    pull, resistance = _at_a_point(coordinates, weights, distances[cheapest], cheapest)
    if np.linalg.norm(pull) <= resistance:
        return np.array(points[cheapest])
    # A step from the cheapest point (Vardi and Zhang, equation 2.6) costs less than every point: none is met again.
    away = distances[cheapest] > _ROUNDING
    step = (1 - resistance / np.linalg.norm(pull)) * pull / np.sum(weights[away] / distances[cheapest][away])
    found = optimize.minimize(
        _cost_and_slope,
        coordinates[cheapest] + step,
        args=(coordinates, weights / weights.sum()),
        jac=True,
        hess=_curvature,
        method="trust-exact",
        options={"gtol": 1e-12},
    )
    nearness = weights / np.linalg.norm(coordinates - found.x, axis=1)
    median: Floats = np.average(points, axis=0, weights=nearness)
    return median


def _within_their_span(points: Floats) -> Floats:
    """The points' coordinates in the space they span around their mean, at most one for each point, and of unit size.

    Millions of parameters are looked at once here, and not again at every step.
    """
    (triangle,) = linalg.qr((points - points.mean(axis=0)).T, mode="r", overwrite_a=True)
    coordinates: Floats = triangle[: len(points)].T
    return coordinates / (np.abs(coordinates).max() or 1.0)


def _at_a_point(coordinates: Floats, weights: Floats, distances: Floats, index: int) -> tuple[Floats, float]:
    """How the others pull at a point, shape (coordinates,), and how much that point and its equals hold against it."""
    away = distances > _ROUNDING
    directions = (coordinates[away] - coordinates[index]) / distances[away, None]
    return weights[away] @ directions, float(weights[~away].sum())


def _cost_and_slope(centre: Floats, coordinates: Floats, weights: Floats) -> tuple[float, Floats]:
    distances = np.linalg.norm(centre - coordinates, axis=1)
    return float(weights @ distances), (weights / distances) @ (centre - coordinates)


def _curvature(centre: Floats, coordinates: Floats, weights: Floats) -> Floats:
    offsets = centre - coordinates
    distances = np.linalg.norm(offsets, axis=1)
    outward = offsets * np.sqrt(weights / distances**3)[:, None]
    curvature: Floats = np.sum(weights / distances) * np.eye(len(centre)) - outward.T @ outward
    return curvature

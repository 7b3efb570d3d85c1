"""Robust rules: instead of the mean, a centre of the sites' updates that a few bad ones cannot move far.

Each sub-class is one rule. Updates come as the rows of a matrix, in the order of the sites' names, in float64. All
rules need single updates, so they exclude secure aggregation; `norm_bounding` is the defence that does not. Flower's
rules of the same names weigh by example counts that sites would have to send in the clear, and choose Bulyan's
candidates in one go where the paper chooses one after the other, so they are written here; the tests compare.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cloister.strategies.fedavg import FedAvg
from cloister.study.arrays import Arrays, joined, split

Floats = NDArray[np.float64]


class RobustStrategy(FedAvg):
    """FedAvg with another centre than the mean."""

    works_under_secure_aggregation: ClassVar[bool] = False

    @abstractmethod
    def centre(self, updates: Floats, weights: Floats) -> Floats:
        """The centre, shape (parameters,).

        Args:
            updates: shape (sites, parameters).
            weights: the sites' public weights, shape (sites,), adding up to 1.
        """

    def combine(self, updates: Mapping[str, Arrays]) -> Arrays:
        """The rule's centre, in the model's shapes."""
        sites = sorted(updates)
        rows = [joined(updates[site]) for site in sites]
        weights = np.array([self.weight_of(site) for site in sites])
        flat = self.centre(np.stack(rows).astype(np.float64), weights / weights.sum()).astype(np.float32)
        return split(flat, updates[sites[0]])

    @property
    def adversaries(self) -> int:
        """How many sites may send anything; the study gives it to the rules that use it."""
        return self.study.strategy.adversaries or 0

"""The adaptive server optimizers of Reddi et al. 2021, algorithm 2: FedAdagrad, FedYogi and FedAdam.

    m <- b1 m + (1 - b1) d        d is the mean update
    v <- a second moment of d     the three differ in this line only
    x <- x + rate * m / (sqrt(v) + tau)

As in the paper there is no bias correction and v begins at tau^2. Flower's versions of the same name correct the
bias of FedAdam and leave m out of FedAdagrad; FLamby's start v at zero, which `tau = 1e-8` reproduces. All three need
only the sum of updates, so they can be aggregated securely.
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from cloister.strategies.rounds import RoundStrategy
from cloister.study.arrays import Arrays

Floats = NDArray[np.float64]


class AdaptiveStrategy(RoundStrategy):
    """Algorithm 2; sub-classes give the line for v."""

    @abstractmethod
    def second_moment(self, v: Floats, squared: Floats) -> Floats:
        """The new v, given the old one and the mean update's square."""

    def server_step(self, model: Arrays, update: Arrays, optimizer: Arrays) -> tuple[Arrays, Arrays]:
        """See the module."""
        settings = self.study.strategy
        moments: Arrays = {}
        stepped: Arrays = {}
        for name, value in model.items():
            delta = update[name].astype(np.float64)
            first = optimizer.get(f"m/{name}", np.zeros_like(value)).astype(np.float64)
            second = optimizer.get(f"v/{name}", np.full_like(value, settings.tau**2)).astype(np.float64)
            first = settings.beta_1 * first + (1 - settings.beta_1) * delta
            second = self.second_moment(second, delta**2)
            step = settings.server_learning_rate * first / (np.sqrt(second) + settings.tau)
            stepped[name] = (value + step).astype(np.float32)
            moments[f"m/{name}"] = first.astype(np.float32)
            moments[f"v/{name}"] = second.astype(np.float32)
        return stepped, moments

"""FedAdam (Reddi et al. 2021, algorithm 2): the mean update is the gradient of an Adam step at the coordinator."""

from __future__ import annotations

import numpy as np

from cloister.strategies.rounds import RoundStrategy
from cloister.study.arrays import Arrays


class FedAdam(RoundStrategy):
    """m <- b1 m + (1 - b1) d;  v <- b2 v + (1 - b2) d^2;  x <- x + rate * m / (sqrt(v) + tau).

    d is the mean update. As in the paper there is no bias correction, and v begins at tau^2. Needs only the sum of
    updates, so it can be aggregated securely.
    """

    def server_step(self, model: Arrays, update: Arrays, optimizer: Arrays) -> tuple[Arrays, Arrays]:
        """See the class."""
        settings = self.study.strategy
        moments: Arrays = {}
        stepped: Arrays = {}
        for name, value in model.items():
            delta = update[name].astype(np.float64)
            first = optimizer.get(f"m/{name}", np.zeros_like(value)).astype(np.float64)
            second = optimizer.get(f"v/{name}", np.full_like(value, settings.tau**2)).astype(np.float64)
            first = settings.beta_1 * first + (1 - settings.beta_1) * delta
            second = settings.beta_2 * second + (1 - settings.beta_2) * delta**2
            step = settings.server_learning_rate * first / (np.sqrt(second) + settings.tau)
            stepped[name] = (value + step).astype(np.float32)
            moments[f"m/{name}"] = first.astype(np.float32)
            moments[f"v/{name}"] = second.astype(np.float32)
        return stepped, moments

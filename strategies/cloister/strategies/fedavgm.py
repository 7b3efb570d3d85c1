"""FedAvgM (Hsu, Qi and Brown 2019): FedAvg with momentum at the coordinator."""

from __future__ import annotations

import numpy as np

from cloister.strategies.rounds import RoundStrategy
from cloister.study.arrays import Arrays


class FedAvgM(RoundStrategy):
    """v <- b1 v + d;  x <- x + server_learning_rate * v. Needs only the sum of updates d."""

    def server_step(self, model: Arrays, update: Arrays, optimizer: Arrays) -> tuple[Arrays, Arrays]:
        """See the class."""
        settings = self.study.strategy
        velocity: Arrays = {}
        stepped: Arrays = {}
        for name, value in model.items():
            before = optimizer.get(f"v/{name}", np.zeros_like(value)).astype(np.float64)
            moving = settings.beta_1 * before + update[name].astype(np.float64)
            stepped[name] = (value + settings.server_learning_rate * moving).astype(np.float32)
            velocity[f"v/{name}"] = moving.astype(np.float32)
        return stepped, velocity

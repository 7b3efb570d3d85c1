"""FedAvg (McMahan et al. 2017): the global model moves by the mean of the sites' updates."""

from __future__ import annotations

import numpy as np

from cloister.strategies.rounds import RoundStrategy
from cloister.study.arrays import Arrays


class FedAvg(RoundStrategy):
    """x <- x + server_learning_rate * mean update. Needs only the sum of updates, so it can be aggregated securely."""

    def server_step(self, model: Arrays, update: Arrays, optimizer: Arrays) -> tuple[Arrays, Arrays]:
        """See the class."""
        rate = np.float32(self.study.strategy.server_learning_rate)
        return {name: value + rate * update[name] for name, value in model.items()}, optimizer

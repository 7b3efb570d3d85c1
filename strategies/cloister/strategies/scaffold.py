"""SCAFFOLD (Karimireddy et al. 2020, algorithm 1, option II): control variates take out the sites' drift.

A site i steps with its gradient g - c_i + c, where c_i estimates its own gradient and c the mean of all. Afterwards
c_i becomes c_i - c - d_i / (K a), with d_i its update, K the steps and a the learning rate: the mean of the gradients
it has just used. K, a and c are public, so the coordinator needs no second vector from a site: the mean change of the
c_i is -d / (K a) - c for the mean update d. Hence SCAFFOLD goes up at the price of FedAvg, works under secure
aggregation, and with differential privacy costs nothing more: control variates are made of gradients that already
carry their noise.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from cloister.strategies.fedavg import FedAvg
from cloister.study.arrays import CONTROL, Arrays


class Scaffold(FedAvg):
    """Sends c beside the model; x <- x + rate * d;  c <- c + |S|/N (-d / (K a) - c), with public weights for counts."""

    sites_keep_step: ClassVar[bool] = True

    def broadcast(self) -> Arrays:
        """The model, and c under the same names after a prefix."""
        model, control = self.state.model, self.state.optimizer
        return model | {
            CONTROL + name: control.get(CONTROL + name, np.zeros_like(value)) for name, value in model.items()
        }

    def server_step(self, model: Arrays, update: Arrays, optimizer: Arrays) -> tuple[Arrays, Arrays]:
        """See the class."""
        stepped, _ = super().server_step(model, update, optimizer)
        training = self.study.training
        travelled = training.steps_per_round * training.learning_rate
        control: Arrays = {}
        for name, delta in update.items():
            before = optimizer.get(CONTROL + name, np.zeros_like(delta)).astype(np.float64)
            change = -delta.astype(np.float64) / travelled - before
            control[CONTROL + name] = (before + self.share_of_roster() * change).astype(np.float32)
        return stepped, control

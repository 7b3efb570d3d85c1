"""FedNova (Wang et al. 2020, equation 7): sites may take different numbers of steps and still weigh the same.

A site that takes t_i steps of plain SGD sends its update over t_i; here over t_i / K, with K the study's
`steps_per_round`, so that updates keep their size. The coordinator takes the mean d of these and moves by as many
steps as the sites took on average: x <- x + rate * d * (sum of w_i t_i) / (K * sum of w_i), over those who answered.
The steps stand in the study and tell nothing of the data; the sum of updates is enough.
"""

from __future__ import annotations

from cloister.strategies.fedavg import FedAvg
from cloister.study.arrays import Arrays


class FedNova(FedAvg):
    """FedAvg on normalised updates; see the module."""

    def server_step(self, model: Arrays, update: Arrays, optimizer: Arrays) -> tuple[Arrays, Arrays]:
        """See the module."""
        total = sum(self.weight_of(site) for site in self.contributors)
        steps = sum(self.weight_of(site) * self.study.local_steps(site) for site in self.contributors) / total
        share = steps / self.study.training.steps_per_round
        scaled: Arrays = {name: (value * share).astype(value.dtype) for name, value in update.items()}
        return super().server_step(model, scaled, optimizer)

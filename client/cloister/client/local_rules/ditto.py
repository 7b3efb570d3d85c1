"""Ditto (Li et al. 2021, algorithm 1): besides the global model each site trains a personal one, which stays there.

The personal model sees the same patients a second time, so in a private study it costs as much again. The study's
`accounted_steps` and `total_steps` count both trainings: the noise is calibrated for both, and the ledger reserves
both, although only one of them leaves.
"""

from __future__ import annotations

from cloister.client.local_rules.rule import Learnt, LocalRule, Work
from cloister.client.trainer import ProximalGradient, difference
from cloister.study.arrays import Arrays
from cloister.tasks.parameters import load_trainable, trainable_arrays


class Ditto(LocalRule):
    """Trains the global model x as FedAvg does, then descends f_i(v) + mu/2 |v - x|^2 from the last personal v."""

    keeps_state = True

    def learn(self, work: Work, received: Arrays, kept: Arrays) -> Learnt:
        """See the class."""
        mu = self.study.strategy.proximal_mu
        assert mu is not None  # noqa: S101 - the schema requires it for Ditto
        load_trainable(work.model, received)
        pulled = ProximalGradient(work.gradient, work.model, mu)
        work.train(work.gradient)
        update = difference(work.model, received)
        load_trainable(work.model, kept or received)
        work.train(pulled)
        return Learnt(update, trainable_arrays(work.model))

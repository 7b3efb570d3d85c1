"""FedProx (Li et al. 2020): a pull towards the global model while training."""

from __future__ import annotations

from cloister.client.local_rules.rule import Learnt, LocalRule, Work
from cloister.client.trainer import ProximalGradient, difference
from cloister.study.arrays import Arrays
from cloister.tasks.parameters import load_trainable


class FedProx(LocalRule):
    """Descends f_i(w) + mu/2 |w - x|^2 from x."""

    def learn(self, work: Work, received: Arrays, kept: Arrays) -> Learnt:
        """See the class."""
        mu = self.study.strategy.proximal_mu
        assert mu is not None  # noqa: S101 - the schema requires it for FedProx
        del kept
        load_trainable(work.model, received)
        work.train(ProximalGradient(work.gradient, work.model, mu))
        return Learnt(difference(work.model, received))

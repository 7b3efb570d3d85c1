"""FedDyn at a site (Acar et al. 2021, algorithm 1)."""

from __future__ import annotations

import numpy as np

from cloister.client.local_rules.mask_range import within_mask_range
from cloister.client.local_rules.rule import Learnt, LocalRule, ShiftedGradient, Work
from cloister.client.trainer import ProximalGradient, difference
from cloister.study.arrays import Arrays
from cloister.tasks.parameters import load_trainable


class FedDyn(LocalRule):
    """Descends f_i(w) - <h_i, w> + alpha/2 |w - x|^2 from x, then h_i <- h_i - alpha (w - x).

    Where masks clip w - x it is the clipped one, as at the coordinator.
    """

    keeps_state = True

    def learn(self, work: Work, received: Arrays, kept: Arrays) -> Learnt:
        """See the class."""
        alpha = self.study.strategy.dynamic_alpha
        assert alpha is not None  # noqa: S101 - the schema requires it for FedDyn
        own = kept or {name: np.zeros_like(value) for name, value in received.items()}
        load_trainable(work.model, received)
        shifted = ShiftedGradient(work.gradient, {name: -value for name, value in own.items()})
        work.train(ProximalGradient(shifted, work.model, alpha))
        update = within_mask_range(difference(work.model, received), self.study, self.site)
        return Learnt(update, {name: (own[name] - alpha * update[name]).astype(np.float32) for name in update})

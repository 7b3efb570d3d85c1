"""FedDyn (Acar et al. 2021, algorithm 1): a dynamic regulariser makes the sites' optima those of the whole.

A site i descends f_i(w) - <h_i, w> + alpha/2 |w - x|^2 and then sets h_i <- h_i - alpha (w_i - x). The coordinator
keeps

    h <- h - alpha |S|/N d        d is the mean update, S the sites that answered, N the roster
    x <- x + d - h / alpha

so it needs only the sum of updates. What a site keeps is made of gradients that already carry their noise, so that
differential privacy costs nothing more.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from cloister.strategies.rounds import RoundStrategy
from cloister.study.arrays import Arrays

_H = "h/"


class FedDyn(RoundStrategy):
    """See the module."""

    sites_keep_step: ClassVar[bool] = True

    def server_step(self, model: Arrays, update: Arrays, optimizer: Arrays) -> tuple[Arrays, Arrays]:
        """See the module."""
        alpha = self.study.strategy.dynamic_alpha
        assert alpha is not None  # noqa: S101 - the schema requires it for FedDyn
        stepped: Arrays = {}
        kept: Arrays = {}
        for name, value in model.items():
            delta = update[name].astype(np.float64)
            h = optimizer.get(_H + name, np.zeros_like(value)).astype(np.float64)
            h = h - alpha * self.share_of_roster() * delta
            stepped[name] = (value + delta - h / alpha).astype(np.float32)
            kept[_H + name] = h.astype(np.float32)
        return stepped, kept

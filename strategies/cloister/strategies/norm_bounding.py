"""Norm bounding (Sun et al. 2019) that works under masks: no site's update is longer than a norm the study gives.

Each site shortens its own update. The coordinator sees only the sum, so it checks what the sum can show: the mean of
vectors within a ball lies in it, so a longer mean proves that somebody did not shorten. A site that breaks the rule
within the masks' range can also push the mean around inside the ball; `minimum_cosine` is for that: the mean of a round
has to point the way that the past means point, to that extent. A mean that fails either check is not applied, the model
stays, and the log says so. Without masks each single update is shortened at the coordinator once more.
"""

from __future__ import annotations

import logging

import numpy as np

from cloister.strategies.fedavg import FedAvg
from cloister.study.arrays import Arrays, l2_norm, within_norm

_PAST = "past/"
_MEMORY = 0.9
"""How much of the past direction remains after a round."""
_ROUNDING = 1e-4
"""Relative slack for fixed-point and float32 rounding."""

log = logging.getLogger("cloister.coordinator")


class NormBounding(FedAvg):
    """FedAvg with bounded updates; see the module."""

    def counted(self, update: Arrays) -> Arrays:
        """The update, shortened to the norm."""
        return within_norm(update, self._bound)

    def server_step(self, model: Arrays, update: Arrays, optimizer: Arrays) -> tuple[Arrays, Arrays]:
        """See the module."""
        norm, past = l2_norm(update), {name.removeprefix(_PAST): value for name, value in optimizer.items()}
        if norm > self._bound * (1 + _ROUNDING):
            log.warning("The mean update's norm %.4g is above max_update_norm = %g: not applied.", norm, self._bound)
            return model, optimizer
        least = self.study.strategy.minimum_cosine
        if least is not None and past and (similarity := _cosine(update, past)) < least:
            log.warning("The mean update's cosine to the past is %.3f, below %g: not applied.", similarity, least)
            return model, optimizer
        stepped, _ = super().server_step(model, update, optimizer)
        moved = {
            _PAST + name: (_MEMORY * past.get(name, np.zeros_like(value)) + (1 - _MEMORY) * value).astype(np.float32)
            for name, value in update.items()
        }
        return stepped, moved

    @property
    def _bound(self) -> float:
        bound = self.study.strategy.max_update_norm
        assert bound is not None  # noqa: S101 - the schema requires it for norm bounding
        return bound


def _cosine(left: Arrays, right: Arrays) -> float:
    """Between two sets of arrays of the same names; 0 if one of them is zero."""
    product = sum(float(np.vdot(left[name].astype(np.float64), right[name])) for name in left)
    norms = l2_norm(left) * l2_norm(right)
    return product / norms if norms else 0.0

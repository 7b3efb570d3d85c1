"""The plain rule, and the shape of all others: load what arrived, train, send the difference.

Rules work on gradients as the trainer gives them, already clipped and noised in a private study. Everything they add
depends on the model, on earlier noisy gradients and on the study alone, so it is post-processing; only a rule that asks
for more gradients (`ditto`) spends more, and `Study.accounted_steps` counts them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from cloister.client.trainer import Gradient, difference
from cloister.study.arrays import Arrays
from cloister.study.schema import Study
from cloister.tasks.parameters import load_trainable


@dataclass(frozen=True)
class Learnt:
    """What a round at a site brought."""

    update: Arrays
    """What leaves."""
    kept: Arrays = field(default_factory=dict)
    """What the next round at this site begins with; it stays here."""


@dataclass(frozen=True)
class Work:
    """What a rule works with.

    Args:
        model: the model, its trainable parameters as the study's seed made them.
        gradient: the source of gradients.
        train: takes a round's steps with a source of gradients, in place.
    """

    model: nn.Module
    gradient: Gradient
    train: Callable[[Gradient], None]


class LocalRule:
    """FedAvg's, and that of every strategy that changes nothing at the sites.

    Args:
        study: admitted.
        site: this site's name.
    """

    keeps_state = False
    """Whether there is something to keep between rounds."""

    def __init__(self, study: Study, site: str) -> None:
        self.study, self.site = study, site

    def receives(self, trainable: Arrays) -> Arrays:
        """Names and shapes of what the coordinator sends."""
        return trainable

    def sends(self, trainable: Arrays) -> Arrays:
        """Names and shapes of what may leave."""
        return trainable

    def learn(self, work: Work, received: Arrays, kept: Arrays) -> Learnt:
        """Take part in a round.

        Args:
            work: model, gradients, training.
            received: as `receives` says.
            kept: what the round before kept; empty in the first.
        """
        del kept
        load_trainable(work.model, received)
        work.train(work.gradient)
        return Learnt(difference(work.model, received))


class ShiftedGradient:
    """Another gradient plus constants."""

    def __init__(self, inner: Gradient, shift: Arrays) -> None:
        self._inner = inner
        self._shift = {name: torch.from_numpy(value) for name, value in shift.items()}

    def __call__(self, model: nn.Module) -> dict[str, Tensor]:
        """The inner gradient, shifted."""
        found = self._inner(model)
        return {name: value + self._shift[name].to(value) for name, value in found.items()}

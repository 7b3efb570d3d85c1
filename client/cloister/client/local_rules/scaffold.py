"""SCAFFOLD at a site (Karimireddy et al. 2020, algorithm 1, option II); more in `cloister.strategies.scaffold`."""

from __future__ import annotations

import numpy as np

from cloister.client.local_rules.mask_range import within_mask_range
from cloister.client.local_rules.rule import Learnt, LocalRule, ShiftedGradient, Work
from cloister.client.trainer import difference
from cloister.study.arrays import CONTROL, Arrays
from cloister.tasks.parameters import load_trainable


class Scaffold(LocalRule):
    """Steps with g - c_i + c, then c_i <- c_i - c - update / (steps x rate): the mean of the gradients just used.

    Where masks clip the update it is the clipped one, as at the coordinator.
    """

    keeps_state = True

    def receives(self, trainable: Arrays) -> Arrays:
        """The model and the control variate c."""
        return trainable | {CONTROL + name: value for name, value in trainable.items()}

    def learn(self, work: Work, received: Arrays, kept: Arrays) -> Learnt:
        """See the class."""
        model = {name: value for name, value in received.items() if not name.startswith(CONTROL)}
        everyone = {name: received[CONTROL + name] for name in model}
        own = kept or {name: np.zeros_like(value) for name, value in model.items()}
        load_trainable(work.model, model)
        work.train(ShiftedGradient(work.gradient, {name: everyone[name] - own[name] for name in model}))
        update = within_mask_range(difference(work.model, model), self.study, self.site)
        training = self.study.training
        travelled = training.steps_per_round * training.learning_rate
        return Learnt(update, {name: own[name] - everyone[name] - update[name] / travelled for name in model})

"""The rule of studies with distributed trust: one step, whose clipped sum goes to be masked.

The sum has no noise yet. Encoding it for secure aggregation adds this site's share, and there is no other way out: such
a study is masked (its schema), and a masked study sends nothing in the clear (`egress`). The coordinator divides by the
public constants and takes the step, so the strategy's server optimizer works on the sum of all sites.
"""

from __future__ import annotations

import numpy as np

from cloister.client.local_rules.rule import Learnt, LocalRule, Work
from cloister.client.trainer import PrivateGradient
from cloister.study.arrays import Arrays
from cloister.study.errors import StudyError
from cloister.tasks.parameters import load_trainable


class ClippedSumRule(LocalRule):
    """See the module."""

    def learn(self, work: Work, received: Arrays, kept: Arrays) -> Learnt:
        """The clipped sum of one step at the received model.

        Raises:
            StudyError: the gradients are not clipped.
        """
        del kept
        if not isinstance(work.gradient, PrivateGradient):
            raise StudyError("Distributed noise is for clipped gradients.", "Set privacy.mechanism = 'dp-sgd'.")
        load_trainable(work.model, received)
        work.model.train()
        summed = work.gradient.without_noise(work.model)
        return Learnt({name: value.detach().cpu().numpy().astype(np.float32) for name, value in summed.items()})

"""FedNova at a site: the update as if the site had taken the study's number of steps."""

from __future__ import annotations

from cloister.client.local_rules.rule import Learnt, LocalRule, Work
from cloister.study.arrays import Arrays


class FedNova(LocalRule):
    """Takes its own number of steps t and sends the update times steps_per_round / t (Wang et al. 2020, equation 7)."""

    def learn(self, work: Work, received: Arrays, kept: Arrays) -> Learnt:
        """See the class."""
        scale = self.study.training.steps_per_round / self.study.local_steps(self.site)
        update = super().learn(work, received, kept).update
        return Learnt({name: (value * scale).astype(value.dtype) for name, value in update.items()})

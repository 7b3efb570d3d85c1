"""Norm bounding at a site: the update is shortened to the study's norm before it is encoded and masked."""

from __future__ import annotations

from cloister.client.local_rules.rule import Learnt, LocalRule, Work
from cloister.study.arrays import Arrays, within_norm


class NormBounding(LocalRule):
    """The plain update, at most `max_update_norm` long."""

    def learn(self, work: Work, received: Arrays, kept: Arrays) -> Learnt:
        """See the class."""
        bound = self.study.strategy.max_update_norm
        assert bound is not None  # noqa: S101 - the schema requires it for norm bounding
        return Learnt(within_norm(super().learn(work, received, kept).update, bound))

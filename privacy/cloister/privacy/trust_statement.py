"""What the accountant says of a study's trust model: whose noise epsilon rests on, against whom it holds, how much.

One statement, for everybody who has to name it: the plan before a study, the site that approves it, the report, and the
model's card.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Self

from cloister.privacy.plan import PrivatePlan
from cloister.study.schema import Study, TrustModel
from cloister.study.trust import EVERYBODY, holds_against, noise_shares


@dataclass(frozen=True)
class TrustStatement:
    """The trust model of a plan.

    Args:
        plan: of all rounds; with distributed trust its noise is that of the sum.
        shares: how many sites' shares of noise have to suffice together; None: each site's own noise suffices.
        against: against whom epsilon holds, in plain words.
    """

    plan: PrivatePlan
    shares: int | None = None
    against: str = EVERYBODY

    @classmethod
    def of_study(cls, study: Study) -> Self:
        """That of a private study.

        Raises:
            StudyError: the study is not private, or its target epsilon cannot be met.
        """
        return cls(PrivatePlan.of_study(study), noise_shares(study), holds_against(study))

    @property
    def trust(self) -> TrustModel:
        """Its name."""
        return "local" if self.shares is None else "distributed"

    @property
    def own_plan(self) -> PrivatePlan:
        """What one site's noise comes to by itself: all of it, or its share."""
        return replace(self.plan, noise_multiplier=self.plan.noise_multiplier / math.sqrt(self.shares or 1))

    @property
    def rests_on(self) -> str:
        """Whose noise it is, in plain words."""
        noise = f"noise multiplier {self.plan.noise_multiplier:.3f}"
        if self.shares is None:
            return f"each site's own noise ({noise})"
        each = self.own_plan.noise_multiplier
        return f"the masks and the noise of {_sites(self.shares)} together ({noise}; {each:.3f} each)"

    @property
    def accounted(self) -> str:
        """The accountant's figures, in plain words."""
        plan = self.plan
        steps = f"all {plan.steps} steps at sampling rate {plan.sample_rate:g}"
        found = f"epsilon {plan.epsilon():.3f} at delta {plan.delta:g} for {steps} (PLD accountant)"
        if self.shares is None:
            return found
        return f"{found}; one site's share of the noise by itself: epsilon {self.own_plan.epsilon():.3f}"

    @property
    def sentences(self) -> str:
        """All of it: whose noise, against whom, how much."""
        return f"Epsilon rests on {self.rests_on}. It holds against {self.against}. Accounted: {self.accounted}."


def _sites(count: int) -> str:
    return "1 site" if count == 1 else f"{count} sites"

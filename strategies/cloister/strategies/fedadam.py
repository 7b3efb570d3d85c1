"""FedAdam: v forgets exponentially."""

from __future__ import annotations

from cloister.strategies.adaptive import AdaptiveStrategy, Floats


class FedAdam(AdaptiveStrategy):
    """v <- b2 v + (1 - b2) d^2; the rest in `adaptive`."""

    def second_moment(self, v: Floats, squared: Floats) -> Floats:
        """See the class."""
        beta = self.study.strategy.beta_2
        return beta * v + (1 - beta) * squared

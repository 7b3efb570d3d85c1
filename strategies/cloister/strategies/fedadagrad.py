"""FedAdagrad: v sums up, so steps shrink over the rounds."""

from __future__ import annotations

from cloister.strategies.adaptive import AdaptiveStrategy, Floats


class FedAdagrad(AdaptiveStrategy):
    """v <- v + d^2; the rest in `adaptive`."""

    def second_moment(self, v: Floats, squared: Floats) -> Floats:
        """See the class."""
        return v + squared

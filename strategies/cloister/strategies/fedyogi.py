"""FedYogi: v moves by a bounded amount, so that one large update does not silence the coordinates for long."""

from __future__ import annotations

import numpy as np

from cloister.strategies.adaptive import AdaptiveStrategy, Floats


class FedYogi(AdaptiveStrategy):
    """v <- v - (1 - b2) d^2 sign(v - d^2); the rest in `adaptive`."""

    def second_moment(self, v: Floats, squared: Floats) -> Floats:
        """See the class."""
        moved: Floats = v - (1 - self.study.strategy.beta_2) * squared * np.sign(v - squared)
        return moved

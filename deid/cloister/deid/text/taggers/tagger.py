"""What a statistical tagger looks like."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cloister.deid.text.taggers.tokens import Tokens


class Tagger(Protocol):
    """Gives every token the probability of every label."""

    labels: tuple[str, ...]
    """"O", for what identifies nobody, first."""

    def marginals(self, tokens: Tokens) -> NDArray[np.float32]:
        """(tokens, labels); rows add up to one."""

    def trim(self) -> None:
        """Bounds what is kept between passages."""

"""What two unsure taggers say together.

Where every tagger suspects an identifier, the chance that all of them err is smaller than that one does. As if they
erred independently (noisy-or; Pearl, Probabilistic Reasoning in Intelligent Systems, 1988, section 4.3.2), the
probabilities p_i of a token become 1 - prod_i (1 - p_i). Taggers of the same training do not err independently: the
result is a little too sure, on the side of recall.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

HEARD = 0.1
"""A tagger that thinks a token less likely than this to belong to an identifier does not join in."""

MOST = 0.65
"""Agreement lifts what both doubt; to be surer takes a tagger that is."""


def in_agreement(scores: Sequence[Floats]) -> Floats:
    """The joint probability of every token: (tokens,); zero where a tagger does not join in.

    Args:
        scores: of each tagger, (tokens,), calibrated probabilities that a token belongs to an identifier.
    """
    each = np.stack(scores)
    joint = 1 - (1 - each).prod(axis=0)
    result: Floats = np.where(each.min(axis=0) >= HEARD, np.minimum(joint, MOST), 0).astype(np.float32)
    return result

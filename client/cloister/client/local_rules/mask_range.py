"""What of an update arrives through masks, for rules at whose two ends the same update has to be used.

Masked values lie within the study's bound; whatever is beyond it is clipped when it is encoded
(`cloister.client.secure_aggregation`). The coordinator moves its variates by the clipped updates, so a site that moved
its own by the others would part from it, a little more in every round that clips.
"""

from __future__ import annotations

import numpy as np

from cloister.study.arrays import Arrays
from cloister.study.schema import Study


def within_mask_range(update: Arrays, study: Study, site: str) -> Arrays:
    """The update as masks leave it: its weighted values within the bound. Without masks, the update.

    Values that are not finite stay, so that the update is refused: what diverged is not to leave as the bound.
    """
    if not study.federation.is_secure:
        return update
    weights = study.strategy.weights
    bound = study.federation.update_bound * (1.0 if weights is None else max(weights.values()) / weights[site])
    return {
        name: np.where(np.isfinite(value), np.clip(value, -bound, bound), value).astype(np.float32)
        for name, value in update.items()
    }

"""The weighted mean of the sites' updates, in an order that does not depend on who answered first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cloister.study.arrays import Arrays
from cloister.study.errors import TooFewSitesError


def weighted_mean(updates: Mapping[str, Arrays], weights: Mapping[str, float] | None = None) -> Arrays:
    """Mean over sites of equally shaped updates.

    Summed in float64 in the order of the sites' names, so the same updates give the same bits whatever their order
    of arrival and whichever engine carried them.

    Args:
        updates: site -> its update, each with the same names and shapes.
        weights: site -> public positive weight; equal weights if None. Normalised over the sites that answered.

    Raises:
        TooFewSitesError: there is no update.
    """
    if not updates:
        raise TooFewSitesError("No site sent an update.", "See the coordinator's log for each site's code.")
    sites = sorted(updates)
    weight_of = {site: 1.0 if weights is None else weights[site] for site in sites}
    total = sum(weight_of.values())
    mean: Arrays = {}
    for name in sorted(updates[sites[0]]):
        summed = np.zeros(updates[sites[0]][name].shape, dtype=np.float64)
        for site in sites:
            summed += weight_of[site] / total * updates[site][name].astype(np.float64)
        mean[name] = summed.astype(np.float32)
    return mean

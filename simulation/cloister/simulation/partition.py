"""Splitting records that come without sites over made-up ones whose label shares differ.

Hsu, Qi and Brown 2019, "Measuring the Effects of Non-Identical Data Distribution for Federated Visual
Classification": a site's label shares are drawn from Dirichlet(alpha * p), where p are the label shares of all
records; its records are then drawn one by one, a label first and then a record of it, without replacement. When a
label's records are used up, the shares of the others are scaled up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cloister.study.errors import DataError


def dirichlet_partition(labels: Sequence[str], sites: Sequence[str], alpha: float, seed: int) -> dict[str, list[int]]:
    """Give every record to exactly one site.

    All sites get equally many records, or one more where the number does not divide: none is starved.

    Args:
        labels: each record's label.
        sites: the sites' names; their order does not matter.
        alpha: concentration, above 0. Small: a site has few labels. Large: all sites have the shares of the whole.
        seed: the same seed gives the same partition.

    Returns:
        Site -> positions in `labels`, rising.

    Raises:
        DataError: there are fewer records than sites.
    """
    if len(labels) < len(sites):
        raise DataError(
            f"{len(labels)} records cannot be split over {len(sites)} sites.", "Name fewer sites, or use more data."
        )
    generator = np.random.default_rng(seed)
    names, label_of = np.unique(np.array(labels, dtype=str), return_inverse=True)
    unused = [list(generator.permutation(np.flatnonzero(label_of == label))) for label in range(len(names))]
    overall = np.bincount(label_of, minlength=len(names)) / len(labels)
    roster = sorted(sites)
    shares = _draw_shares(generator, overall, len(roster), alpha)
    places = generator.permutation([number % len(roster) for number in range(len(labels))])
    chosen: dict[str, list[int]] = {site: [] for site in roster}
    for place in places:
        label = _draw_label(generator, shares[place], np.array([len(left) for left in unused], dtype=np.float64))
        chosen[roster[place]].append(int(unused[label].pop()))
    return {site: sorted(positions) for site, positions in chosen.items()}


def _draw_shares(
    generator: np.random.Generator, overall: NDArray[np.float64], sites: int, alpha: float
) -> NDArray[np.float64]:
    # NumPy's own Dirichlet sampler can return NaN where every concentration is tiny; gammas in log space cannot.
    concentration = np.broadcast_to(alpha * overall, (sites, len(overall)))
    boosted = np.log(generator.gamma(concentration + 1))
    logs = boosted + np.log(generator.uniform(np.finfo(np.float64).tiny, 1.0, boosted.shape)) / concentration
    shares: NDArray[np.float64] = np.exp(logs - logs.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def _draw_label(generator: np.random.Generator, shares: NDArray[np.float64], left: NDArray[np.float64]) -> int:
    weights = np.where(left > 0, shares, 0.0)
    if weights.sum() <= 0:  # all labels that this site prefers are used up
        weights = left
    return int(generator.choice(len(weights), p=weights / weights.sum()))

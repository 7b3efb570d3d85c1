"""Averaging low-rank adapters by their products (as in FlexLoRA, Bai et al. 2024, and FLoRA, Wang et al. 2024).

An adapter adds B A to a weight. The mean of the factors is not the factor of the mean: mean(B) mean(A) differs from
mean(B A) by what the sites disagree on. Here the mean product is taken exactly, in factors of rank (sites x rank), and
brought back to the adapter's rank by the best approximation there is (Eckart and Young): QR of both stacked factors,
then the SVD of the small matrix between them. It never forms the dense product. It needs each site's factors, so it
excludes secure aggregation; an adapter with `freeze_a` (FFA-LoRA) averages exactly under it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cloister.strategies.averaging import weighted_mean
from cloister.strategies.fedavg import FedAvg
from cloister.study.arrays import Arrays

Floats = NDArray[np.float64]
_A, _B = ".lora_A.", ".lora_B."


class LoraSvd(FedAvg):
    """FedAvg with products of adapters in place of factors; all other parameters are averaged as they are."""

    works_under_secure_aggregation: ClassVar[bool] = False

    def combine(self, updates: Mapping[str, Arrays]) -> Arrays:
        """The mean of the updates; an adapter's is the step to the factors of the mean product."""
        mean = weighted_mean(updates, self.study.strategy.weights)
        model, sites = self.state.model, sorted(updates)
        weights = [self.weight_of(site) for site in sites]
        for name_a in sorted(model):
            name_b = name_a.replace(_A, _B)
            if _A not in name_a or name_b not in model:
                continue
            after = [
                (
                    (model[name_b] + updates[site][name_b]).astype(np.float64),
                    (model[name_a] + updates[site][name_a]).astype(np.float64),
                )
                for site in sites
            ]
            factor_b, factor_a = mean_product(after, weights)
            mean[name_b] = (factor_b - model[name_b]).astype(np.float32)
            mean[name_a] = (factor_a - model[name_a]).astype(np.float32)
        return mean


def mean_product(factors: Sequence[tuple[Floats, Floats]], weights: Sequence[float]) -> tuple[Floats, Floats]:
    """Factors of the same rank whose product is nearest to the weighted mean of products.

    Args:
        factors: (B, A) of each site, shapes (outputs, rank) and (rank, inputs).
        weights: positive, one for each site; normalised here.

    Returns:
        (B, A) with singular values shared equally between them.
    """
    rank, total = factors[0][1].shape[0], sum(weights)
    left = np.concatenate([b * (weight / total) for (b, _), weight in zip(factors, weights, strict=True)], axis=1)
    right = np.concatenate([a for _, a in factors], axis=0)
    q_left, r_left = np.linalg.qr(left.astype(np.float64))
    q_right, r_right = np.linalg.qr(right.T.astype(np.float64))
    u, singular, v = np.linalg.svd(r_left @ r_right.T)
    kept = min(rank, len(singular))
    root = np.sqrt(singular[:kept])
    factor_b = np.zeros((left.shape[0], rank))
    factor_a = np.zeros((rank, right.shape[1]))
    factor_b[:, :kept] = q_left @ (u[:, :kept] * root)
    factor_a[:kept] = (root[:, None] * v[:kept]) @ q_right.T
    return factor_b, factor_a

"""Renyi divergences of the Poisson-subsampled Gaussian mechanism, and the epsilon that they imply.

With sample rate q, noise multiplier s and order a, one step under the add/remove relation costs (Mironov, Talwar and
Zhang 2019, arXiv 1908.10530, section 3.3)

    log(A) / (a - 1),    A = E [ (1 - q + q exp((2 z - 1) / (2 s^2)))^a ],    z ~ N(0, s^2),

and steps add up. A is integrated by the trapezoid rule, whose error falls exponentially for integrands as smooth and
as fast in their decay as this one; no series is truncated and no order is left out.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

ORDERS: NDArray[np.float64] = np.array([*(1 + tenth / 10 for tenth in range(1, 100)), *range(12, 64)])
"""Opacus's default orders."""

_REACH = 12.0
"""Standard deviations beyond the outermost bump of the integrand; the rest is below 1e-31."""
_MOST_POINTS = 20_000


@lru_cache(maxsize=4096)
def renyi_divergences(sample_rate: float, noise_multiplier: float) -> NDArray[np.float64]:
    """One step's divergence at every one of `ORDERS`, shape (orders,)."""
    if sample_rate == 1.0:
        return ORDERS / (2 * noise_multiplier**2)
    # Bumps lie at 0 .. largest order. The step resolves the bell (s) and the nearest complex pole (pi s^2).
    low, high = -_REACH * noise_multiplier, ORDERS[-1] + _REACH * noise_multiplier
    step = min(noise_multiplier / 8, noise_multiplier**2 / 2)
    points = min(_MOST_POINTS, math.ceil((high - low) / step))
    z, step = np.linspace(low, high, points, retstep=True)
    log_bell = -(z**2) / (2 * noise_multiplier**2) - math.log(noise_multiplier * math.sqrt(2 * math.pi))
    log_ratio = np.logaddexp(math.log1p(-sample_rate), math.log(sample_rate) + (2 * z - 1) / (2 * noise_multiplier**2))
    exponents = log_bell + ORDERS[:, None] * log_ratio
    largest = exponents.max(axis=1)
    log_a = largest + np.log(np.exp(exponents - largest[:, None]).sum(axis=1) * step)
    divergences: NDArray[np.float64] = np.maximum(log_a, 0.0) / (ORDERS - 1)
    return divergences


def epsilon_from_divergences(divergences: NDArray[np.float64] | float, delta: float) -> float:
    """The smallest epsilon that the orders imply (Balle et al. 2020, arXiv 1905.09982, theorem 21)."""
    candidates = divergences + np.log1p(-1 / ORDERS) - (math.log(delta) + np.log(ORDERS)) / (ORDERS - 1)
    return max(0.0, float(candidates.min()))

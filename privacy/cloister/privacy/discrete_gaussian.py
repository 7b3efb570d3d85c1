"""Discrete Gaussian noise for integer-valued sums, drawn exactly (Canonne, Kamath and Steinke 2020, arXiv 2004.00010).

A discrete Gaussian with parameter s takes the integer k with probability proportional to exp(-k^2 / (2 s^2)). Added to
an integer sum of which one patient changes the L2 norm by at most C, with s = noise_multiplier * C, it costs no more
than the continuous Gaussian in Renyi divergence (theorem 4 there). Everything here is integers and fractions: no
rounding, hence none of the floating-point attacks that `noise.py` speaks of.

For sums on an integer grid: counts, histograms, updates quantised for secure aggregation. Exactness has its price:
about 10 microseconds and 30 random bits a number.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cloister.privacy.randomness import RandomStream
from cloister.study.errors import InputError

FINEST = 2**20
"""Parameters are multiples of one over this."""


class DiscreteGaussianNoise:
    """Independent discrete Gaussian noise for one integer sum after another.

    Args:
        random: where the noise comes from; the operating system if absent. Never seed it outside simulation.
    """

    def __init__(self, random: RandomStream | None = None) -> None:
        self._random = RandomStream.from_system() if random is None else random

    def add_to(self, sums: NDArray[np.int64], parameter: float) -> NDArray[np.int64]:
        """A noisy copy of integer sums.

        Args:
            sums: int64, any shape.
            parameter: s, noise multiplier times sensitivity; at least 2^-20, and rounded up to a multiple of it.

        Raises:
            InputError: the parameter is not positive and finite, or the sums are not integers.
        """
        if not 0 < parameter < math.inf:
            raise InputError(f"parameter of the noise = {parameter}: must be positive and finite.", "Take the plan's.")
        if sums.dtype != np.int64:
            raise InputError(f"sums of {sums.dtype}: discrete noise is for int64.", "Quantise them, or use noise.py.")
        scaled = math.ceil(parameter * FINEST)
        noise = [self._draw(scaled) for _ in range(sums.size)]
        return sums + np.asarray(noise, dtype=np.int64).reshape(sums.shape)

    def _draw(self, scaled: int) -> int:
        """Algorithm 3 for s = scaled / 2^20: propose from a discrete Laplace of scale t, accept by the ratio.

        That ratio is exp(-(|k| - s^2 / t)^2 / (2 s^2)); here with its fractions cleared.
        """
        t, square, unit = scaled // FINEST + 1, scaled**2, FINEST**2
        while True:
            proposed = self._laplace(t)
            if self._bernoulli_exp((abs(proposed) * t * unit - square) ** 2, 2 * t * t * unit * square):
                return proposed

    def _laplace(self, t: int) -> int:
        """Algorithm 2 with an integer scale: P(k) proportional to exp(-|k| / t)."""
        while True:
            remainder = self._random.below(t)
            if not self._bernoulli_exp(remainder, t):
                continue
            whole = 0
            while self._bernoulli_exp(1, 1):
                whole += 1
            size, negative = remainder + t * whole, bool(self._random.below(2))
            if size or not negative:
                return -size if negative else size

    def _bernoulli_exp(self, numerator: int, denominator: int) -> bool:
        """Algorithm 1: true with probability exp(-numerator / denominator)."""
        while numerator > denominator:
            if not self._bernoulli_exp(1, 1):
                return False
            numerator -= denominator
        tries = 1
        while self._random.below(denominator * tries) < numerator:
            tries += 1
        return tries % 2 == 1

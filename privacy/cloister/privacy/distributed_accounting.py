"""What a step costs whose noise is the sum of shares that several sites add: the distributed trust model.

Each of m honest sites adds to every coordinate of an integer vector an independent discrete Gaussian share with
parameter s, N_Z(0, s^2). One patient more changes the sum of the vectors by an integer vector of L2 norm at most D.
Such a step costs what a Gaussian mechanism with noise multiplier

    z = sqrt(m s^2 - r^2) / D,    r = 2,

costs, but for a factor between exp(-c) and exp(c) on every probability, c = d (a + b) with d coordinates:

1. The sum of m shares is nearly one discrete Gaussian with parameter sqrt(m) s: no integer's probability differs by a
   factor beyond exp(a), a = 5 sum over k = 1 .. m - 1 of exp(-2 pi^2 s^2 k / (k + 1)), if s >= 1/2 (Kairouz, Liu and
   Steinke 2021, "The Distributed Discrete Gaussian Mechanism", arXiv 2102.06387, on convolving discrete Gaussians).
2. N_Z(0, t^2) is nearly a post-processing of the Gaussian N(0, t^2 - r^2): round its output y to the integer x with
   probability proportional to exp(-(x - y)^2 / (2 r^2)). That commutes with adding integers. The normalising sums
   differ from their mean by a factor of at most 1 +- e, e = 2 sum over j of exp(-2 pi^2 r^2 j^2) (Poisson summation;
   Peikert 2010, "An Efficient and Parallel Gaussian Sampler for Lattices", theorem 3.1), so no probability differs by a
   factor beyond exp(b) = (1 + e) / (1 - e).

Both factors survive Poisson sampling of patients, composition, more shares than m, and reduction modulo 2^32. If T
ideal steps are (epsilon, delta)-private, T real ones are (epsilon + 2 T c, delta exp(T c))-private. On the grids that
`distributed_noise` makes, T c is below 1e-12. Whatever colluding sites add, the adversary takes off again: their shares
are not among the m.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from cloister.privacy.accounting import Mechanism, epsilon_of
from cloister.privacy.discrete_gaussian import FINEST
from cloister.study.errors import InputError

ROUNDING_VARIANCE = 4.0
"""r^2 above, in squared grid units: what discreteness is charged. A grain of sand beside m s^2 on a fine grid."""
_HOPELESS = 50.0
"""Beyond this T c nothing is left of the guarantee."""


@dataclass(frozen=True)
class NoiseShares:
    """The shares of one step's noise, on the integer grid. `for_noise_multiplier` is the usual way in.

    Args:
        share: s, the parameter of each site's discrete Gaussian, in grid units; at least 1/2.
        honest: m, how many shares count: the fewest sites in a sum less those that may collude.
        parameters: d, coordinates of the sum.
        sensitivity: D, how much one patient changes the sum of the integer vectors in L2 norm, in grid units.

    Raises:
        InputError: a value is impossible, or so little noise that discreteness takes all of it.
    """

    share: float
    honest: int
    parameters: int
    sensitivity: float

    def __post_init__(self) -> None:
        if self.honest < 1 or self.parameters < 1 or not 0 < self.sensitivity < math.inf:
            raise InputError(
                f"honest = {self.honest}, parameters = {self.parameters}, sensitivity = {self.sensitivity}: "
                "all must be positive.",
                "Correct the study.",
            )
        if not 0.5 <= self.share < math.inf or self.honest * self.share**2 <= ROUNDING_VARIANCE:
            raise InputError(
                f"share = {self.share} of {self.honest} sites: too little noise on this grid.",
                "Lower federation.update_bound, which makes the grid finer, or raise the noise.",
            )

    @classmethod
    def for_noise_multiplier(cls, noise_multiplier: float, honest: int, parameters: int, sensitivity: float) -> Self:
        """The smallest share, a multiple of what the sampler can draw, that comes to a noise multiplier.

        Raises:
            InputError: a value is impossible.
        """
        if not 0 < noise_multiplier * sensitivity < math.inf:
            raise InputError(
                f"noise_multiplier = {noise_multiplier}, sensitivity = {sensitivity}: must be positive and finite.",
                "Correct the study.",
            )
        needed = ((noise_multiplier * sensitivity) ** 2 + ROUNDING_VARIANCE) / max(honest, 1)
        share = (math.floor(math.sqrt(needed) * FINEST) + 1) / FINEST
        return cls(share, honest, parameters, sensitivity)

    @property
    def noise_multiplier(self) -> float:
        """z: that of the Gaussian mechanism which costs as much."""
        return math.sqrt(self.honest * self.share**2 - ROUNDING_VARIANCE) / self.sensitivity

    @property
    def closeness(self) -> float:
        """c: the logarithm of the largest factor between a step's probabilities and the Gaussian mechanism's."""
        squared = 2 * math.pi**2 * self.share**2
        of_sum = 5 * sum(math.exp(-squared * k / (k + 1)) for k in range(1, self.honest))
        smoothing = 2.1 * math.exp(-2 * math.pi**2 * ROUNDING_VARIANCE)
        return self.parameters * (of_sum + math.log1p(smoothing) - math.log1p(-smoothing))

    def epsilon(self, sample_rate: float, steps: int, delta: float) -> float:
        """Epsilon of some steps with Poisson-sampled patients (PLD), closeness included; infinite if that is too bad.

        Args:
            sample_rate: probability that a patient joins a step, in (0, 1].
            steps: how many.
            delta: in (0, 1).

        Raises:
            InputError: a value is impossible.
        """
        apart = steps * self.closeness
        if apart > _HOPELESS:
            return math.inf
        mechanism = Mechanism(sample_rate, self.noise_multiplier, steps)
        return epsilon_of([mechanism], delta * math.exp(-apart)) + 2 * apart

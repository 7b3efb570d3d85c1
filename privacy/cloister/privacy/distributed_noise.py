"""The noise of the distributed trust model: each site's share of it, on the integers of secure aggregation.

A round is one step. Each site sums its patients' clipped gradients (norm C), multiplies by its public weight w <= 1,
clips every coordinate to +-bound, rounds onto the grid at random and adds an independent discrete Gaussian share to
every coordinate; the masked integers are summed modulo 2^32. So one patient changes the sum, before noise, by at most

    D = (1 + 10^-4) scale C + (1 + 2^-20) sqrt(parameters)

grid units in L2 norm: weighting and coordinate-wise clipping bring vectors no further apart, and rounding by less than
one unit in each coordinate (`fixed_point`; 2^-20 is what float64 may add before). 10^-4 is the tolerance with which the
pre-flight measures that one patient changes the float32 sum by at most C. D, and not C, is the sensitivity that the
shares are made for. The plan's noise multiplier is that of the shares of the fewest honest sites together: the
study's minimum of sites in a sum less the sites that may collude (`distributed_accounting`).

The grid is the finest on which sums of all sites keep to the modulus: sites x levels for the values, and for the noise
a tail that all coordinates of a sum together leave with a probability of at most 2^-40 (a discrete Gaussian is
sub-Gaussian with variance s^2: Canonne, Kamath and Steinke 2020). A sum that leaves it is wrong, and no less private:
reduction modulo 2^32 comes after the noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cloister.privacy.discrete_gaussian import FINEST, DiscreteGaussianNoise
from cloister.privacy.distributed_accounting import ROUNDING_VARIANCE, NoiseShares
from cloister.privacy.plan import PrivatePlan
from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation.fixed_point import LARGEST, FixedPoint, Words
from cloister.study.errors import InputError, StudyError
from cloister.study.schema import Study
from cloister.study.trust import noise_shares

_ROUNDING = 1 + 2.0**-20
"""Grid units by which rounding, and float64 before it, may move two values apart."""
_FLOAT32 = 1 + 1e-4
"""By which factor float32 sums may exceed their sensitivity: the pre-flight's tolerance."""
_OVERFLOWS = 2.0**-40
"""Probability that the noise of a sum leaves its headroom in any coordinate."""
_APART = 2.0**-40
"""Most that a study's steps may differ from ideal noise (`NoiseShares.closeness`): less than accountants resolve, so
the ledger counts the ideal mechanism."""


@dataclass(frozen=True)
class DistributedNoise:
    """How the sites' vectors of one study are encoded and get their shares of the noise.

    Args:
        plan: the study's; its noise multiplier is that of the honest shares together.
        parameters: coordinates of a vector.
        sites: how many vectors may be added up.
        honest: how many shares of noise count.
        bound: largest magnitude of a coordinate of a site's clipped sum; larger ones are clipped to it.

    Raises:
        StudyError: the noise leaves no room for values, or the grid is too coarse.
    """

    plan: PrivatePlan
    parameters: int
    sites: int
    honest: int
    bound: float

    def __post_init__(self) -> None:
        if self._levels < 1:
            raise self._refusal(f"a noise multiplier of {self.plan.noise_multiplier:g} leaves no room for values")
        try:
            too_coarse = self.plan.steps * self.shares.closeness > _APART
        except InputError:
            too_coarse = True
        if too_coarse:
            raise self._refusal("the grid is too coarse for discrete noise")

    @classmethod
    def of_study(cls, study: Study, parameters: int, plan: PrivatePlan | None = None) -> Self:
        """That of a study with distributed trust.

        Args:
            study: the study.
            parameters: trainable parameters of its model.
            plan: the study's, where it was calibrated before.

        Raises:
            StudyError: its trust is not distributed, or there is no room for its noise.
        """
        federation, sites = study.federation, len(study.federation.sites)
        shares = noise_shares(study)
        if shares is None:
            raise StudyError(f"study {study.name}: no distributed noise was asked for.", "See privacy.trust.")
        bound = federation.update_bound / -update_per_sum(study)
        return cls(plan or PrivatePlan.of_study(study), parameters, sites, shares, bound)

    @cached_property
    def encoding(self) -> FixedPoint:
        """Values as integers, with room for the noise."""
        return FixedPoint(self.bound, self.sites, LARGEST - self.sites * self._levels)

    @cached_property
    def shares(self) -> NoiseShares:
        """The shares that the plan's noise multiplier needs on this grid."""
        scale = self._levels / self.bound
        sensitivity = scale * _FLOAT32 * self.plan.sensitivity + _ROUNDING * math.sqrt(self.parameters)
        return NoiseShares.for_noise_multiplier(self.plan.noise_multiplier, self.honest, self.parameters, sensitivity)

    def encode(self, clipped_sum: NDArray[np.floating], rounding: RandomStream, noise: RandomStream) -> Words:
        """A site's vector with its share of the noise, modulo 2^32: what may be masked.

        Args:
            clipped_sum: (parameters,), the weighted sum of the patients' clipped gradients.
            rounding: decides which way values are rounded; nothing of it may depend on data.
            noise: where the share comes from; the operating system's, outside simulation.

        Raises:
            UpdateRefusedError: a value is not finite.
        """
        integers = self.encoding.encode(clipped_sum, rounding).view(np.int32).astype(np.int64)
        return DiscreteGaussianNoise(noise).add_to(integers, self.shares.share).astype(np.uint32)

    @cached_property
    def _levels(self) -> int:
        """The largest integer for `bound` that leaves room for the noise, which grows with it."""
        noise, sites = self.plan.noise_multiplier, self.sites
        tail = math.sqrt(2 * sites * math.log(2 * self.parameters / _OVERFLOWS) / self.honest)
        fixed = noise * _ROUNDING * math.sqrt(self.parameters) + math.sqrt(ROUNDING_VARIANCE) + self.honest / FINEST
        growing = noise * _FLOAT32 * self.plan.sensitivity / self.bound
        return math.floor((LARGEST - 1 - tail * fixed) / (sites + tail * growing))

    def _refusal(self, reason: str) -> StudyError:
        return StudyError(
            f"privacy.trust = 'distributed' with {self.parameters} parameters: {reason}.",
            "Lower federation.update_bound, or set privacy.trust = 'local'.",
        )


def update_per_sum(study: Study) -> float:
    """What a sum of clipped gradients is multiplied by to be an update: one step of gradient descent, negative."""
    divisor = study.training.batch_divisor
    assert divisor is not None  # noqa: S101 - the schema requires it for private studies
    return -study.training.learning_rate / divisor

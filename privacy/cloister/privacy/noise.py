"""Gaussian noise on a clipped sum.

The noise is made in float64 from 53-bit uniform numbers, added in float64, and the result is rounded to the sum's own
type. **Position on floating-point attacks** (Mironov 2012; Jin et al. 2022, arXiv 2112.05307): numbers on a computer
are not real numbers, so the set of values that a noisy sum can take depends a little on the sum, and somebody who sees
noisy sums to the last bit could in theory use that. Three things stand against it: 29 of the 53 bits are rounded away
before anybody sees the sum; nobody sees it, only an update made of many of them by an optimizer; and that update is
quantised to a coarse grid before it leaves. The guarantee is therefore exact for ideal noise and not proven against
an attacker who reads a step's memory at the site, who could read the patients' records as well.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch

from cloister.privacy.randomness import RandomStream
from cloister.study.errors import InputError


class GaussianNoise:
    """Independent normal noise for every coordinate of one sum after another.

    Args:
        random: where the noise comes from; the operating system if absent. Never seed it outside simulation.
    """

    def __init__(self, random: RandomStream | None = None) -> None:
        self._random = RandomStream.from_system() if random is None else random

    def add_to(self, sums: Mapping[str, torch.Tensor], standard_deviation: float) -> dict[str, torch.Tensor]:
        """Noisy copies of the sums.

        Args:
            sums: tensors of any shape, by name.
            standard_deviation: of the noise in every coordinate; `PrivatePlan.noise_standard_deviation`.

        Returns:
            New tensors under the same names, of the same shapes, types and devices.

        Raises:
            InputError: the standard deviation is not positive: there is no such thing as private without noise.
        """
        if not 0 < standard_deviation < math.inf:
            raise InputError(
                f"standard deviation of the noise = {standard_deviation}: must be positive and finite.",
                "Take it from the private training plan.",
            )
        return {name: self._noisy(value, standard_deviation) for name, value in sums.items()}

    def _noisy(self, value: torch.Tensor, standard_deviation: float) -> torch.Tensor:
        noise = torch.from_numpy(self._random.normal(value.numel())).reshape(value.shape)
        noisy = value.detach().cpu().double() + standard_deviation * noise
        return noisy.to(device=value.device, dtype=value.dtype)

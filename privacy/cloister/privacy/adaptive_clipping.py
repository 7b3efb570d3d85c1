"""Adaptive clipping: the norm follows a quantile of the patients' gradient norms.

Andrew et al. 2021 (arXiv 1905.03871). In each step the patients whose gradient was not shortened are counted, with a
bit of +1/2 for each who was not and -1/2 for each who was, so that one patient more changes the count by 1/2. With
noise of standard deviation s on the count, and g times the norm on the clipped sum, the pair is one Gaussian mechanism
whose noise multiplier z satisfies

    z^-2 = g^-2 + (2 s)^-2        (their theorem 1)

A study states z, which epsilon is computed from, and s; g follows. From the noisy count, and thus after the fact, the
norm of the next step is

    norm * exp(-learning_rate * (share - target_quantile)),    share = 1/2 + noisy count / patients expected

and stays private whatever is done with it.
"""

from __future__ import annotations

import math

from cloister.study.errors import InputError
from cloister.study.schema import AdaptiveClipping

_SMALLEST = 1e-6
"""Of the largest norm: below, gradients and noise would be lost in float32."""


def gradient_noise_multiplier(noise_multiplier: float, clipped_count_stddev: float) -> float:
    """The noise g on the clipped sum, in units of its norm, that makes sum and count together cost z.

    Args:
        noise_multiplier: z, of sum and count together.
        clipped_count_stddev: s, of the noise on the count, in patients.

    Returns:
        At least z.

    Raises:
        InputError: the count alone costs as much as both are to cost.
    """
    left = noise_multiplier**-2 - (2 * clipped_count_stddev) ** -2
    if left <= 0:
        raise InputError(
            f"clipped_count_stddev = {clipped_count_stddev:g} with a noise multiplier of {noise_multiplier:g}: the "
            "count of clipped patients would use up all of the privacy.",
            f"Set privacy.adaptive_clipping.clipped_count_stddev well above {noise_multiplier / 2:g}: at "
            f"{2 * noise_multiplier:g} the gradients get 3 % more noise.",
        )
    return 1 / math.sqrt(left)


def centred_count(unclipped: int, patients: int) -> float:
    """The sum of the bits: one patient more changes it by exactly 1/2, whether or not clipped."""
    return unclipped - patients / 2


def next_norm(
    norm: float, noisy_count: float, expected_patients: float, largest: float, adaptive: AdaptiveClipping
) -> float:
    """The clipping norm of the next step.

    Args:
        norm: of the present one.
        noisy_count: `centred_count` with its noise.
        expected_patients: a public number of patients in a step.
        largest: the norm never rises above.
        adaptive: target and learning rate.
    """
    share = 0.5 + noisy_count / expected_patients
    # Noise may be any number; only the exponential of it may not.
    growth = math.exp(max(-50.0, min(50.0, -adaptive.learning_rate * (share - adaptive.target_quantile))))
    return min(max(norm * growth, _SMALLEST * largest), largest)

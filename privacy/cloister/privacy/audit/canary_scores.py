"""How much each canary looks as if it had taken part: the higher the score, the more.

An observation is one step's noisy sum along a canary's gradient, in units of the clipping norm: 0 on average if the
canary did not join the step, 1 if it did, plus noise of `noise_multiplier`. Who follows every step (white box) has all
of them; who has the final model only (black box) has the canary's loss, which plain gradient descent makes their sum.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cloister.privacy.audit.canaries import PARAMETER, CanaryModel
from cloister.privacy.plan import PrivatePlan
from cloister.study.errors import InputError

Scores = NDArray[np.float64]


class CanaryObserver:
    """A source of gradients that notes, on the way, what it released along the canaries.

    Args:
        gradient: gives the noisy gradient of every trainable parameter of a `CanaryModel`; asked once a step.
        scale: what turns it into units of the clipping norm: the public batch divisor over the norm. A norm that adapts
            has no such scale, and one that is divided among layers leaves canaries their layer's share.
    """

    def __init__(self, gradient: Callable[[nn.Module], dict[str, torch.Tensor]], scale: float) -> None:
        self._gradient, self._scale = gradient, scale
        self._steps: list[torch.Tensor] = []

    def __call__(self, model: nn.Module) -> dict[str, torch.Tensor]:
        """The gradient as it came."""
        found = self._gradient(model)
        self._steps.append(found[PARAMETER][:, 0].detach().cpu() * self._scale)
        return found

    @property
    def observations(self) -> NDArray[np.float64]:
        """(steps, canaries) so far."""
        return torch.stack(self._steps).double().numpy()


def white_box_scores(observations: NDArray[np.float64], plan: PrivatePlan) -> dict[str, Scores]:
    """Scores by name, each the best test (Neyman and Pearson) of some way of sampling against not taking part.

    Args:
        observations: (steps, canaries).
        plan: what training claims to do.

    Returns:
        `poisson`: the likelihood ratio if each step is joined by a coin, as claimed. `fixed-order`: if steps are joined
        in turn, one in every 1 / sample_rate, which one unknown; only where the run has two such turns at least.

    Raises:
        InputError: other steps were observed than the plan has.
    """
    if len(observations) != plan.steps:
        raise InputError(
            f"{len(observations)} steps were observed, and the plan has {plan.steps}.",
            "Compare with the plan of the steps that ran.",
        )
    shift = (observations - 0.5) / plan.noise_multiplier**2  # log of the ratio of normal densities around 1 and 0
    rate, period = plan.sample_rate, round(1 / plan.sample_rate)
    if rate < 1:
        joined: Scores = np.logaddexp(math.log1p(-rate), math.log(rate) + shift).sum(axis=0)
    else:
        joined = shift.sum(axis=0)
    scores = {"poisson": joined}
    if 2 * period <= len(observations):
        turns = np.stack([shift[first::period].sum(axis=0) for first in range(period)])
        scores["fixed-order"] = np.logaddexp.reduce(turns, axis=0)
    return scores


def black_box_scores(model: CanaryModel) -> dict[str, Scores]:
    """Minus the canaries' losses under the final model: training on a patient lowers that patient's loss."""
    return {"final-loss": -model.canaries.weight.detach()[:, 0].cpu().double().numpy()}

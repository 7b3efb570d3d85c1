"""Gradient inversion: a patient's record from the gradient that training on it gave.

Two attacks. A layer that sees the record itself and has a bias gives it away in closed form: its gradients are
g x^T and g, for the record x and the same g, so each row of the first over the entry of the second is x (Phong et al.
2018, section 3). With several records in the sum, a neuron that only one of them excites still gives that one exactly.

Other models are inverted by search: records are moved until their gradient points where the observed one does (Zhu,
Liu and Han 2019, arXiv 1906.08935; direction instead of distance, total variation and Adam as in Geiping et al. 2020,
arXiv 2003.14053, equation 4). The attacker is given labels and number of records.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch
from torch import nn

from cloister.privacy.patient_gradients import trainable_parameters

Losses = Callable[[nn.Module, torch.Tensor], torch.Tensor]
"""The losses (records,) of records (records, ...), whose labels it knows."""


def records_from_linear_layer(weight_gradient: torch.Tensor, bias_gradient: torch.Tensor) -> torch.Tensor:
    """What each neuron of a first layer gives away.

    Args:
        weight_gradient: (outputs, inputs).
        bias_gradient: (outputs,).

    Returns:
        (neurons, inputs): the candidates of those neurons that were excited at all. Of a single record all are equal.
    """
    excited = bias_gradient != 0
    return weight_gradient[excited] / bias_gradient[excited, None]


def invert_gradient(
    model: nn.Module,
    losses: Losses,
    observed: Mapping[str, torch.Tensor],
    shape: tuple[int, ...],
    *,
    steps: int = 400,
    restarts: int = 2,
    learning_rate: float = 0.1,
    total_variation: float = 1e-3,
    seed: int = 0,
) -> torch.Tensor:
    """Images whose gradient points where the observed one does, the best of several attempts.

    Args:
        model: as it was when the gradient was taken; twice differentiable.
        losses: see `Losses`; their mean's gradient is compared.
        observed: the gradient of every trainable parameter, of any length.
        shape: (records, channels, height, width), pixels in [0, 1].
        steps: of the optimizer in each attempt.
        restarts: attempts, each from other noise.
        learning_rate: of Adam; it falls to zero along a cosine.
        total_variation: weight of the difference between neighbouring pixels: images are smooth.
        seed: of the starting points.

    Returns:
        Tensor of that shape, on the model's device.
    """
    parameters = trainable_parameters(model)
    target = torch.cat([observed[name].detach().to(value.device).flatten() for name, value in parameters.items()])
    generator = torch.Generator().manual_seed(seed)

    def mismatch(images: torch.Tensor) -> torch.Tensor:
        gradients = torch.autograd.grad(losses(model, images).mean(), list(parameters.values()), create_graph=True)
        found = torch.cat([gradient.flatten() for gradient in gradients])
        return 1 - nn.functional.cosine_similarity(found, target, dim=0) + total_variation * _roughness(images)

    attempts = []
    for _ in range(restarts):
        images = torch.rand(shape, generator=generator).to(target.device).requires_grad_()
        optimizer = torch.optim.Adam([images], learning_rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
        for _ in range(steps):
            (images.grad,) = torch.autograd.grad(mismatch(images), [images])
            optimizer.step()
            schedule.step()
            with torch.no_grad():
                images.clamp_(0, 1)
        attempts.append((float(mismatch(images).detach()), images.detach()))
    return min(attempts, key=lambda attempt: attempt[0])[1]


def peak_signal_to_noise(truth: torch.Tensor, found: torch.Tensor) -> float:
    """In decibel, for values in [0, 1]: above 20 an image is recognised, above 30 it is hard to tell from the truth."""
    error = float(((truth - found.clamp(0, 1)) ** 2).mean())
    return math.inf if error == 0 else -10 * math.log10(error)


def _roughness(images: torch.Tensor) -> torch.Tensor:
    across, down = images.diff(dim=-1).abs(), images.diff(dim=-2).abs()
    return across.mean() + down.mean()

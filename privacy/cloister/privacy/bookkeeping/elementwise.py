"""Layers whose parameters are vectors over the last dimension and act on each element: RMS norms, layer scales.

Libraries spell them in many ways (weight * x, (1 + weight) * x, lambda * x). Instead of a formula for each, every
example is given a copy of the vector to itself: what the layer computes is the same, and the copies' gradients are the
examples'. Whether a layer that is not named here really acts element by element is for the pre-flight to find.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (the name everybody knows)

from cloister.privacy.bookkeeping.layer import Forward, Layer, same_forward


def knows(module: nn.Module) -> bool:
    """Whether all the module's parameters are vectors of one length, and it has no modules inside."""
    if any(True for _ in module.children()) or "forward" in vars(module):
        return False
    shapes = {parameter.shape for parameter in module.parameters(recurse=False)}
    return len(shapes) == 1 and len(shapes.pop()) == 1 and not isinstance(module, nn.modules.batchnorm._NormBase)


def booked_forward(layer: Layer) -> Forward:
    """What the layer computes; inputs (examples, ..., width)."""
    module = layer.module
    compute = _rms_norm if same_forward(module, nn.RMSNorm) else type(module).forward

    def forward(inputs: torch.Tensor, *others: Any, **named: Any) -> torch.Tensor:
        layer.check_examples(inputs)
        own = dict(module._parameters)
        try:
            for name, parameter in own.items():
                if parameter is not None and parameter.requires_grad:
                    shape = (len(inputs), *[1] * (inputs.dim() - 2), len(parameter))
                    module._parameters[name] = _Copies.apply(layer, name, parameter, shape)  # type: ignore[no-untyped-call]
            outputs: torch.Tensor = compute(module, inputs, *others, **named)
            return outputs
        finally:
            module._parameters.update(own)

    return forward


def _rms_norm(module: nn.RMSNorm, inputs: torch.Tensor) -> torch.Tensor:
    normalised = F.rms_norm(inputs, tuple(module.normalized_shape), None, module.eps)
    return normalised * module.weight


class _Copies(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, layer: Layer, name: str, vector: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
        ctx.book = layer.book_of(name)
        return vector.expand(shape).contiguous()

    @staticmethod
    def backward(ctx: Any, gradients: torch.Tensor) -> Any:
        ctx.book.add_examples(gradients.reshape(len(gradients), gradients.shape[-1]))
        return None, None, None, None

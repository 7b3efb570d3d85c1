"""Group normalisation: the weight's gradient is the sum over places of normalised input times output gradient."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from cloister.privacy.bookkeeping.book import precise
from cloister.privacy.bookkeeping.layer import Forward, Layer, same_forward


def knows(module: nn.Module) -> bool:
    """Whether the module is torch's group normalisation."""
    return same_forward(module, nn.GroupNorm)


def booked_forward(layer: Layer) -> Forward:
    """The same normalisation; inputs and outputs (examples, channels, ...)."""
    module = layer.module

    def forward(inputs: torch.Tensor) -> torch.Tensor:
        layer.check_examples(inputs)
        if torch.is_autocast_enabled(inputs.device.type):
            inputs = precise(inputs)  # as autocast does
        outputs: torch.Tensor = _GroupNorm.apply(layer, inputs.contiguous(), module.weight, module.bias)  # type: ignore[no-untyped-call]
        return outputs

    return forward


class _GroupNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, layer: Layer, inputs: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> Any:
        groups = layer.module.num_groups
        examples, channels = inputs.shape[:2]
        size = (examples, channels, inputs[0, 0].numel(), groups)
        outputs, mean, scale = torch.native_group_norm(inputs, weight, bias, *size, layer.module.eps)
        ctx.layer, ctx.size = layer, size
        ctx.save_for_backward(inputs, mean, scale, weight)
        return outputs

    @staticmethod
    def backward(ctx: Any, gradients: torch.Tensor) -> Any:
        inputs, mean, scale, weight = ctx.saved_tensors
        examples, channels, _, groups = ctx.size
        of_weight, of_bias = ctx.layer.book_of("weight"), ctx.layer.book_of("bias")
        places = precise(gradients).reshape(examples, channels, -1)
        if of_weight is not None:
            grouped = precise(inputs).reshape(examples, groups, -1) - precise(mean)[..., None]
            normalised = grouped.mul_(precise(scale)[..., None]).reshape(examples, channels, -1)
            of_weight.add_examples(normalised.mul_(places).sum(dim=2))
        if of_bias is not None:
            of_bias.add_examples(places.sum(dim=2))
        of_inputs = None
        if ctx.needs_input_grad[1]:
            of_inputs, _, _ = torch.ops.aten.native_group_norm_backward(
                gradients.contiguous(), inputs, mean, scale, weight, *ctx.size, [True, False, False]
            )
        return None, of_inputs, None, None

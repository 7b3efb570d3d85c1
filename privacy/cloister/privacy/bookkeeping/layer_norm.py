"""Layer normalisation: the weight's gradient is the sum over tokens of normalised input times output gradient."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from cloister.privacy.bookkeeping.book import precise
from cloister.privacy.bookkeeping.layer import Forward, Layer, same_forward


def knows(module: nn.Module) -> bool:
    """Whether the module is torch's layer normalisation."""
    return same_forward(module, nn.LayerNorm)


def booked_forward(layer: Layer) -> Forward:
    """The same normalisation; inputs and outputs (examples, ..., *normalized_shape)."""
    module = layer.module

    def forward(inputs: torch.Tensor) -> torch.Tensor:
        layer.check_examples(inputs)
        if torch.is_autocast_enabled(inputs.device.type):
            inputs = precise(inputs)  # as autocast does
        outputs: torch.Tensor = _LayerNorm.apply(layer, inputs, module.weight, module.bias)  # type: ignore[no-untyped-call]
        return outputs

    return forward


class _LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, layer: Layer, inputs: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> Any:
        shape = list(layer.module.normalized_shape)
        outputs, mean, scale = torch.native_layer_norm(inputs, shape, weight, bias, layer.module.eps)
        ctx.layer, ctx.shape = layer, shape
        ctx.save_for_backward(inputs, mean, scale, weight, bias)
        return outputs

    @staticmethod
    def backward(ctx: Any, gradients: torch.Tensor) -> Any:
        inputs, mean, scale, weight, bias = ctx.saved_tensors
        of_weight, of_bias = ctx.layer.book_of("weight"), ctx.layer.book_of("bias")
        examples, width = len(inputs), weight.numel()
        tokens = precise(gradients).reshape(examples, -1, width)
        if of_weight is not None:
            centred = precise(inputs).reshape(examples, -1, width) - precise(mean).reshape(examples, -1, 1)
            scales = precise(scale).reshape(examples, 1, -1)
            of_weight.add_examples(torch.bmm(scales, centred.mul_(tokens)).reshape(examples, *ctx.shape))
        if of_bias is not None:
            of_bias.add_examples(tokens.sum(dim=1).reshape(examples, *ctx.shape))
        of_inputs = None
        if ctx.needs_input_grad[1]:
            of_inputs, _, _ = torch.ops.aten.native_layer_norm_backward(
                gradients, inputs, ctx.shape, mean, scale, weight, bias, [True, False, False]
            )
        return None, of_inputs, None, None

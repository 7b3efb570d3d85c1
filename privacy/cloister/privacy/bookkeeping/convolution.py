"""Convolutions in one, two and three dimensions: linear layers on unfolded windows of their inputs.

The windows are k times the inputs, so they are made for some patients at a time, to take norms, and never kept; the
clipped sum comes from the convolution's own backward pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (the name everybody knows)

from cloister.privacy.bookkeeping.book import precise
from cloister.privacy.bookkeeping.layer import Forward, Layer, autocast_type, same_forward

_KINDS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)


def knows(module: nn.Module) -> bool:
    """Whether the module is a convolution with zeros around its inputs."""
    if not any(same_forward(module, kind) for kind in _KINDS):
        return False
    return module.padding_mode == "zeros" and not isinstance(module.padding, str)


def booked_forward(layer: Layer) -> Forward:
    """The same convolution; inputs (examples, channels, places ...), with the first dimension."""
    module = layer.module

    def forward(inputs: torch.Tensor) -> torch.Tensor:
        layer.check_examples(inputs if inputs.dim() == module.weight.dim() else inputs[None, :0])
        inputs = inputs.to(autocast_type(inputs))
        outputs: torch.Tensor = _Convolution.apply(layer, inputs, module.weight, module.bias)  # type: ignore[no-untyped-call]
        return outputs

    return forward


class _Convolution(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, layer: Layer, inputs: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> Any:
        ctx.layer = layer
        ctx.save_for_backward(inputs, weight)
        return layer.module._conv_forward(inputs, weight, bias)

    @staticmethod
    def backward(ctx: Any, gradients: torch.Tensor) -> Any:
        inputs, weight = ctx.saved_tensors
        of_weight, of_bias = ctx.layer.book_of("weight"), ctx.layer.book_of("bias")
        if of_weight is not None:
            products = _WindowProducts(ctx.layer.module, inputs, gradients)
            if ctx.layer.module.groups == 1:
                of_weight.add_products(products)
            else:
                of_weight.add_examples(products.of_each_group())
        if of_bias is not None:
            of_bias.add_examples(precise(gradients).flatten(2).sum(dim=2))
        of_inputs = None
        if ctx.needs_input_grad[1]:
            of_inputs = _convolution_backward(ctx.layer.module, gradients, inputs, weight, (True, False))[0]
        return None, of_inputs, None, None


@dataclass(frozen=True, eq=False)
class _WindowProducts:
    """The weight's gradient as outer products of output gradients and windows of the inputs.

    Attributes:
        module: the convolution.
        inputs: (examples, channels, places ...).
        gradients: (examples, out channels, out places ...).
    """

    module: Any
    inputs: torch.Tensor
    gradients: torch.Tensor

    @property
    def shape(self) -> tuple[int, int, int]:
        """See `OuterProducts`."""
        return self.gradients[0, 0].numel(), self.gradients.shape[1], self.module.weight[0].numel()

    def sides(self, examples: slice) -> tuple[torch.Tensor, torch.Tensor]:
        """See `OuterProducts`."""
        return precise(self.gradients[examples]).flatten(2).mT, self._windows(examples).flatten(2)

    def weighted_sum(self, weights: torch.Tensor, absent: torch.Tensor | None) -> torch.Tensor:
        """See `OuterProducts`."""
        gradients, inputs = precise(self.gradients), precise(self.inputs)
        if absent is not None:
            of_examples = absent.reshape(-1, *[1] * (inputs.dim() - 1))
            gradients, inputs = gradients.masked_fill(of_examples, 0.0), inputs.masked_fill(of_examples, 0.0)
        weighted = gradients * weights.to(gradients.dtype).reshape(-1, *[1] * (gradients.dim() - 1))
        weight = precise(self.module.weight.detach())
        return _convolution_backward(self.module, weighted, inputs, weight, (False, True))[1]

    def of_each_group(self) -> torch.Tensor:
        """(examples, *weight.shape): each example's gradient, where the channels fall into groups."""
        groups, weight = self.module.groups, self.module.weight
        found = []
        for example in range(len(self.inputs)):
            left, right = self.sides(slice(example, example + 1))
            of_groups = left.reshape(left.shape[1], groups, -1), right.reshape(right.shape[1], groups, -1)
            found.append(torch.einsum("tgp,tgd->gpd", *of_groups).reshape(weight.shape))
        return torch.stack(found)

    def _windows(self, examples: slice) -> torch.Tensor:
        """(examples, out places, channels, places of the kernel), float32."""
        module = self.module
        around = [amount for padding in reversed(module.padding) for amount in (padding, padding)]
        windows = F.pad(precise(self.inputs[examples]), around)
        for axis, (size, step, gap) in enumerate(
            zip(module.kernel_size, module.stride, module.dilation, strict=True), start=2
        ):
            windows = windows.unfold(axis, gap * (size - 1) + 1, step)[..., ::gap]
        dimensions = len(module.kernel_size)
        return windows.flatten(2 + dimensions).flatten(2, 1 + dimensions).transpose(1, 2)


def _convolution_backward(
    module: Any, gradients: torch.Tensor, inputs: torch.Tensor, weight: torch.Tensor, wanted: tuple[bool, bool]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Gradients of inputs and weight."""
    weight = weight.to(inputs.dtype)
    none = [0] * len(module.kernel_size)
    where = (module.stride, module.padding, module.dilation, False, none, module.groups)
    of_inputs, of_weight, _ = torch.ops.aten.convolution_backward(
        gradients, inputs, weight, None, *where, (*wanted, False)
    )
    return of_inputs, of_weight

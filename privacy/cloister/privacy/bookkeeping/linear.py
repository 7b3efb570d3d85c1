"""Linear layers, and the Conv1D with which GPT-2 spells them (its weight is the transpose)."""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (the name everybody knows)

from cloister.privacy.bookkeeping.book import TokenProducts
from cloister.privacy.bookkeeping.layer import Forward, Layer, autocast_type, by_token, same_forward


def knows(module: nn.Module) -> bool:
    """Whether the module multiplies by a matrix and adds a bias, and nothing else."""
    return same_forward(module, nn.Linear) or _is_transposed(module)


def booked_forward(layer: Layer) -> Forward:
    """The same product; inputs (examples, ..., d), outputs (examples, ..., p)."""
    module, transposed = layer.module, _is_transposed(layer.module)

    def forward(inputs: torch.Tensor) -> torch.Tensor:
        layer.check_examples(inputs)
        inputs = inputs.to(autocast_type(inputs))
        outputs: torch.Tensor = _Linear.apply(layer, transposed, inputs, module.weight, module.bias)  # type: ignore[no-untyped-call]
        return outputs

    return forward


def _is_transposed(module: nn.Module) -> bool:
    library = sys.modules.get("transformers.pytorch_utils")
    return library is not None and same_forward(module, library.Conv1D)


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        layer: Layer,
        transposed: bool,
        inputs: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
    ) -> torch.Tensor:
        ctx.layer, ctx.transposed = layer, transposed
        ctx.save_for_backward(inputs if weight.requires_grad else None, weight)
        return F.linear(inputs, weight.mT if transposed else weight, bias)

    @staticmethod
    def backward(ctx: Any, gradients: torch.Tensor) -> Any:
        inputs, weight = ctx.saved_tensors
        of_weight, of_bias = ctx.layer.book_of("weight"), ctx.layer.book_of("bias")
        tokens = by_token(gradients)
        if of_weight is not None:
            sides = by_token(inputs), tokens
            of_weight.add_products(TokenProducts(*(sides if ctx.transposed else sides[::-1])))
        if of_bias is not None:
            of_bias.add_examples(tokens.sum(dim=1, dtype=torch.promote_types(tokens.dtype, torch.float32)))
        of_inputs = None
        if ctx.needs_input_grad[2]:
            cast = weight.to(gradients.dtype)
            of_inputs = gradients @ (cast.mT if ctx.transposed else cast)
        return None, None, of_inputs, None, None

"""Embeddings: a patient's gradient has a row for each token that the patient's texts contain.

Transformers spells embeddings times a constant (Bart, Gemma) as a class for each family, all of one name and with the
constant in `embed_scale`. Whether that is really all that such a class does is for the pre-flight to find.

Position embeddings are usually looked up once for everybody, and added to all. The look-up is repeated for each
example, so that each has its own gradient.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (the name everybody knows)

from cloister.privacy.bookkeeping.layer import Forward, Layer, by_token, same_forward


def knows(module: nn.Module) -> bool:
    """Whether the module is a table, scaled or not: no renormalisation, no scaling by frequencies over the batch."""
    return (
        isinstance(module, nn.Embedding)
        and (same_forward(module, nn.Embedding) or _is_scaled(module))
        and module.max_norm is None
        and not module.scale_grad_by_freq
    )


def booked_forward(layer: Layer) -> Forward:
    """The same look-up; tokens (examples, ...) or (1, ...) for all alike, outputs (examples, ..., width)."""
    module = layer.module
    scale = module.embed_scale if _is_scaled(module) else None

    def forward(tokens: torch.Tensor) -> torch.Tensor:
        if tokens.dim() > 1 and tokens.shape[0] == 1:
            tokens = tokens.expand(layer.book.examples, *tokens.shape[1:])
        layer.check_examples(tokens)
        outputs: torch.Tensor = _Embedding.apply(layer, tokens, module.weight, module.padding_idx)  # type: ignore[no-untyped-call]
        return outputs if scale is None else outputs * torch.as_tensor(scale).to(outputs)

    return forward


def _is_scaled(module: nn.Module) -> bool:
    return type(module).__name__.endswith("ScaledWordEmbedding") and "forward" not in vars(module)


class _Embedding(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, layer: Layer, tokens: torch.Tensor, weight: torch.Tensor, padding: int | None) -> Any:
        ctx.layer, ctx.padding = layer, padding
        ctx.save_for_backward(tokens)
        return F.embedding(tokens, weight)

    @staticmethod
    def backward(ctx: Any, gradients: torch.Tensor) -> Any:
        (tokens,) = ctx.saved_tensors
        values, token = by_token(gradients), tokens.reshape(tokens.shape[0], -1)
        if ctx.padding is not None:
            values = values.masked_fill((token == ctx.padding)[..., None], 0.0)
        ctx.layer.book_of("weight").add_embedding_rows(token, values)
        return None, None, None, None

"""One gradient per example by `torch.func`: the gradient of a single example's loss, vectorised over examples.

Right wherever it runs, since every example is computed as if alone; costs memory of one gradient per example. It does
not run where a forward pass depends on values (boolean indexing, `.item()`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import nn

Batch = Mapping[str, torch.Tensor]


def vmap_example_gradients(
    model: nn.Module,
    per_example_loss: Callable[[nn.Module, Batch], torch.Tensor],
    batch: Batch,
    parameters: Mapping[str, nn.Parameter],
) -> dict[str, torch.Tensor]:
    """Gradients (examples, *parameter.shape) of every trainable parameter, at least float32.

    Args:
        model: its parameters and buffers stay as they are.
        per_example_loss: gives (1,) for a batch of one.
        batch: tensors (examples, ...).
        parameters: the trainable ones, by name.
    """
    from torch.func import functional_call, grad, vmap

    holder = _Holder(model, per_example_loss)
    values = {f"model.{name}": parameter.detach() for name, parameter in parameters.items()}

    def loss(values: dict[str, torch.Tensor], example: dict[str, torch.Tensor]) -> torch.Tensor:
        single = {name: value[None] for name, value in example.items()}
        found: torch.Tensor = functional_call(holder, values, (single,))
        return found.sum()

    gradients = vmap(grad(loss), in_dims=(None, 0), randomness="different")(values, dict(batch))
    return {
        name: gradients[f"model.{name}"].to(torch.promote_types(parameter.dtype, torch.float32))
        for name, parameter in parameters.items()
    }


class _Holder(nn.Module):
    """The loss as a module, so that its model can be called with other parameters."""

    def __init__(self, model: nn.Module, per_example_loss: Callable[[nn.Module, Batch], torch.Tensor]) -> None:
        super().__init__()
        self.model = model
        self._loss = per_example_loss

    def forward(self, batch: Batch) -> torch.Tensor:
        return self._loss(self.model, batch)

"""What every kind of layer has in common: how its forward pass is replaced by one that keeps the book.

A kind is a module of this package with two functions,

    knows(module) -> bool            whether the layer is of this kind, exactly: a subclass that computes anything else
                                     is not
    booked_forward(layer) -> forward its replacement, which computes the same; in the backward pass it writes the
                                     trainable parameters' per-patient gradients into the book, and gives autograd none

so that a parameter whose own `.grad` is filled nevertheless was used behind its layer's back, and that is noticed.
The book is written in the backward pass, from what autograd saved: activation checkpointing may run the forward pass
as often as it likes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from cloister.privacy.bookkeeping.book import Book, ParameterBook
from cloister.study.errors import UnsafeGradientsError

Forward = Callable[..., torch.Tensor]


@dataclass(frozen=True, eq=False)
class Layer:
    """A module that owns trainable parameters, and the book of the micro-batch that is under way."""

    name: str
    module: Any
    book: Book

    def book_of(self, parameter: str) -> ParameterBook | None:
        """The book of one of the module's parameters; None if it is absent or frozen."""
        found = getattr(self.module, parameter, None)
        return self.book.of(found) if isinstance(found, nn.Parameter) and found.requires_grad else None

    def check_examples(self, inputs: torch.Tensor) -> None:
        """The first dimension must be the examples.

        Raises:
            UnsafeGradientsError: it is not: the module works on windows, positions or patches.
        """
        if inputs.dim() == 0 or inputs.shape[0] != self.book.examples:
            raise UnsafeGradientsError(
                f"module {self.name!r} receives inputs of shape {tuple(inputs.shape)}, whose first dimension is not "
                f"the {self.book.examples} examples.",
                "Freeze it or leave it out of the adapters' target_modules; or run the pre-flight, which finds an "
                "engine that can.",
            )


def same_forward(module: nn.Module, kind: type[nn.Module]) -> bool:
    """Whether a module computes what `kind` computes, and nobody has replaced its forward pass."""
    return isinstance(module, kind) and type(module).forward is kind.forward and "forward" not in vars(module)


def autocast_type(inputs: torch.Tensor) -> torch.dtype:
    """The type in which autocast would multiply `inputs`: their own, outside autocast."""
    device = inputs.device.type
    if torch.is_autocast_enabled(device) and inputs.is_floating_point() and inputs.dtype != torch.float64:
        return torch.get_autocast_dtype(device)
    return inputs.dtype


def by_token(values: torch.Tensor) -> torch.Tensor:
    """(examples, ..., width) as (examples, T, width)."""
    return values.reshape(values.shape[0], -1, values.shape[-1])

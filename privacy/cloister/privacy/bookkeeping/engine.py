"""One backward pass, its book kept.

While `booked` is open, the layers that own trainable parameters compute what they always do and write their gradients
into the book. Afterwards the model is as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import nn

from cloister.privacy.bookkeeping import convolution, elementwise, embedding, group_norm, layer_norm, linear
from cloister.privacy.bookkeeping.book import Book
from cloister.privacy.bookkeeping.layer import Forward, Layer
from cloister.privacy.micro_batches import MicroBatch
from cloister.study.errors import UnsafeGradientsError

_KINDS = (linear, embedding, layer_norm, group_norm, convolution, elementwise)


def book_of_backward_pass(
    model: nn.Module,
    parameters: Mapping[str, nn.Parameter],
    micro_batch: MicroBatch,
    losses: Callable[[], torch.Tensor],
) -> Book:
    """The per-patient gradients of one micro-batch.

    Args:
        model: whose forward pass `losses` runs.
        parameters: its trainable ones.
        micro_batch: which examples belong to whom.
        losses: gives (examples,), each example's own.

    Raises:
        UnsafeGradientsError: a module is of a kind that the book does not know, does not see one row per example, or
            has its parameters used by others; the message names it.
    """
    book = Book(parameters, micro_batch)
    with booked(model, book):
        found = losses()
        # Each patient's mean: its examples' losses share the weight 1.
        found.backward(micro_batch.shares.to(found))  # type: ignore[no-untyped-call]
    behind = [name for name, parameter in parameters.items() if parameter.grad is not None]
    if behind:
        raise UnsafeGradientsError(
            f"parameter {behind[0]!r} is used outside of its module's own forward pass.",
            "Freeze it; or run the pre-flight, which finds an engine that can.",
        )
    return book


@contextmanager
def booked(model: nn.Module, book: Book) -> Iterator[None]:
    """While open, the model's layers write into the book."""
    replaced: list[nn.Module] = []
    try:
        for name, module in model.named_modules():
            if any(parameter.requires_grad for parameter in module.parameters(recurse=False)):
                module.forward = _booked_forward(Layer(name, module, book))
                replaced.append(module)
        yield
    finally:
        for module in replaced:
            del module.forward


def _booked_forward(layer: Layer) -> Forward:
    for kind in _KINDS:
        if kind.knows(layer.module):
            forward: Forward = kind.booked_forward(layer)
            return forward
    raise UnsafeGradientsError(
        f"module {layer.name or 'model'!r} ({type(layer.module).__name__}) has trainable parameters and is of a kind "
        "that book-keeping does not know.",
        "Freeze it or leave it out of the adapters' target_modules; or run the pre-flight, which finds another engine.",
    )

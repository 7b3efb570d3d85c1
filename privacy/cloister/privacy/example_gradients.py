"""One gradient per example from one backward pass, by Opacus's module hooks.

The hooks live only as long as the context does: afterwards the model has the modules, attributes, hooks and
`state_dict` keys that it had before, whatever went wrong in between. (A model that stays wrapped gains a `_module.`
prefix on every key, and loading such a checkpoint leniently loads nothing at all.)
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import nn

from cloister.study.errors import UnsafeGradientsError

_REMEDY = "Run the pre-flight: it names what the hooks cannot handle and uses another engine instead."


@contextmanager
def example_gradient_hooks(model: nn.Module) -> Iterator[None]:
    """While open, a backward pass of a summed loss leaves per-example gradients for `take_example_gradients`.

    Raises:
        UnsafeGradientsError: a module with trainable parameters is in evaluation mode, where hooks see nothing.
    """
    from opacus.grad_sample import GradSampleHooks

    for name, module in model.named_modules():
        trainable = any(parameter.requires_grad for parameter in module.parameters(recurse=False))
        if trainable and not module.training:
            raise UnsafeGradientsError(
                f"module {name or 'model'!r} has trainable parameters but is in evaluation mode.",
                "Call model.train() before a private step.",
            )
    modules = {module: (set(vars(module)), module._is_full_backward_hook) for module in model.modules()}
    parameters = {parameter: set(vars(parameter)) for parameter in model.parameters()}
    # The first layer's inputs are data and need no gradient; torch finds that worth a warning, at every step.
    warnings.filterwarnings("ignore", message="Full backward hook is firing")
    try:
        GradSampleHooks(model, loss_reduction="sum", strict=False)
        yield
    finally:
        for handle in vars(model).get("autograd_grad_sample_hooks", []):
            handle.remove()
        for module, (attributes, full_backward) in modules.items():
            _forget(module, attributes)
            module._is_full_backward_hook = full_backward
        for parameter, attributes in parameters.items():
            _forget(parameter, attributes)


def take_example_gradients(parameters: Mapping[str, nn.Parameter], examples: int) -> Iterator[tuple[str, torch.Tensor]]:
    """Take the gradients that the hooks left, one parameter at a time so that memory is freed on the way.

    Args:
        parameters: the trainable ones, by name. Their ordinary gradients are cleared as well.
        examples: how many went through the model.

    Yields:
        A name and a tensor of shape (examples, *parameter.shape), at least float32, the caller's to overwrite. A
        parameter that took no part in the loss has zeros.

    Raises:
        UnsafeGradientsError: a parameter took part but has no gradient per example, or one of another first
            dimension: what the hooks saw were not examples.
    """
    for name, parameter in parameters.items():
        found, took_part = getattr(parameter, "grad_sample", None), parameter.grad is not None
        parameter.grad_sample, parameter.grad = None, None  # type: ignore[attr-defined]
        precise = torch.promote_types(parameter.dtype, torch.float32)
        if found is None and not took_part:
            yield name, parameter.new_zeros((examples, *parameter.shape), dtype=precise)
            continue
        if not isinstance(found, torch.Tensor):
            raise UnsafeGradientsError(f"parameter {name!r} has no gradient per example.", _REMEDY)
        if found.shape != (examples, *parameter.shape):
            raise UnsafeGradientsError(
                f"parameter {name!r} has per-example gradients of shape {tuple(found.shape)}, not "
                f"{(examples, *parameter.shape)}: its module does not see one row per example.",
                _REMEDY,
            )
        yield name, found.to(precise)


def _forget(owner: object, attributes: set[str]) -> None:
    for added in vars(owner).keys() - attributes:
        delattr(owner, added)

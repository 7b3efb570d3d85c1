"""A GPU to test on: a real one where torch can use it, and one that is pretended and computes on the CPU.

Tensors on the pretended GPU hold their values in one of the CPU's, and every operation checks, as CUDA does, that all
tensors are on one device. Its name is that of torch's "meta" device, which has no memory of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._mode_utils import no_dispatch
from torch.utils._python_dispatch import TorchDispatchMode

PRETENDED, CPU = torch.device("meta"), torch.device("cpu")
_ATEN = torch.ops.aten
_COPYING = (_ATEN.copy_.default, _ATEN._to_copy.default)
_INDEXING = (_ATEN.index.Tensor, _ATEN.index_put.default, _ATEN.index_put_.default)


class OnPretendedGpu(Tensor):
    """A tensor on the pretended GPU, whose values are in `held`."""

    held: Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]

    @staticmethod
    def __new__(cls, held: Tensor) -> OnPretendedGpu:
        wrapper: OnPretendedGpu = Tensor._make_wrapper_subclass(
            cls,
            held.shape,
            strides=held.stride(),
            storage_offset=held.storage_offset(),
            dtype=held.dtype,
            device=PRETENDED,
        )
        wrapper.held = held
        return wrapper

    def __repr__(self) -> str:  # type: ignore[override]
        return f"on a pretended GPU: {self.held!r}"

    @classmethod
    def __torch_dispatch__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # type: ignore[override]
        return _computed(function, args, kwargs or {})


class PretendedGpu(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While open, there is one more device."""

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _computed(function, args, kwargs or {})


def _computed(function: Any, args: Any, kwargs: Any) -> Any:
    tensors = list(_tensors_in([*args, *kwargs.values()]))
    on_gpu = {id(tensor.held): tensor for tensor in tensors if isinstance(tensor, OnPretendedGpu)}
    elsewhere = [tensor for tensor in tensors if not isinstance(tensor, OnPretendedGpu)]
    if on_gpu and elsewhere and not _may_mix(function, args, elsewhere):
        raise RuntimeError(f"{function}: expected all tensors to be on the same device.")
    target = kwargs.get("device", args[0].device if function is _ATEN.copy_.default else None)
    held_kwargs = {name: CPU if name == "device" else _each(_held, value) for name, value in kwargs.items()}
    result = function(*_each(_held, args), **held_kwargs)
    if on_gpu and torch.Tag.inplace_view in function.tags:
        with no_dispatch():
            function(*args, **kwargs)  # the shape of what holds it changes as well
    if target == PRETENDED or (target is None and on_gpu):
        # What was changed in place is the same tensor as before.
        return _each(lambda held: on_gpu[id(held)] if id(held) in on_gpu else OnPretendedGpu(held), result)
    return result


def _held(tensor: Tensor) -> Tensor:
    return tensor.held if isinstance(tensor, OnPretendedGpu) else tensor


def _each(change: Callable[[Tensor], Tensor], value: Any) -> Any:
    """The value with its tensors changed."""
    if isinstance(value, Tensor):
        return change(value)
    return type(value)(_each(change, part) for part in value) if isinstance(value, (list, tuple)) else value


def _tensors_in(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _tensors_in(part)


def _may_mix(function: Any, args: Any, on_cpu: list[Tensor]) -> bool:
    """As CUDA allows: copies, numbers in tensors without dimensions, and indices on the CPU."""
    if function in _COPYING or (torch.Tag.pointwise in function.tags and all(tensor.dim() == 0 for tensor in on_cpu)):
        return True
    indices = [index for index in args[1] if index is not None] if function in _INDEXING else []
    others = [tensor for tensor in on_cpu if not any(tensor is index for index in indices)]
    return bool(indices) and isinstance(args[0], OnPretendedGpu) and not others


@pytest.fixture(params=["pretended", "cuda"])
def gpu(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[torch.device]:
    """A GPU's device."""
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("needs a GPU that torch can use")
    if request.param == "cuda":
        yield torch.device("cuda", 0)
        return
    # Torch answers with an exception, since it has no lower precision for this device.
    enabled = torch.is_autocast_enabled
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda kind="cpu": kind != PRETENDED.type and enabled(kind))
    with PretendedGpu():  # type: ignore[no-untyped-call]
        yield PRETENDED


@pytest.fixture
def cuda() -> torch.device:
    """A real GPU's device, for what cannot be pretended."""
    if not torch.cuda.is_available():
        pytest.skip("needs a GPU that torch can use")
    return torch.device("cuda", 0)

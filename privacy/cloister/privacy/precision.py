"""The type of numbers that a model computes in, while its weights stay float32 (or float64).

In bfloat16 the matrix products of forward and backward pass take 16-bit numbers with 8 significant bits: a gradient is
off by about one per cent. Clipping is not: a patient's norm is measured, in float32, on the very numbers that are added
up for the patient. But a processor may round a product differently when more examples are computed together, so that
one patient more moves the others' gradients a little, on top of its own. The plan counts one per cent of the clipping
norm for that as part of the sensitivity, and the pre-flight refuses what exceeds it.

GPUs have a third way, TF32: float32 products of factors rounded to 11 bits, by default in convolutions. A norm measured
by one operation would not be that of the sum made by another, so private gradients do without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch

from cloister.study.errors import StudyError
from cloister.study.schema import Precision

ROUNDING: Mapping[Precision, float] = {"float32": 0.0, "bfloat16": 0.01}
"""Sensitivity that rounding may add, in clipping norms. Measured on a CPU with 64 patients: 1e-6."""


def computing_in(precision: Precision, device: torch.device) -> AbstractContextManager[object]:
    """While open, models on `device` compute in `precision`.

    Raises:
        StudyError: the device cannot.
    """
    if precision == "float32":
        return nullcontext()
    if device.type == "cuda" and torch.cuda.get_device_capability(device) < (8, 0):
        raise StudyError(
            f"training.precision = {precision!r}: {torch.cuda.get_device_name(device)} does not compute in it.",
            'Set training.precision = "float32", or use a GPU of compute capability 8.0 or later.',
        )
    return torch.autocast(device.type, torch.bfloat16)


@contextmanager
def without_tf32() -> Iterator[None]:
    """While open, what is multiplied in float32 is multiplied in all of its bits, on GPUs as well."""
    products, convolutions = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(products)
        torch.backends.cudnn.allow_tf32 = convolutions

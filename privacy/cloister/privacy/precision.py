"""The type of numbers that a model computes in, while its weights stay float32 (or float64).

In bfloat16 the matrix products of forward and backward pass take 16-bit numbers with 8 significant bits: a gradient is
off by about one per cent. Clipping is not: a patient's norm is measured, in float32, on the very numbers that are added
up for the patient. But a processor may round a product differently when more examples are computed together, so that
one patient more moves the others' gradients a little, on top of its own: if each of n others by a share r of the norm,
then the sum by up to n r. The plan counts one per cent of the clipping norm for that as part of the sensitivity, and
the pre-flight measures r on made-up examples, in a crowd as large as a micro-batch, and takes no engine for which n r
is more, with n the patients that the study expects in a step. That is a measurement, no proof: on other data r may be
larger. An engine that computes every patient alone has r = 0. Whether a gradient is shortened is a question of yes or
no, which the least difference may turn over, so adaptive clipping, which counts the answers, excludes bfloat16.

Float32 does the same at the eighth digit. Nothing is counted for it; the pre-flight asks that n r be below .001.

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
"""Sensitivity that rounding may add, in clipping norms. Measured on a CPU with 64 patients: up to 5e-6 in either."""


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

"""A model that does not fit a device is told with a remedy, and nothing else is taken for that."""

import pytest
import torch
from torch import nn

from cloister.privacy.computing_device import CPU, computing_on
from cloister.study.errors import InputError


@pytest.mark.parametrize(
    "problem",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 MiB."),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        MemoryError(),
    ],
    ids=repr,
)
def test_too_little_memory_is_named_with_a_remedy(problem: BaseException) -> None:
    model = nn.Linear(2, 2)
    with (
        pytest.raises(InputError, match=r"memory of the device cpu does not suffice(.|\n)*micro_batch"),
        computing_on(CPU, model),
    ):
        raise problem


def test_other_problems_stay_what_they_are() -> None:
    with pytest.raises(RuntimeError, match="of another kind"), computing_on(CPU, nn.Linear(2, 2)):
        raise RuntimeError("of another kind")

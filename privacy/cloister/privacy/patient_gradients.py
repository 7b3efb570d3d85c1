"""The clipped per-patient sum: what one private step learns from its patients.

For every patient of the step, and over all trainable parameters together,

    g_j = mean of the gradients of the patient's drawn examples      (before any clipping)
    sum = g_1 min(1, C / |g_1|) + g_2 min(1, C / |g_2|) + ...        (one flat L2 norm a patient)

so that one patient more or less changes the sum by at most C, however many examples the patient has. That needs
losses in which examples do not influence one another: the loss function must give one number per example. Anything
else (the batch's mean, a mean over all tokens of the batch, a class-weighted mean) is refused.

A patient whose gradient is not finite contributes zero (the gradient is replaced: zero times NaN is NaN).
Micro-batches bound memory and change nothing else: a patient whose examples fall into several of them is clipped
once, after the last.

Two engines compute the same sum. `hooks` takes one backward pass per micro-batch (Opacus). `one-patient` takes one
per patient with nobody else in the batch, so it is right whatever the model does with a batch; it is the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from cloister.privacy.example_gradients import example_gradient_hooks, take_example_gradients
from cloister.study.errors import InputError, UnsafeGradientsError

Batch = Mapping[str, torch.Tensor]
"""Tensors whose first dimension is the example."""
PerExampleLoss = Callable[[nn.Module, Batch], torch.Tensor]
"""Losses of shape (examples,): each depends on its own example only."""
Engine = Literal["hooks", "one-patient"]


@dataclass(frozen=True)
class ClippedSum:
    """The sum over a step's patients of their clipped gradients, not yet noisy.

    Everything in it is about private data and stays at the site until noise was added; the counts stay for good.

    Attributes:
        gradients: for every trainable parameter, by name: the parameter's shape, at least float32.
        clipped: patients whose gradient was longer than the clipping norm.
        non_finite: patients whose gradient was not finite, or too long to measure (1e19), and counts as zero.
    """

    gradients: dict[str, torch.Tensor]
    clipped: int
    non_finite: int


def clipped_sum(
    model: nn.Module,
    per_example_loss: PerExampleLoss,
    batch: Batch,
    patient_index: torch.Tensor,
    patients: int,
    max_grad_norm: float,
    *,
    engine: Engine = "hooks",
    micro_batch: int = 64,
) -> ClippedSum:
    """Sum the clipped gradients of a step's patients.

    Args:
        model: comes back as it was, its parameters' own gradients included; only buffers may have moved, which the
            pre-flight excludes. In train mode if the engine is `hooks`.
        per_example_loss: see `PerExampleLoss`.
        batch: the drawn examples, of all patients together.
        patient_index: (examples,) integers in 0 .. patients - 1, in any order.
        patients: how many were drawn. For 0 the sum is zero, and the batch is not looked at.
        max_grad_norm: the clipping norm C, positive.
        engine: as the pre-flight found.
        micro_batch: examples that go through the model at once, at least 1.

    Raises:
        UnsafeGradientsError: the loss is not one number per example, the batch's tensors do not have one row per
            example, or the hooks did not deliver per-example gradients.
        InputError: norm or micro-batch is impossible.
    """
    if not 0 < max_grad_norm < float("inf"):
        raise InputError(f"max_grad_norm = {max_grad_norm}: must be positive and finite.", "Correct the plan.")
    if micro_batch < 1:
        raise InputError(f"micro_batch = {micro_batch}: must be at least 1.", "Correct training.micro_batch.")
    parameters = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    total = _ClippedTotal(parameters, max_grad_norm)
    if patients:
        patient_index = patient_index.cpu()
        _check_rows(batch, patient_index, patients)
        gradients = _by_hooks if engine == "hooks" else _one_by_one
        with _own_gradients_set_aside(parameters), torch.enable_grad():
            for of_patients in gradients(model, per_example_loss, batch, patient_index, parameters, micro_batch):
                total.add(of_patients)
    return ClippedSum(total.gradients, total.clipped, total.non_finite)


class _ClippedTotal:
    """Adds up patients' gradients, each clipped by its own flat norm."""

    def __init__(self, parameters: Mapping[str, nn.Parameter], max_grad_norm: float) -> None:
        self.gradients = {
            name: torch.zeros_like(parameter, dtype=torch.promote_types(parameter.dtype, torch.float32))
            for name, parameter in parameters.items()
        }
        self.clipped = 0
        self.non_finite = 0
        self._max_grad_norm = max_grad_norm

    def add(self, of_patients: Mapping[str, torch.Tensor]) -> None:
        """Add complete patients: for every parameter a tensor (patients, *parameter.shape)."""
        if not of_patients:
            return
        norms = _flat_norms(of_patients)
        finite = norms.isfinite()
        factors = torch.where(finite, (self._max_grad_norm / norms).clamp(max=1.0), 0.0)
        self.clipped += int((finite & (norms > self._max_grad_norm)).sum())
        self.non_finite += int((~finite).sum())
        everybody_finite = bool(finite.all())
        for name, gradients in of_patients.items():
            rows = gradients.flatten(1)
            usable = rows if everybody_finite else rows.masked_fill(~finite[:, None], 0.0)
            self.gradients[name] += (factors.to(rows.dtype) @ usable).reshape(self.gradients[name].shape)


def _flat_norms(of_patients: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """(patients,) float64: the norm over all parameters together."""
    parts = [torch.linalg.vector_norm(gradients.flatten(1), dim=1).double() for gradients in of_patients.values()]
    norms: torch.Tensor = torch.linalg.vector_norm(torch.stack(parts), dim=0)
    return norms


def _by_hooks(
    model: nn.Module,
    per_example_loss: PerExampleLoss,
    batch: Batch,
    patient_index: torch.Tensor,
    parameters: Mapping[str, nn.Parameter],
    micro_batch: int,
) -> Iterator[dict[str, torch.Tensor]]:
    """Complete patients' gradients, micro-batch by micro-batch. Only one patient is ever left open in between."""
    order, ids = _grouped(patient_index)
    share = 1.0 / torch.bincount(ids)[ids]
    unfinished: dict[str, torch.Tensor] = {}
    with example_gradient_hooks(model):
        for start in range(0, len(order), micro_batch):
            here = slice(start, start + micro_batch)
            _losses(model, per_example_loss, batch, order[here]).sum().backward()  # type: ignore[no-untyped-call]
            gradients = {}
            position = ids[here] - ids[start]
            for name, of_examples in take_example_gradients(parameters, len(position)):
                weights = share[here].to(device=of_examples.device, dtype=of_examples.dtype)
                of_examples.mul_(weights.reshape(-1, *[1] * (of_examples.dim() - 1)))
                of_patients = of_examples.new_zeros((int(position[-1]) + 1, *of_examples.shape[1:]))
                gradients[name] = of_patients.index_add_(0, position.to(of_examples.device), of_examples)
                if unfinished:
                    gradients[name][0] += unfinished[name]
            continues = here.stop < len(ids) and bool(ids[here.stop] == ids[here.stop - 1])
            unfinished = {name: rows[-1].clone() for name, rows in gradients.items()} if continues else {}
            complete = int(position[-1]) + (0 if continues else 1)
            if complete:
                yield {name: rows[:complete] for name, rows in gradients.items()}


def _one_by_one(
    model: nn.Module,
    per_example_loss: PerExampleLoss,
    batch: Batch,
    patient_index: torch.Tensor,
    parameters: Mapping[str, nn.Parameter],
    micro_batch: int,
) -> Iterator[dict[str, torch.Tensor]]:
    """One patient's gradient after the other, each from batches that hold nobody else."""
    order, ids = _grouped(patient_index)
    for rows in torch.split(order, torch.bincount(ids).tolist()):
        for piece in torch.split(rows, micro_batch):
            losses = _losses(model, per_example_loss, batch, piece)
            (losses.sum() / len(rows)).backward()  # type: ignore[no-untyped-call]
        yield {name: _take_gradient(parameter) for name, parameter in parameters.items()}


def _take_gradient(parameter: nn.Parameter) -> torch.Tensor:
    gradient, parameter.grad = parameter.grad, None
    precise = torch.promote_types(parameter.dtype, torch.float32)
    return (torch.zeros_like(parameter) if gradient is None else gradient).to(precise)[None]


def _grouped(patient_index: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The rows in an order that keeps patients together, and for each the patient's number, without gaps."""
    order = torch.argsort(patient_index, stable=True)
    _, ids = torch.unique_consecutive(patient_index[order], return_inverse=True)
    return order, ids


def _losses(model: nn.Module, per_example_loss: PerExampleLoss, batch: Batch, rows: torch.Tensor) -> torch.Tensor:
    losses = per_example_loss(model, {name: values[rows.to(values.device)] for name, values in batch.items()})
    if losses.shape != rows.shape:
        raise UnsafeGradientsError(
            f"the loss has shape {tuple(losses.shape)} for {len(rows)} examples, not ({len(rows)},).",
            "Return one loss per example; for tokens, the mean over that example's own tokens.",
        )
    if not losses.requires_grad:
        raise UnsafeGradientsError(
            "the loss does not depend on any trainable parameter.", "Unfreeze what the study trains."
        )
    return losses


def _check_rows(batch: Batch, patient_index: torch.Tensor, patients: int) -> None:
    examples = len(patient_index)
    if examples and not 0 <= int(patient_index.min()) <= int(patient_index.max()) < patients:
        raise UnsafeGradientsError(
            f"patient_index reaches from {int(patient_index.min())} to {int(patient_index.max())}, "
            f"but there are {patients} patients.",
            "Number the step's patients from 0.",
        )
    for name, values in batch.items():
        if values.dim() == 0 or values.shape[0] != examples:
            raise UnsafeGradientsError(
                f"batch[{name!r}] has shape {tuple(values.shape)}, but the first dimension must be the "
                f"{examples} examples.",
                "Give every tensor of the batch one row per example.",
            )


@contextmanager
def _own_gradients_set_aside(parameters: Mapping[str, nn.Parameter]) -> Iterator[None]:
    kept = {name: parameter.grad for name, parameter in parameters.items()}
    for parameter in parameters.values():
        parameter.grad = None
    try:
        yield
    finally:
        for name, parameter in parameters.items():
            parameter.grad = kept[name]

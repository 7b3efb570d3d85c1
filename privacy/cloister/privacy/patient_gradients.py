"""The clipped per-patient sum: what one private step learns from its patients.

For every patient of the step,

    g_j = mean of the gradients of the patient's drawn examples      (before any clipping)
    sum = the g_j, each shortened to its clipping norm, added up     (see `clipping`)

so that one patient more or less changes the sum by at most the norm, however many examples the patient has. That needs
losses in which examples do not influence one another: the loss function must give one number per example. Anything
else (the batch's mean, a mean over all tokens of the batch, a class-weighted mean) is refused.

Micro-batches bound memory and change nothing else: they end where a patient ends, and a patient with more examples
than fit goes through alone, piece by piece, and is clipped once, after the last. If memory does not suffice, the
micro-batch is halved and the step goes on.

Four engines compute the same sum, the fastest first; the pre-flight finds the first that is right for a model.

- `book-keeping`: one backward pass, for layers that it knows (see `bookkeeping`);
- `hooks`: one backward pass, for layers that Opacus knows, one gradient in memory for each example;
- `vmap`: `torch.func`, for any model whose forward pass does not depend on values;
- `one-patient`: one backward pass for each patient, with nobody else in the batch. It is right whatever the model does
  with a batch; it is the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import nn

from cloister.privacy.bookkeeping.engine import book_of_backward_pass
from cloister.privacy.clipping import ClippedTotal, InstantiatedGradients, PatientGradients
from cloister.privacy.example_gradients import example_gradient_hooks, take_example_gradients
from cloister.privacy.micro_batches import MicroBatch, PatientQueue
from cloister.privacy.precision import computing_in, without_tf32
from cloister.privacy.vmap_gradients import vmap_example_gradients
from cloister.study.errors import InputError, UnsafeGradientsError
from cloister.study.schema import Clipping, Precision

Batch = Mapping[str, torch.Tensor]
"""Tensors whose first dimension is the example."""
PerExampleLoss = Callable[[nn.Module, Batch], torch.Tensor]
"""Losses of shape (examples,): each depends on its own example only."""
Engine = Literal["book-keeping", "hooks", "vmap", "one-patient"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
"""The fastest first."""
_OUT_OF_MEMORY = (
    "DefaultCPUAllocator",
    "can't allocate memory",
    "CUDA error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
)


@dataclass(frozen=True)
class ClippedSum:
    """The sum over a step's patients of their clipped gradients, not yet noisy.

    Everything in it is about private data and stays at the site until noise was added; the counts stay for good.

    Attributes:
        gradients: for every trainable parameter, by name: the parameter's shape, at least float32.
        clipped: patients whose gradient was longer than the clipping norm (of any layer, if clipped per layer).
        non_finite: patients whose gradient was not finite, or too long to measure (1e19), and counts as zero.
        micro_batch: examples that went through the model at once without exhausting memory: what to begin the next
            step with.
    """

    gradients: dict[str, torch.Tensor]
    clipped: int
    non_finite: int
    micro_batch: int


def clipped_sum(
    model: nn.Module,
    per_example_loss: PerExampleLoss,
    batch: Batch,
    patient_index: torch.Tensor,
    patients: int,
    max_grad_norm: float,
    *,
    clipping: Clipping = "flat",
    engine: Engine = "book-keeping",
    micro_batch: int = 64,
    precision: Precision = "float32",
) -> ClippedSum:
    """Sum the clipped gradients of a step's patients.

    Args:
        model: comes back as it was, its parameters' own gradients included; only buffers may have moved, which the
            pre-flight excludes. In train mode if the engine is `hooks`.
        per_example_loss: see `PerExampleLoss`.
        batch: the drawn examples, of all patients together; micro-batches go to the model's device.
        patient_index: (examples,) integers in 0 .. patients - 1, in any order.
        patients: how many were drawn. For 0 the sum is zero, and the batch is not looked at.
        max_grad_norm: the clipping norm C, positive: the sum's sensitivity, flat or per layer.
        clipping: one norm for all parameters together, or its share for each layer.
        engine: as the pre-flight found.
        micro_batch: examples that go through the model at once, at least 1; halved where memory does not suffice.
        precision: what the model computes in; norms and sums are float32 or better whatever it is.

    Raises:
        UnsafeGradientsError: the loss is not one number per example, the batch's tensors do not have one row per
            example, or the engine cannot deliver this model's per-patient gradients.
        InputError: norm or micro-batch is impossible, or memory does not suffice for a single example.
        StudyError: the model's device does not compute in `precision`.
    """
    if not 0 < max_grad_norm < float("inf"):
        raise InputError(f"max_grad_norm = {max_grad_norm}: must be positive and finite.", "Correct the plan.")
    if micro_batch < 1:
        raise InputError(f"micro_batch = {micro_batch}: must be at least 1.", "Correct training.micro_batch.")
    step = _Step(model, per_example_loss, batch, trainable_parameters(model), engine, precision)
    total = ClippedTotal(step.parameters, max_grad_norm, clipping)
    if patients:
        patient_index = patient_index.cpu()
        _check_rows(batch, patient_index, patients)
        queue = PatientQueue(patient_index)
        with own_gradients_set_aside(step.parameters), torch.enable_grad(), without_tf32():
            while queue:
                patients_at_once = queue.next(1 if engine == "one-patient" else micro_batch)
                if _added(total, step, patients_at_once, micro_batch):
                    queue.done(patients_at_once)
                else:
                    micro_batch = _halved(min(micro_batch, patients_at_once.examples))
    return ClippedSum(total.gradients, total.clipped, total.non_finite, micro_batch)


def trainable_parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that training changes, by name; one that has two names appears once.

    Raises:
        UnsafeGradientsError: there are none.
    """
    found = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    if not found:
        raise UnsafeGradientsError("the model has no trainable parameter.", "Unfreeze what the study trains.")
    return found


@contextmanager
def own_gradients_set_aside(parameters: Mapping[str, nn.Parameter]) -> Iterator[None]:
    """While open, the parameters have no gradients; afterwards they have those that they had."""
    kept = {name: parameter.grad for name, parameter in parameters.items()}
    for parameter in parameters.values():
        parameter.grad = None
    try:
        yield
    finally:
        for name, parameter in parameters.items():
            parameter.grad = kept[name]


def losses_of_examples(losses: torch.Tensor, examples: int) -> torch.Tensor:
    """The losses, if they are one per example.

    Raises:
        UnsafeGradientsError: they are not.
    """
    if losses.shape != (examples,):
        raise UnsafeGradientsError(
            f"the loss has shape {tuple(losses.shape)} for {examples} examples, not ({examples},).",
            "Return one loss per example; for tokens, the mean over that example's own tokens.",
        )
    return losses


@dataclass(frozen=True)
class _Step:
    """What stays the same from one micro-batch to the next."""

    model: nn.Module
    per_example_loss: PerExampleLoss
    batch: Batch
    parameters: dict[str, nn.Parameter]
    engine: Engine
    precision: Precision

    @property
    def device(self) -> torch.device:
        """The model's."""
        return next(iter(self.parameters.values())).device

    def gradients(self, micro_batch: MicroBatch, examples: int) -> PatientGradients:
        """The gradients of the micro-batch's patients, at most `examples` at once through the model."""
        rows = micro_batch.rows
        if self.engine == "one-patient" or micro_batch.examples > examples:
            return self._of_one_patient(rows, examples)
        if self.engine == "book-keeping":
            return book_of_backward_pass(self.model, self.parameters, micro_batch, lambda: self._losses(rows))
        of_examples = self._by_hooks if self.engine == "hooks" else self._by_vmap
        return InstantiatedGradients(dict(_mean_by_patient(of_examples(rows), micro_batch)))

    def _of_one_patient(self, rows: torch.Tensor, examples: int) -> PatientGradients:
        for piece in torch.split(rows, examples):
            (self._losses(piece).sum() / len(rows)).backward()  # type: ignore[no-untyped-call]
        return InstantiatedGradients({name: _take_gradient(value) for name, value in self.parameters.items()})

    def _by_hooks(self, rows: torch.Tensor) -> Iterator[tuple[str, torch.Tensor]]:
        with example_gradient_hooks(self.model):
            self._losses(rows).sum().backward()  # type: ignore[no-untyped-call]
            yield from take_example_gradients(self.parameters, len(rows))

    def _by_vmap(self, rows: torch.Tensor) -> Iterator[tuple[str, torch.Tensor]]:
        def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
            return losses_of_examples(self._computed(model, batch), 1)

        gradients = vmap_example_gradients(self.model, loss, self._rows(rows), self.parameters)
        for name in list(gradients):
            yield name, gradients.pop(name)

    def _losses(self, rows: torch.Tensor) -> torch.Tensor:
        losses = losses_of_examples(self._computed(self.model, self._rows(rows)), len(rows))
        if not losses.requires_grad:
            raise UnsafeGradientsError(
                "the loss does not depend on any trainable parameter.", "Unfreeze what the study trains."
            )
        return losses

    def _computed(self, model: nn.Module, batch: Batch) -> torch.Tensor:
        with computing_in(self.precision, self.device):
            return self.per_example_loss(model, batch)

    def _rows(self, rows: torch.Tensor) -> dict[str, torch.Tensor]:
        return {name: values[rows.to(values.device)].to(self.device) for name, values in self.batch.items()}


def _added(total: ClippedTotal, step: _Step, micro_batch: MicroBatch, examples: int) -> bool:
    """Add a micro-batch's patients; False, with nothing added, if memory did not suffice."""
    try:
        total.add(step.gradients(micro_batch, examples))
    except (RuntimeError, MemoryError) as problem:
        if not is_out_of_memory(problem):
            raise
    else:
        return True
    # Only here, where the exception no longer holds on to the tensors of the failed attempt.
    for parameter in step.parameters.values():
        parameter.grad = None
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return False


def is_out_of_memory(problem: BaseException) -> bool:
    """Whether a failure means too little memory."""
    # Torch has a type of its own for its accelerators' allocators only.
    if isinstance(problem, (torch.OutOfMemoryError, MemoryError)):
        return True
    return any(words in str(problem) for words in _OUT_OF_MEMORY)


def _halved(examples: int) -> int:
    if examples == 1:
        raise InputError(
            "memory does not suffice for the gradient of a single example.",
            "Shorten the examples, train fewer parameters (adapters), checkpoint activations, or use a larger machine.",
        )
    return examples // 2


def _mean_by_patient(
    of_examples: Iterable[tuple[str, torch.Tensor]], micro_batch: MicroBatch
) -> Iterator[tuple[str, torch.Tensor]]:
    """From (examples, ...) to (patients, ...)."""
    for name, gradients in of_examples:
        weights = micro_batch.shares.to(gradients)
        weighted = gradients.mul_(weights.reshape(-1, *[1] * (gradients.dim() - 1)))
        of_patients = gradients.new_zeros((micro_batch.patients, *gradients.shape[1:]))
        yield name, of_patients.index_add_(0, micro_batch.patient_of_example.to(gradients.device), weighted)


def _take_gradient(parameter: nn.Parameter) -> torch.Tensor:
    gradient, parameter.grad = parameter.grad, None
    precise = torch.promote_types(parameter.dtype, torch.float32)
    return (torch.zeros_like(parameter) if gradient is None else gradient).detach().to(precise)[None]


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

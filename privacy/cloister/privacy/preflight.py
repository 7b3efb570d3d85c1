"""The pre-flight: are this model's per-patient gradients right? Asked before the first private step, never after.

Silently wrong gradients are the rule rather than the exception once a model packs windows, shares projections or
normalises over the batch; training succeeds and protects nobody. On a tiny batch the pre-flight checks, in this order,

1. that no module normalises by batch statistics, and that the losses are repeatable once dropout is off,
2. that each patient's losses are the same alone as among the others (no coupling through model or loss),
3. that every trainable parameter takes part in the loss,
4. that a step changes no buffer (buffers leave the site without noise),
5. that saved trainable parameters load, strictly and to the bit,
6. that the hooks' clipped sum equals the one-patient engine's, parameter by parameter,
7. that dropping any patient changes the sum by at most the clipping norm, over several norms (a wrong scale hides
   below the norm that happens to be set).

If only 6 or 7 fail for the hooks, the one-patient engine is used and the report says why. Otherwise private training
is refused, with the module or parameter to blame and what to do about it. Parameters are moved a little for the time
of the checks, or an adapter that starts at zero would hide a wrong gradient behind an exact zero; everything comes
back bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import torch
from torch import nn

from cloister.privacy.patient_gradients import Batch, Engine, PerExampleLoss, clipped_sum
from cloister.study.errors import UnsafeGradientsError

NORMS = (0.1, 0.5, 1.0, 4.0, 16.0)
"""The clipping norms that the neighbour check sweeps."""

_TOLERANCE = 1e-4
_FLOOR = 1e-6
"""Of the whole gradient's norm: below, a parameter's gradient is rounding error (a key's bias in attention)."""
_NOT_CLIPPED = 1e6
_PERTURBATION = 0.02
_BatchNorm = nn.modules.batchnorm._BatchNorm


@dataclass(frozen=True)
class Check:
    """One question that was asked, and its answer."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True)
class PreflightReport:
    """A model that may be trained privately, and how.

    Attributes:
        engine: the fastest engine that is right.
        reason: why it is not the hooks; empty if it is.
        checks: in the order in which they were made; only checks of the hooks can have failed.
    """

    engine: Engine
    reason: str
    checks: tuple[Check, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return asdict(self)


def preflight(
    model: nn.Module,
    per_example_loss: PerExampleLoss,
    batch: Batch,
    patient_index: torch.Tensor,
    patients: int,
    *,
    norms: Sequence[float] = NORMS,
) -> PreflightReport:
    """Check a model's per-patient gradients and choose the engine.

    Args:
        model: in train mode, as it will be trained.
        per_example_loss: as it will be trained with.
        batch: a few examples, made up or public, of different lengths if lengths differ.
        patient_index: (examples,) integers in 0 .. patients - 1; at least one patient should have several examples.
        patients: at least 2.
        norms: clipping norms to sweep.

    Raises:
        UnsafeGradientsError: no engine is safe; the message names module or parameter, and the remedy.
    """
    present = torch.unique(patient_index).tolist()
    if patients < 2 or len(present) < 2:
        raise UnsafeGradientsError("the pre-flight's batch has fewer than 2 patients.", "Give it examples of several.")
    flight = _Preflight(model, per_example_loss, batch, patient_index, patients, tuple(norms))
    checks = [flight.no_batch_statistics()]
    with _everything_restored(model), _moved(model), _without_dropout(flight):
        checks += [
            flight.examples_apart(),
            flight.every_parameter_used(),
            flight.no_buffer_changes(),
            flight.saved_parameters_load(),
        ]
        of_hooks, reason = flight.hooks_are_right()
        checks += of_hooks
        if reason:
            checks.append(flight.neighbours_close("one-patient"))
    return PreflightReport("one-patient" if reason else "hooks", reason, tuple(checks))


@dataclass(frozen=True)
class _Preflight:
    model: nn.Module
    per_example_loss: PerExampleLoss
    batch: Batch
    patient_index: torch.Tensor
    patients: int
    norms: tuple[float, ...]

    def no_batch_statistics(self) -> Check:
        for name, module in self.model.named_modules():
            if isinstance(module, _BatchNorm) and (module.training or module.running_mean is None):
                raise UnsafeGradientsError(
                    f"module {name!r} ({type(module).__name__}) normalises by the statistics of the batch: every "
                    "patient changes every other one's gradient.",
                    "Use group normalisation, or call .eval() on this module after every model.train().",
                )
        return Check("no batch statistics", True, "no module normalises over the batch")

    def examples_apart(self) -> Check:
        together = self._losses(self.patient_index >= 0)
        for patient in range(self.patients):
            rows = self.patient_index == patient
            if not _close(self._losses(rows), together[rows]):
                self._refuse_coupling(rows)
        return Check("examples apart", True, "every patient's losses are the same alone as among others")

    def every_parameter_used(self) -> Check:
        trainable = self._trainable()
        if not trainable:
            raise UnsafeGradientsError("the model has no trainable parameter.", "Unfreeze what the study trains.")
        losses = self.per_example_loss(self.model, self.batch)
        found = torch.autograd.grad(losses.sum(), list(trainable.values()), allow_unused=True)
        unused = [name for name, gradient in zip(trainable, found, strict=True) if gradient is None]
        if unused:
            raise UnsafeGradientsError(
                f"{_listed(unused)}: trainable, but without influence on the loss.",
                "Freeze it (requires_grad_(False)) or leave its module out of the adapters' target_modules: it would "
                "receive noise and nothing else.",
            )
        return Check("every parameter used", True, f"{len(trainable)} trainable tensors take part in the loss")

    def no_buffer_changes(self) -> Check:
        before = {name: buffer.clone() for name, buffer in self.model.named_buffers()}
        self._sum("one-patient", _NOT_CLIPPED)
        changed = [name for name, buffer in self.model.named_buffers() if not _same_bits(buffer, before.get(name))]
        if changed:
            module, _, buffer = changed[0].rpartition(".")
            raise UnsafeGradientsError(
                f"module {module or 'model'!r} changes its buffer {buffer!r} in a training step: statistics of "
                "patients, without noise.",
                "Call .eval() on this module after every model.train(), or replace it by one without running state.",
            )
        return Check("no buffer changes", True, f"{len(before)} buffers are the same after a step")

    def saved_parameters_load(self) -> Check:
        from safetensors.torch import load, save

        trainable = self._trainable()
        saved = save({name: parameter.detach().contiguous() for name, parameter in trainable.items()})
        wanted = {name: parameter.detach().clone() for name, parameter in trainable.items()}
        with torch.no_grad():
            for parameter in trainable.values():
                parameter.zero_()
        left_out = self.model.load_state_dict(load(saved), strict=False)
        wrong = [name for name, parameter in self._trainable().items() if not _same_bits(parameter, wanted[name])]
        lost = [*left_out.unexpected_keys, *(trainable.keys() & set(left_out.missing_keys)), *wrong]
        if lost:
            raise UnsafeGradientsError(
                f"{_listed(sorted(set(lost)))}: saved, but not loaded again.",
                "The model renames or reshapes its parameters between saving and loading: unwrap it.",
            )
        return Check("saved parameters load", True, f"{len(trainable)} tensors came back to the bit")

    def hooks_are_right(self) -> tuple[list[Check], str]:
        """The hooks' checks, and why the hooks cannot be used (empty if they can)."""
        checks: list[Check] = []
        try:
            checks.append(self._engines_agree())
            if checks[-1].passed:
                checks.append(self.neighbours_close("hooks"))
        except torch.OutOfMemoryError:
            raise
        except Exception as problem:  # noqa: BLE001 - whatever breaks under hooks is a reason not to use them
            first_line = str(problem).partition("\n")[0]
            checks.append(Check("hooks run", False, f"{type(problem).__name__}: {first_line}"))
        return checks, "" if checks[-1].passed else checks[-1].detail

    def neighbours_close(self, engine: Engine) -> Check:
        worst = 0.0
        for norm in self.norms:
            whole = self._sum(engine, norm)
            for patient in range(self.patients):
                change = _norm_of(_difference(whole, self._sum(engine, norm, without=patient)))
                worst = max(worst, change / norm)
        if worst <= 1 + _TOLERANCE:
            detail = f"one patient changes the sum by at most {worst:.5f} of the norm (norms {self.norms})"
            return Check(f"neighbours close ({engine})", True, detail)
        detail = f"one patient changes the sum by {worst:.3g} times the clipping norm"
        if engine == "hooks":
            return Check(f"neighbours close ({engine})", False, detail)
        raise UnsafeGradientsError(f"{detail}, although nobody else was in the batch.", "Report this as a bug.")

    def _engines_agree(self) -> Check:
        right, found = self._sum("one-patient", _NOT_CLIPPED), self._sum("hooks", _NOT_CLIPPED)
        floor = _FLOOR * _norm_of(right)
        wrong, worst = [], 0.0
        for name, gradient in right.items():
            error = float((found[name] - gradient).norm())
            size = float(gradient.norm())
            if not error <= _TOLERANCE * size + floor:
                wrong.append(f"{name} (relative error {error / max(size, floor, 1e-300):.2g})")
            elif size > floor:
                worst = max(worst, error / size)
        if wrong:
            detail = f"the hooks' gradient is wrong for {_listed(wrong)}"
            return Check("hooks agree with one patient at a time", False, detail)
        return Check("hooks agree with one patient at a time", True, f"largest relative error {worst:.1e}")

    def _refuse_coupling(self, rows: torch.Tensor) -> None:
        module = _first_coupled_module(self.model, self.per_example_loss, self.batch, rows)
        if module is None:
            raise UnsafeGradientsError(
                "the loss function couples examples: a patient's losses depend on who else is in the batch.",
                "Return one loss per example, divided by that example's own number of tokens or weights only.",
            )
        raise UnsafeGradientsError(
            f"module {module!r} couples examples: its output for a patient depends on who else is in the batch.",
            "Replace it by a module that treats every example alone, or switch its batch-wide behaviour off.",
        )

    def _losses(self, rows: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            losses = self.per_example_loss(self.model, _rows_of(self.batch, rows))
        if losses.shape != (int(rows.sum()),):
            raise UnsafeGradientsError(
                f"the loss has shape {tuple(losses.shape)} for {int(rows.sum())} examples.",
                "Return one loss per example; for tokens, the mean over that example's own tokens.",
            )
        return losses

    def _sum(self, engine: Engine, norm: float, without: int | None = None) -> dict[str, torch.Tensor]:
        kept = self.patient_index != (-1 if without is None else without)
        batch, index = _rows_of(self.batch, kept), self.patient_index[kept]
        # Two micro-batches, so that patients who fall into both are checked as well.
        micro_batch = max(1, (len(index) + 1) // 2)
        result = clipped_sum(
            self.model, self.per_example_loss, batch, index, self.patients, norm, engine=engine, micro_batch=micro_batch
        )
        if result.non_finite:
            raise UnsafeGradientsError("a gradient of the pre-flight's batch is not finite.", "Correct model or loss.")
        return result.gradients

    def _trainable(self) -> dict[str, nn.Parameter]:
        return {name: parameter for name, parameter in self.model.named_parameters() if parameter.requires_grad}


def _first_coupled_module(
    model: nn.Module, per_example_loss: PerExampleLoss, batch: Batch, rows: torch.Tensor
) -> str | None:
    """The first leaf module, in the order of execution, whose output for some rows depends on the other rows."""
    together = _outputs_of_leaves(model, per_example_loss, batch)
    alone = _outputs_of_leaves(model, per_example_loss, _rows_of(batch, rows))
    for name, output in together.items():
        there = alone.get(name)
        if there is None or len(output) != len(rows):
            continue
        if there.shape != output[rows.to(output.device)].shape or not _close(there, output[rows.to(output.device)]):
            return name
    return None


def _outputs_of_leaves(model: nn.Module, per_example_loss: PerExampleLoss, batch: Batch) -> dict[str, torch.Tensor]:
    outputs: dict[str, torch.Tensor] = {}

    def remember(name: str, output: object) -> None:
        if isinstance(output, torch.Tensor) and output.dim() and output.is_floating_point():
            outputs.setdefault(name, output.detach())

    handles = [
        module.register_forward_hook(lambda _module, _inputs, output, name=name: remember(name, output))
        for name, module in model.named_modules()
        if not any(module.children())
    ]
    try:
        with torch.no_grad():
            per_example_loss(model, batch)
    finally:
        for handle in handles:
            handle.remove()
    return outputs


@contextmanager
def _everything_restored(model: nn.Module) -> Iterator[None]:
    values = {name: value.detach().clone() for name, value in _tensors_of(model).items()}
    modes = {module: module.training for module in model.modules()}
    try:
        yield
    finally:
        with torch.no_grad():
            for name, value in _tensors_of(model).items():
                value.copy_(values[name])
        for module, training in modes.items():
            module.training = training


@contextmanager
def _moved(model: nn.Module) -> Iterator[None]:
    """Move every trainable parameter a little. What is moved back is the concern of `_everything_restored`."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                moved = torch.randn(parameter.shape, generator=generator) * _PERTURBATION
                parameter.add_(moved.to(device=parameter.device, dtype=parameter.dtype))
    yield


@contextmanager
def _without_dropout(flight: _Preflight) -> Iterator[None]:
    """Put modules that hold no state and nothing trainable into evaluation mode, if the losses are random otherwise.

    What remains random is refused: it could not be told apart from a coupling.
    """
    everybody = flight.patient_index >= 0
    if not _close(flight._losses(everybody), flight._losses(everybody)):
        for module in flight.model.modules():
            stateful = any(True for _ in module.buffers(recurse=False))
            if not stateful and not any(parameter.requires_grad for parameter in module.parameters(recurse=False)):
                module.training = False
    if not _close(flight._losses(everybody), flight._losses(everybody)):
        raise UnsafeGradientsError(
            "the losses of the same batch differ from one time to the next, even with dropout switched off.",
            "Remove the other randomness from the model's forward pass for the pre-flight.",
        )
    yield


def _tensors_of(model: nn.Module) -> dict[str, torch.Tensor]:
    return {**dict(model.named_parameters()), **dict(model.named_buffers())}


def _rows_of(batch: Batch, rows: torch.Tensor) -> dict[str, torch.Tensor]:
    return {name: values[rows.to(values.device)] for name, values in batch.items()}


def _difference(first: Mapping[str, torch.Tensor], second: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: value - second[name] for name, value in first.items()}


def _norm_of(gradients: Mapping[str, torch.Tensor]) -> float:
    return float(torch.stack([value.double().norm() for value in gradients.values()]).norm())


def _close(first: torch.Tensor, second: torch.Tensor) -> bool:
    return torch.allclose(first.float(), second.float(), rtol=_TOLERANCE, atol=1e-5)


def _same_bits(first: torch.Tensor, second: torch.Tensor | None) -> bool:
    return second is not None and first.dtype == second.dtype and torch.equal(first.detach(), second)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"

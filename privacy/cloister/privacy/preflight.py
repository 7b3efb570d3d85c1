"""The pre-flight: are this model's per-patient gradients right? Asked before the first private step, never after.

Silently wrong gradients are the rule rather than the exception once a model packs windows, shares projections or
normalises over the batch; training succeeds and protects nobody. On a tiny batch the pre-flight checks, in this order,

1. that no module normalises by batch statistics, and that nothing is drawn at random,
2. that each patient's losses are the same alone as among the others (no coupling through model or loss), however much
   wider the others' examples make the batch, and that no batch changes the model itself,
3. that every trainable parameter takes part in the loss,
4. that a step changes no buffer (buffers leave the site without noise),
5. that saved trainable parameters load, strictly and to the bit,
6. that an engine's clipped sum equals that of each patient alone, parameter by parameter, in one micro-batch and in
   two (what a module takes for examples must follow their number),
7. that dropping any patient changes the engine's sum by at most the clipping norm, over several norms (a wrong scale
   hides below the norm that happens to be set),
8. that one patient more does not move the others' gradients, in a crowd as large as the study's micro-batches, by more
   than rounding may, counted for all patients that a step expects.

Where the study computes in bfloat16, 1 to 6 are asked in float32, in which nothing can hide behind rounding; 6 besides
compares the engine's sum in bfloat16 with the float32 one of each patient alone, as a whole and more loosely; and 7
and 8, on which privacy rests, are asked in bfloat16 and allow what the plan counts for rounding (see `precision`).

6 to 8 are asked of one engine after the other, the fastest first, until one passes; the report says what is wrong
with those before it. Whatever fails in 1 to 5 no engine can mend: private training is refused, with the module or
parameter to blame and what to do about it. Parameters are moved a little for the time of the checks, or an adapter
that starts at zero would hide a wrong gradient behind an exact zero; everything comes back bit for bit.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import torch
from torch import nn

from cloister.privacy.patient_gradients import (
    ENGINES,
    Batch,
    Engine,
    PerExampleLoss,
    clipped_sum,
    is_out_of_memory,
    losses_of_examples,
    own_gradients_set_aside,
    trainable_parameters,
)
from cloister.privacy.precision import ROUNDING, without_tf32
from cloister.study.errors import CloisterError, InputError, UnsafeGradientsError
from cloister.study.schema import Clipping, Precision

NORMS = (0.1, 0.5, 1.0, 4.0, 16.0)
"""The clipping norms that the neighbour check sweeps."""

_TOLERANCE = 1e-4
_BFLOAT16_TOLERANCE = 0.1
"""How far a sum in bfloat16 may be off, in L2 norm. The tiny models of the tests are off by .001 to .063."""
_UNCOUNTED = 1e-3
"""Of the norm: what the others may move in float32, for which the plan counts nothing."""
_FLOOR = 1e-6
"""Of the whole gradient's norm: below, a parameter's gradient is rounding error (a key's bias in attention)."""
_NOT_CLIPPED = 1e6
_PERTURBATION = 0.02
_REPETITIONS = 4
"""Twelve layers that are each skipped with probability .1, for whole batches, stay unnoticed in 2 of 1,000 models."""
_WEIGHT = "weight of the loss"
_PLAIN = (bool, int, float, str)
_BatchNorm = nn.modules.batchnorm._BatchNorm


@dataclass(frozen=True)
class Crowd:
    """As many patients as go through the model at once, made up or public; the model is asked what more of them change.

    Attributes:
        batch: one example of each patient, at least 3, the widest first.
        micro_batch: examples that go through the model at once.
        expected_patients: of a step.
    """

    batch: Batch
    micro_batch: int
    expected_patients: float


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
        reason: why it is not a faster one; empty if it is the fastest.
        checks: in the order in which they were made; only checks of engines that are not used can have failed.
        seconds: how long all of it took.
    """

    engine: Engine
    reason: str
    checks: tuple[Check, ...]
    seconds: float

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
    clipping: Clipping = "flat",
    norms: Sequence[float] = NORMS,
    precision: Precision = "float32",
    crowd: Crowd | None = None,
) -> PreflightReport:
    """Check a model's per-patient gradients and choose the engine.

    Args:
        model: in train mode, as it will be trained.
        per_example_loss: as it will be trained with.
        batch: a few examples, made up or public, of different lengths if lengths differ. The widest (the longest text)
            should be patient 0's: the many sums that do not ask for width are taken without that patient.
        patient_index: (examples,) integers in 0 .. patients - 1; at least one patient should have several examples.
        patients: at least 3.
        clipping: as it will be trained with.
        norms: clipping norms to sweep.
        precision: as it will be trained in.
        crowd: without one, the last question is not asked.

    Raises:
        UnsafeGradientsError: no engine is safe; the message names module or parameter, and the remedy.
        InputError: memory does not suffice for the batch.
    """
    try:
        with without_tf32():
            return _report(model, per_example_loss, batch, patient_index, patients, clipping, norms, precision, crowd)
    except (RuntimeError, MemoryError) as problem:
        if not is_out_of_memory(problem):
            raise
    raise InputError(
        f"memory does not suffice for the pre-flight's {len(patient_index)} examples.",
        "Shorten the examples, train fewer parameters (adapters), or use a larger machine.",
    )


def _report(
    model: nn.Module,
    per_example_loss: PerExampleLoss,
    batch: Batch,
    patient_index: torch.Tensor,
    patients: int,
    clipping: Clipping,
    norms: Sequence[float],
    precision: Precision,
    crowd: Crowd | None,
) -> PreflightReport:
    began = time.perf_counter()
    present = torch.unique(patient_index).tolist()
    if patients < 3 or len(present) < 3:
        raise UnsafeGradientsError("the pre-flight's batch has fewer than 3 patients.", "Give it examples of several.")
    device = next(model.parameters()).device
    batch = {name: values.to(device) for name, values in batch.items()}
    flight = _Preflight(
        model, per_example_loss, batch, patient_index, patients, clipping, tuple(norms), precision, crowd
    )
    checks = [flight.no_batch_statistics()]
    with _everything_restored(model), _moved(model):
        settings = flight.settings_after_a_pass()
        checks += [
            flight.nothing_random(),
            flight.examples_apart(settings),
            flight.every_parameter_used(),
            flight.no_buffer_changes(),
            flight.saved_parameters_load(),
        ]
        alone = flight.sums_of_patients_alone()
        reasons: list[str] = []
        for engine in ENGINES:
            of_engine = flight.engine_is_right(engine, alone)
            checks += of_engine
            if of_engine[-1].passed:
                seconds = time.perf_counter() - began
                return PreflightReport(engine, "; ".join(reasons), tuple(checks), seconds)
            reasons.append(f"{engine}: {of_engine[-1].detail}")
    remedy = "Report this as a bug." if precision == "float32" else 'Set training.precision = "float32".'
    raise UnsafeGradientsError(f"no engine gives right gradients. {'; '.join(reasons)}.", remedy)


@dataclass(frozen=True)
class _Preflight:
    model: nn.Module
    per_example_loss: PerExampleLoss
    batch: Batch
    patient_index: torch.Tensor
    patients: int
    clipping: Clipping
    norms: tuple[float, ...]
    precision: Precision
    crowd: Crowd | None

    def no_batch_statistics(self) -> Check:
        for name, module in self.model.named_modules():
            if isinstance(module, _BatchNorm) and (module.training or module.running_mean is None):
                raise UnsafeGradientsError(
                    f"module {name!r} ({type(module).__name__}) normalises by the statistics of the batch: every "
                    "patient changes every other one's gradient.",
                    "Take an architecture with group or layer normalisation. A private study keeps norms that hold "
                    "running statistics to these; this one holds none, or was not prepared (`uncouple_patients`).",
                )
        return Check("no batch statistics", True, "no module normalises over the batch")

    def settings_after_a_pass(self) -> dict[str, object]:
        """What the model has settled on with the widest examples that there are."""
        self._losses(self.patient_index >= 0)
        return _settings_of(self.model)

    def nothing_random(self) -> Check:
        """Random numbers of one stream couple patients: one more moves the stream on for the others."""
        narrow = self.patient_index > 0
        first = self._losses(narrow)
        if any(not _close(self._losses(narrow), first) for _ in range(_REPETITIONS)):
            raise UnsafeGradientsError(
                "the losses of the same batch differ from one time to the next: the model draws at random in train "
                "mode, and one patient more would change what is drawn for the others.",
                "Set the probabilities of its dropout to 0. A private study does so where they are called dropout; "
                "what remains random needs another architecture.",
            )
        return Check("nothing random", True, f"the losses are the same {_REPETITIONS + 1} times")

    def examples_apart(self, settings: Mapping[str, object]) -> Check:
        together = self._losses(self.patient_index >= 0)
        for patient in range(self.patients):
            rows = self.patient_index == patient
            alone = self._losses(rows)
            self._refuse_change(settings)
            if not _close(alone, together[rows]):
                self._refuse_coupling(rows)
        return Check("examples apart", True, "every patient's losses are the same alone as among others")

    def _refuse_change(self, before: Mapping[str, object]) -> None:
        after = _settings_of(self.model)
        changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        if changed:
            module, _, attribute = changed[0].rpartition(".")
            raise UnsafeGradientsError(
                f"a forward pass changes {attribute!r} of module {module or 'model'!r}: what it computes for a patient "
                "depends on who came before.",
                "Take another architecture, or inputs (such as task.model.max_tokens) that do not make it change.",
            )

    def every_parameter_used(self) -> Check:
        trainable = trainable_parameters(self.model)
        # Not torch.autograd.grad, which reentrant checkpointing does not allow.
        with own_gradients_set_aside(trainable):
            for patient in range(self.patients):
                batch = _rows_of(self.batch, self.patient_index == patient)
                self.per_example_loss(self.model, batch).sum().backward()  # type: ignore[no-untyped-call]
            unused = [name for name, value in trainable.items() if value.grad is None or not bool(value.grad.any())]
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
                "Take an architecture without running state.",
            )
        return Check("no buffer changes", True, f"{len(before)} buffers are the same after a step")

    def saved_parameters_load(self) -> Check:
        from safetensors.torch import load, save

        trainable = trainable_parameters(self.model)
        saved = save({name: parameter.detach().contiguous() for name, parameter in trainable.items()})
        wanted = {name: parameter.detach().clone() for name, parameter in trainable.items()}
        with torch.no_grad():
            for parameter in trainable.values():
                parameter.zero_()
        left_out = self.model.load_state_dict(load(saved), strict=False)
        wrong = [
            name
            for name, parameter in trainable_parameters(self.model).items()
            if not _same_bits(parameter, wanted[name])
        ]
        lost = [*left_out.unexpected_keys, *(trainable.keys() & set(left_out.missing_keys)), *wrong]
        if lost:
            raise UnsafeGradientsError(
                f"{_listed(sorted(set(lost)))}: saved, but not loaded again.",
                "The model renames or reshapes its parameters between saving and loading: unwrap it.",
            )
        return Check("saved parameters load", True, f"{len(trainable)} tensors came back to the bit")

    def sums_of_patients_alone(self) -> dict[str, torch.Tensor]:
        """The reference: the sum of gradients that were each taken with nobody else in the batch."""
        return self._sum("one-patient", _NOT_CLIPPED)

    def engine_is_right(self, engine: Engine, alone: Mapping[str, torch.Tensor]) -> list[Check]:
        """The engine's checks; it can be used if the last one passed."""
        checks: list[Check] = []
        try:
            for parts in (1, 2):
                if engine != "one-patient":
                    checks.append(self._agrees(engine, alone, parts))
                    if not checks[-1].passed:
                        return checks
            if self.precision != "float32":
                checks.append(self._precise_enough(engine, alone))
                if not checks[-1].passed:
                    return checks
            checks.append(self._neighbours_close(engine))
            if self.crowd is not None and checks[-1].passed:
                checks.append(self._crowd_unmoved(engine, self.crowd))
        except torch.OutOfMemoryError:
            raise
        except Exception as problem:  # noqa: BLE001 - whatever breaks under an engine is a reason not to use it
            message = problem.message if isinstance(problem, CloisterError) else str(problem).partition("\n")[0]
            checks.append(Check(f"{engine} runs", False, f"{type(problem).__name__}: {message}"))
        return checks

    def _agrees(self, engine: Engine, alone: Mapping[str, torch.Tensor], parts: int) -> Check:
        found = self._sum(engine, _NOT_CLIPPED, parts=parts)
        floor = _FLOOR * _norm_of(alone)
        wrong, worst = [], 0.0
        for name, gradient in alone.items():
            error = float((found[name] - gradient).norm())
            size = float(gradient.norm())
            if not error <= _TOLERANCE * size + floor:
                wrong.append(f"{name} (relative error {error / max(size, floor, 1e-300):.2g})")
            elif size > floor:
                worst = max(worst, error / size)
        question = f"{engine} agrees with one patient at a time ({parts} micro-batch{'es' if parts > 1 else ''})"
        if wrong:
            return Check(question, False, f"the gradient is wrong for {_listed(wrong)}")
        return Check(question, True, f"largest relative error {worst:.1e}")

    def _precise_enough(self, engine: Engine, alone: Mapping[str, torch.Tensor]) -> Check:
        found = self._sum(engine, _NOT_CLIPPED, precision=self.precision)
        error = _norm_of(_difference(found, alone)) / _norm_of(alone)
        detail = f"relative error {error:.1e} in {self.precision}; {_BFLOAT16_TOLERANCE:g} is allowed"
        return Check(f"{engine} is precise enough in {self.precision}", error <= _BFLOAT16_TOLERANCE, detail)

    def _neighbours_close(self, engine: Engine) -> Check:
        worst = 0.0
        for norm in self.norms:
            whole = self._sum(engine, norm, (0,), precision=self.precision)
            for patient in range(1, self.patients):
                others = self._sum(engine, norm, (0, patient), precision=self.precision)
                change = _norm_of(_difference(whole, others))
                worst = max(worst, change / norm)
        detail = f"one patient changes the sum by at most {worst:.5g} of the norm (norms {self.norms})"
        most = 1 + ROUNDING[self.precision] + _TOLERANCE
        return Check(f"neighbours close ({engine})", worst <= most, detail)

    def _crowd_unmoved(self, engine: Engine, crowd: Crowd) -> Check:
        """How far one patient more moves the others' gradients, where the processor rounds them otherwise.

        The one is a patient of the crowd whose losses weigh nothing: its own gradient is zero, but it is computed like
        any other, so whatever the sum changes with it is the others' part. The norm shortens about half of them.
        """
        patients = len(next(iter(crowd.batch.values())))
        everybody = torch.arange(patients)
        typical = _norm_of(self._sum_of(crowd, "one-patient", _NOT_CLIPPED, everybody[-1:]))
        moved = 0.0
        for extra in (0, patients - 1):  # it makes the batch wider and larger, or larger only
            others = everybody[everybody != extra]
            without = self._sum_of(crowd, engine, typical, others)
            along = self._sum_of(crowd, engine, typical, everybody, weightless=extra)
            moved = max(moved, _norm_of(_difference(along, without)))
        # Roundings of different patients point anywhere; in the worst dataset all point the same way.
        of_each = moved / typical / (patients - 1) ** 0.5
        of_all = of_each * max(crowd.expected_patients, patients)
        most = ROUNDING[self.precision] or _UNCOUNTED
        detail = (
            f"one patient more moves each other one's gradient by {of_each:.1e} of the norm, and so a step's sum by "
            f"{of_all:.1e} at most; {most:g} is allowed"
        )
        return Check(f"others unmoved ({engine}, {patients} examples)", of_all <= most, detail)

    def _sum_of(
        self, crowd: Crowd, engine: Engine, norm: float, chosen: torch.Tensor, weightless: int = -1
    ) -> dict[str, torch.Tensor]:
        def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
            own = {name: values for name, values in batch.items() if name != _WEIGHT}
            return self.per_example_loss(model, own) * batch[_WEIGHT]

        batch = {name: values[chosen] for name, values in crowd.batch.items()}
        batch[_WEIGHT] = (chosen != weightless).float()
        return clipped_sum(
            self.model,
            loss,
            batch,
            torch.arange(len(chosen)),
            len(chosen),
            norm,
            clipping=self.clipping,
            engine=engine,
            micro_batch=crowd.micro_batch,
            precision=self.precision,
        ).gradients

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
        return losses_of_examples(losses, int(rows.sum()))

    def _sum(
        self,
        engine: Engine,
        norm: float,
        without: tuple[int, ...] = (),
        parts: int = 1,
        precision: Precision = "float32",
    ) -> dict[str, torch.Tensor]:
        kept = ~torch.isin(self.patient_index, torch.tensor(without, dtype=self.patient_index.dtype))
        batch, index = _rows_of(self.batch, kept), self.patient_index[kept]
        result = clipped_sum(
            self.model,
            self.per_example_loss,
            batch,
            index,
            self.patients,
            norm,
            clipping=self.clipping,
            engine=engine,
            micro_batch=max(1, -(-len(index) // parts)),
            precision=precision,
        )
        if result.non_finite:
            raise UnsafeGradientsError("a gradient of the pre-flight's batch is not finite.", "Correct model or loss.")
        return result.gradients


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
        here = output[rows.to(output.device)]
        if here.dim() == there.dim():
            # Narrower alone: compared as far as it goes.
            here = here[tuple(slice(size) for size in there.shape)]
        if there.shape != here.shape or not _close(there, here):
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


def _tensors_of(model: nn.Module) -> dict[str, torch.Tensor]:
    return {**dict(model.named_parameters()), **dict(model.named_buffers())}


def _settings_of(model: nn.Module) -> dict[str, object]:
    """What decides how a model computes, beside its tensors: its modules' plain attributes, and the modules."""
    found: dict[str, object] = {}
    for path, module in model.named_modules(remove_duplicate=False):
        found[f"{path}."] = id(module)
        plain = {name: value for name, value in vars(module).items() if isinstance(value, _PLAIN) or value is None}
        found |= {f"{path}.{name}": value for name, value in plain.items()}
    return found


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

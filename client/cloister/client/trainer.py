"""The trainer: one loop for private and plain training.

Each step asks for a gradient, gives it to the optimizer, and goes on. The three sources of gradients differ in what
they promise: `PrivateGradient` clips each patient and adds noise, `PlainGradient` draws the same patients and does
neither, `ShuffledGradient` is ordinary mini-batch training.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from cloister.privacy.adaptive_clipping import centred_count, next_norm
from cloister.privacy.noise import GaussianNoise
from cloister.privacy.patient_gradients import ClippedSum, Engine, clipped_sum
from cloister.privacy.plan import PrivatePlan
from cloister.privacy.precision import computing_in
from cloister.privacy.randomness import RandomStream
from cloister.privacy.sampling import PoissonPatientSampler
from cloister.study.arrays import Arrays
from cloister.study.errors import DataError
from cloister.study.schema import AdaptiveClipping, Precision, Study, Training
from cloister.tasks.examples import Examples
from cloister.tasks.parameters import trainable_arrays
from cloister.tasks.task import Task

Gradients = dict[str, Tensor]


class Gradient(Protocol):
    """A source of one step's gradient."""

    def __call__(self, model: nn.Module) -> Gradients:
        """The gradient of every trainable parameter at the model's present weights."""
        ...


@dataclass(frozen=True)
class Streams:
    """The randomness of one site in one round; from the operating system unless the site is simulated."""

    sampling: RandomStream
    noise: RandomStream

    @classmethod
    def of(cls, seed: int | None, *where: str) -> Streams:
        """Streams for `where` (site, round), seeded only if `seed` is given."""
        if seed is None:
            return cls(RandomStream.from_system(), RandomStream.from_system())
        sampling = RandomStream.seeded_for_simulation(seed, "sampling", *where)
        return cls(sampling, RandomStream.seeded_for_simulation(seed, "noise", *where))


class PrivateGradient:
    """Clipped sum over Poisson-sampled patients, plus noise, over the study's public divisor (DP-SGD).

    Attributes:
        plan: what it follows.
        norm: the clipping norm of the next step.
        non_finite: how many gradients were not finite so far, and counted as zero. Private: it stays at the site.
    """

    def __init__(
        self,
        task: Task,
        examples: Examples,
        training: Training,
        plan: PrivatePlan,
        engine: Engine,
        streams: Streams,
        norm: float | None = None,
    ) -> None:
        self._task, self._examples, self._training, self.plan = task, examples, training, plan
        self._engine: Engine = engine
        self._micro_batch = training.micro_batch
        self._sampler = _sampler(examples, training, streams.sampling)
        self._noise = GaussianNoise(streams.noise)
        self.norm = plan.first_norm if norm is None else norm
        self.non_finite = 0

    def __call__(self, model: nn.Module) -> Gradients:
        """A step whose sampled batch is empty is noise alone: it looks like any other from outside."""
        (summed, patients), plan = self._clipped(model), self.plan.at_norm(self.norm)
        noisy = self._noise.add_to(summed.gradients, plan.noise_standard_deviation)
        if plan.adaptive is not None:
            unclipped = patients - summed.clipped - summed.non_finite
            self._adapt(plan.adaptive, centred_count(unclipped, patients))
        return {name: gradient / _divisor(self._training) for name, gradient in noisy.items()}

    def without_noise(self, model: nn.Module) -> Gradients:
        """A step's clipped sum as it is. It must not leave: only for distributed noise, which masking adds."""
        return self._clipped(model)[0].gradients

    def _clipped(self, model: nn.Module) -> tuple[ClippedSum, int]:
        """The clipped sum over the patients of a new draw, and how many they are."""
        draw, plan = self._sampler.draw(), self.plan.at_norm(self.norm)
        summed = clipped_sum(
            model,
            self._task.per_example_loss,
            self._examples.batch(draw.examples),
            draw.patient_index,
            draw.patients,
            plan.max_grad_norm,
            clipping=plan.clipping,
            engine=self._engine,
            micro_batch=self._micro_batch,
            precision=self._training.precision,
        )
        # What did not fit into memory once is not tried again at every step.
        self._micro_batch = summed.micro_batch
        self.non_finite += summed.non_finite
        return summed, draw.patients

    def _adapt(self, adaptive: AdaptiveClipping, count: float) -> None:
        noisy = self._noise.add_to({"count": torch.tensor(count, dtype=torch.float64)}, adaptive.clipped_count_stddev)
        expected, largest = _divisor(self._training), self.plan.max_grad_norm
        self.norm = next_norm(self.norm, float(noisy["count"]), expected, largest, adaptive)


class PlainGradient:
    """The same sampling, weighting and divisor as `PrivateGradient`, without clipping and noise."""

    def __init__(self, task: Task, examples: Examples, training: Training, streams: Streams) -> None:
        self._task, self._examples, self._training = task, examples, training
        self._sampler = _sampler(examples, training, streams.sampling)

    def __call__(self, model: nn.Module) -> Gradients:
        """The sum of the drawn patients' mean gradients, over the divisor."""
        draw = self._sampler.draw()
        per_patient = torch.bincount(draw.patient_index, minlength=max(draw.patients, 1))
        weights = 1.0 / per_patient[draw.patient_index] / _divisor(self._training)
        at_once, precision = self._training.micro_batch, self._training.precision
        return _weighted_gradient(model, self._task, self._examples, draw.examples, weights, at_once, precision)


class ShuffledGradient:
    """Mini-batches from a shuffled order, the last short one kept; a new order when all examples were seen."""

    def __init__(self, task: Task, examples: Examples, training: Training, seed: int) -> None:
        self._task, self._examples, self._training = task, examples, training
        self._generator = torch.Generator().manual_seed(seed)
        self._waiting: list[Tensor] = []

    def __call__(self, model: nn.Module) -> Gradients:
        """The gradient of the mean loss over the next batch."""
        if not self._waiting:
            order = torch.randperm(len(self._examples), generator=self._generator)
            self._waiting = list(torch.split(order, self._training.batch_size or 1))
        chosen = self._waiting.pop(0)
        weights = torch.full((len(chosen),), 1.0 / len(chosen))
        # A coupled loss is defined on its batch, so the batch is never split here.
        precision = self._training.precision
        return _weighted_gradient(model, self._task, self._examples, chosen, weights, len(chosen), precision)


def train(
    model: nn.Module,
    gradient: Gradient,
    *,
    steps: int,
    optimizer: str,
    learning_rate: float,
    on_step: Callable[[int], None] | None = None,
) -> None:
    """Take optimizer steps, in place.

    Args:
        model: the model to train.
        gradient: asked once a step.
        steps: how many.
        optimizer: "sgd" or "adam".
        learning_rate: of the optimizer.
        on_step: called with the number of steps done.
    """
    parameters = {name: value for name, value in model.named_parameters() if value.requires_grad}
    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
    stepper = kinds[optimizer](parameters.values(), lr=learning_rate)
    model.train()
    for step in range(1, steps + 1):
        found = gradient(model)
        for name, parameter in parameters.items():
            parameter.grad = found[name].to(parameter.dtype)
        stepper.step()
        if on_step is not None:
            on_step(step)
    stepper.zero_grad(set_to_none=True)


class ProximalGradient:
    """Another gradient plus mu (w - w0), which pulls the weights w towards where the round began (FedProx).

    The pull depends on no patient, so it neither is clipped nor needs noise.
    """

    def __init__(self, inner: Gradient, model: nn.Module, mu: float) -> None:
        self._inner, self._mu = inner, mu
        self._start = {name: value.detach().clone() for name, value in model.named_parameters() if value.requires_grad}

    def __call__(self, model: nn.Module) -> Gradients:
        """The inner gradient and the pull."""
        weights = dict(model.named_parameters())
        return {
            name: gradient + self._mu * (weights[name].detach() - self._start[name])
            for name, gradient in self._inner(model).items()
        }


def gradient_for(
    task: Task,
    examples: Examples,
    study: Study,
    streams: Streams,
    engine: Engine,
    plan: PrivatePlan | None,
    norm: float | None = None,
) -> Gradient:
    """The source of gradients that a study asks for.

    Args:
        task: the study's task.
        examples: what to train on.
        study: its training section.
        streams: the randomness.
        engine: how per-patient gradients are taken, as the pre-flight found.
        plan: the private plan; None trains without differential privacy.
        norm: the clipping norm to begin with, where it adapts; the plan's first one if absent.

    Raises:
        DataError: there are no examples.
    """
    if not len(examples):
        raise DataError("There are no examples to train on.", "Add records, or leave this site out of the study.")
    if plan is not None:
        return PrivateGradient(task, examples, study.training, plan, engine, streams, norm)
    if study.training.sampling == "shuffle":
        seed = int(streams.sampling.uniform(1)[0] * 2**53)
        return ShuffledGradient(task, examples, study.training, seed)
    return PlainGradient(task, examples, study.training, streams)


def difference(after: nn.Module, before: Arrays) -> Arrays:
    """What training changed, by parameter."""
    return {name: value - before[name] for name, value in trainable_arrays(after).items()}


def _sampler(examples: Examples, training: Training, stream: RandomStream) -> PoissonPatientSampler:
    return PoissonPatientSampler(
        examples.patient_keys,
        sample_rate=training.sample_rate or 1.0,
        max_examples_per_patient=training.max_examples_per_patient,
        random=stream,
    )


def _divisor(training: Training) -> float:
    if training.batch_divisor is None:
        raise DataError("training.batch_divisor is not set.", "Poisson sampling needs it; see the study schema.")
    return training.batch_divisor


def _weighted_gradient(
    model: nn.Module,
    task: Task,
    examples: Examples,
    chosen: Tensor,
    weights: Tensor,
    micro_batch: int,
    precision: Precision,
) -> Gradients:
    model.zero_grad(set_to_none=True)
    device = next(model.parameters()).device
    for part, weight in zip(torch.split(chosen, micro_batch), torch.split(weights, micro_batch), strict=True):
        if len(part):
            with computing_in(precision, device):
                losses = task.per_example_loss(model, examples.batch(part, device))
            torch.sum(losses * weight.to(device)).backward()  # type: ignore[no-untyped-call]
    return {
        name: torch.zeros_like(parameter) if parameter.grad is None else parameter.grad.detach().clone()
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }

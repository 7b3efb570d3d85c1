"""The pre-flight of a study: its own model and loss, on synthetic inputs, before any private step."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from cloister.client.model_to_train import model_to_train
from cloister.privacy.computing_device import CPU, computing_on
from cloister.privacy.patient_gradients import is_out_of_memory
from cloister.privacy.preflight import Crowd, PreflightReport, preflight
from cloister.study.errors import CloisterError, ModelMismatchError, UnsafeGradientsError
from cloister.study.schema import DpSgd, Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.examples import Batch
from cloister.tasks.task import Task

_EXAMPLES_OF_PATIENTS = (1, 1, 2, 4)
"""Unequally many: a patient's mean is something else than the batch's. The first has the longest text for itself."""

_FEWEST_OF_CROWD = 4


def preflight_study(study: Study, base: Path | None, device: torch.device = CPU) -> PreflightReport:
    """Check that a study's per-patient gradients are right, and find the fastest engine that takes them.

    Args:
        study: the study.
        base: its base folder, if it has one.
        device: where it is to be trained.

    Raises:
        UnsafeGradientsError: no engine gives right per-patient gradients; names the module and the remedy.
        ModelMismatchError: the model cannot be built, or does not take inputs as large as the study allows.
        StudyError: the model or the device cannot do what `training` asks for.
        InputError: the device's memory does not suffice.
    """
    task = task_of(study)
    if task.couples_patients:
        raise UnsafeGradientsError(
            f"task.name = {study.task.name!r}: the loss of one patient depends on the others.",
            "Use a task whose loss is each patient's own, or privacy.mechanism = 'none' on public data.",
        )
    model = model_to_train(study, base)
    batch = task.synthetic_batch(model, sum(_EXAMPLES_OF_PATIENTS), study.seeds.model)
    _check_size(task, model, batch)
    model.train()
    owners = torch.arange(len(_EXAMPLES_OF_PATIENTS)).repeat_interleave(torch.tensor(_EXAMPLES_OF_PATIENTS))
    clipping = study.privacy.clipping if isinstance(study.privacy, DpSgd) else "flat"
    with computing_on(device, model):
        return preflight(
            model,
            task.per_example_loss,
            batch,
            owners,
            len(_EXAMPLES_OF_PATIENTS),
            clipping=clipping,
            precision=study.training.precision,
            crowd=_crowd(study, task, model),
        )


def _crowd(study: Study, task: Task, model: nn.Module) -> Crowd:
    """As many patients as a micro-batch takes, and a few where it takes one or two."""
    training = study.training
    patients = max(training.micro_batch, _FEWEST_OF_CROWD)
    batch = task.synthetic_batch(model, patients, study.seeds.model)
    return Crowd(batch, training.micro_batch, training.batch_divisor or patients)


def _check_size(task: Task, model: nn.Module, batch: Batch) -> None:
    """Refuse a model that the largest example is too large for; on the CPU, since a GPU stops for good at such errors.

    Raises:
        ModelMismatchError: it is.
    """
    try:
        with torch.no_grad():
            task.per_example_loss(model.eval(), {name: values[:1] for name, values in batch.items()})
    except Exception as problem:  # a checkpoint's settings make its code raise anything
        if isinstance(problem, CloisterError) or is_out_of_memory(problem):
            raise
        raise ModelMismatchError(
            f"The model fails on the largest example that the study allows ({type(problem).__name__}).",
            "Lower task.model.max_tokens to the places for words that its config.json speaks of, or correct that.",
        ) from None

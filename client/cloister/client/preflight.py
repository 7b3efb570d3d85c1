"""The pre-flight of a study: its own model and loss, on synthetic inputs, before any private step."""

from __future__ import annotations

from pathlib import Path

import torch

from cloister.client.model_to_train import model_to_train
from cloister.privacy.computing_device import CPU, computing_on
from cloister.privacy.preflight import PreflightReport, preflight
from cloister.study.errors import UnsafeGradientsError
from cloister.study.schema import DpSgd, Study
from cloister.tasks.catalogue import task_of

_EXAMPLES_OF_PATIENTS = (1, 2, 2, 3)
"""Unequally many: a patient's mean is something else than the batch's."""


def preflight_study(study: Study, base: Path | None, device: torch.device = CPU) -> PreflightReport:
    """Check that a study's per-patient gradients are right, and find the fastest engine that takes them.

    Args:
        study: the study.
        base: its base folder, if it has one.
        device: where it is to be trained.

    Raises:
        UnsafeGradientsError: no engine gives right per-patient gradients; names the module and the remedy.
        ModelMismatchError: the model cannot be built.
        StudyError: the model or the device cannot do what `training` asks for.
        InputError: the device's memory does not suffice.
    """
    task = task_of(study)
    if task.couples_patients:
        raise UnsafeGradientsError(
            f"task.name = {study.task.name!r}: the loss of one patient depends on the others.",
            "Use a task whose loss is each patient's own, or privacy.mechanism = 'none' on public data.",
        )
    model = model_to_train(study, base).train()
    batch = task.synthetic_batch(model, sum(_EXAMPLES_OF_PATIENTS), study.seeds.model)
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
        )

"""The model of a study as a site trains it, and as the pre-flight checks it: the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cloister.privacy.activation_checkpointing import checkpoint_activations
from cloister.privacy.uncoupled import uncouple_patients
from cloister.tasks.catalogue import task_of

if TYPE_CHECKING:
    from torch import nn

    from cloister.study.schema import Study


def model_to_train(study: Study, base: Path | None) -> nn.Module:
    """The model with its first weights, which the coordinator's replace in every round.

    In a private study it has no dropout, and its batch norms keep to the base's statistics (see `uncoupled`).

    Args:
        study: the study.
        base: its base folder, if it has one.

    Raises:
        ModelMismatchError: the model cannot be built.
        StudyError: it cannot compute its activations again, as the study asks.
    """
    model = task_of(study).build_model(base, study.seeds.model)
    if study.is_private:
        uncouple_patients(model)
    if study.training.activation_checkpointing:
        checkpoint_activations(model)
    return model

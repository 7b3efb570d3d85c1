"""Canary patients: invented patients, put among the others by secret coins, whom an auditor then looks for.

A canary is as strong as the clipping allows: its gradient is far longer than the clipping norm and points along a
coordinate of its own, which no other patient's gradient touches (the Dirac canaries of Steinke et al. 2023, section 6).
For that, the model under audit gets one parameter more for each canary, and a canary's loss is a multiple of its
parameter. Everything else (sampling, gradients, clipping, noise, optimizer) is what it is in any training.

Canaries whose coin shows tails are not in the data at all. What the audit sees is how parameters move, so it
finds faults of sampling, clipping, noise and accounting, whatever the model; whether the gradients of the model's own
layers are right is for the pre-flight to find.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cloister.privacy.patient_gradients import Batch, PerExampleLoss
from cloister.privacy.randomness import RandomStream
from cloister.study.errors import InputError

COLUMN = "canary"
"""The batch column that holds a row's canary, or `NOBODY` in the rows of the other patients."""
NOBODY = -1
PARAMETER = "canaries.weight"
"""Of shape (canaries, 1): each canary's coordinate."""
_PULL = 1e4
"""Length of a canary's gradient before clipping: above any clipping norm that a study would use."""


@dataclass(frozen=True)
class Canaries:
    """Canary patients and their coins.

    Attributes:
        included: (canaries,) bool: who takes part. The auditor's secret until the guesses are made.
    """

    included: NDArray[np.bool_]

    @classmethod
    def toss(cls, count: int, random: RandomStream | None = None) -> Canaries:
        """Toss a fair coin for each of `count` canaries.

        Args:
            count: at least 1.
            random: where the coins come from; the operating system if absent.

        Raises:
            InputError: there are none.
        """
        if count < 1:
            raise InputError(f"{count} canaries: at least one is needed.", "Use a thousand or more.")
        stream = RandomStream.from_system() if random is None else random
        return cls(stream.uniform(count) < 0.5)

    @property
    def count(self) -> int:
        """How many coins were tossed."""
        return len(self.included)

    def join(
        self, columns: Mapping[str, torch.Tensor], patient_keys: Sequence[str], records: int
    ) -> tuple[dict[str, torch.Tensor], list[str]]:
        """A dataset with the included canaries as further patients.

        Args:
            columns: tensors (rows, ...) of the other patients; at least one row.
            patient_keys: the patient of each of their rows.
            records: rows of each canary: several, to find clipping by record instead of by patient.

        Returns:
            The columns, `COLUMN` among them, and the patient of each row. In the other columns a canary's rows repeat
            the first row; its loss does not depend on them.

        Raises:
            InputError: there is no row to repeat.
        """
        if not patient_keys:
            raise InputError("there are no patients to hide canaries among.", "Give at least one row.")
        chosen = torch.from_numpy(np.repeat(np.flatnonzero(self.included), records))
        rows = torch.cat([torch.arange(len(patient_keys)), torch.zeros(len(chosen), dtype=torch.int64)])
        joined = {name: values[rows] for name, values in columns.items()}
        joined[COLUMN] = torch.cat([torch.full((len(patient_keys),), NOBODY), chosen])
        return joined, [*patient_keys, *(f"canary-{canary}" for canary in chosen.tolist())]


class CanaryModel(nn.Module):
    """A model with one parameter more for each canary, zero at first."""

    def __init__(self, model: nn.Module, canaries: int) -> None:
        super().__init__()
        self.model = model
        self.canaries = nn.Embedding(canaries, 1)
        nn.init.zeros_(self.canaries.weight)


def canary_loss(per_example_loss: PerExampleLoss) -> PerExampleLoss:
    """The loss of patients and canaries together, for a `CanaryModel` around the model of `per_example_loss`."""

    def losses(model: nn.Module, batch: Batch) -> torch.Tensor:
        assert isinstance(model, CanaryModel)  # noqa: S101 - a caller's mistake, not an input
        canary = batch[COLUMN]
        of_patients = per_example_loss(model.model, {name: batch[name] for name in batch if name != COLUMN})
        of_canaries = _PULL * model.canaries(canary.clamp(min=0))[:, 0]
        return torch.where(canary == NOBODY, of_patients, of_canaries)

    return losses

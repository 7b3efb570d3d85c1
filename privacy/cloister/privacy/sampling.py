"""Poisson sampling of patients: one coin per patient and step.

The accountant assumes that each patient joins each step independently with the stated probability. Nothing else is
sampled here: no shuffling, no fixed batch size, no example on its own. An empty draw is a draw like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from cloister.privacy.randomness import RandomStream
from cloister.study.errors import DataError, InputError


@dataclass(frozen=True)
class Draw:
    """Who and what joins one step.

    Attributes:
        examples: (n,) int64, rows of the dataset, grouped by patient.
        patient_index: (n,) int64, the patient of each of these rows, in 0 .. patients - 1.
        patients: how many patients were drawn; possibly none.
    """

    examples: torch.Tensor
    patient_index: torch.Tensor
    patients: int


class PoissonPatientSampler:
    """Draws patients for one step after another.

    Args:
        patient_of_example: the patient key of every row of the dataset, in the dataset's order.
        sample_rate: probability that a patient joins a step, in (0, 1].
        max_examples_per_patient: of a patient with more rows, this many are drawn anew at each step, uniformly and
            without replacement. It bounds work, not privacy: a patient's gradient is a mean over drawn rows.
        random: where the coins come from; the operating system if absent.

    Raises:
        DataError: a row has no patient.
        InputError: a number is impossible.
    """

    def __init__(
        self,
        patient_of_example: Sequence[str],
        *,
        sample_rate: float,
        max_examples_per_patient: int,
        random: RandomStream | None = None,
    ) -> None:
        if not 0 < sample_rate <= 1:
            raise InputError(f"sample_rate = {sample_rate}: not in (0, 1].", "Correct training.sample_rate.")
        if max_examples_per_patient < 1:
            raise InputError(
                f"max_examples_per_patient = {max_examples_per_patient}: must be at least 1.",
                "Correct training.max_examples_per_patient.",
            )
        self._rows = _rows_by_patient(patient_of_example)
        self._sample_rate = sample_rate
        self._most = max_examples_per_patient
        self._random = RandomStream.from_system() if random is None else random

    @property
    def patients(self) -> int:
        """How many patients the dataset has."""
        return len(self._rows)

    def draw(self) -> Draw:
        """Toss every patient's coin once."""
        joined = np.flatnonzero(self._random.uniform(len(self._rows)) < self._sample_rate)
        rows = [self._some_rows(self._rows[patient]) for patient in joined]
        counts = [len(chosen) for chosen in rows]
        return Draw(
            examples=torch.from_numpy(np.concatenate([*rows, np.empty(0, dtype=np.int64)])),
            patient_index=torch.from_numpy(np.repeat(np.arange(len(rows), dtype=np.int64), counts)),
            patients=len(rows),
        )

    def _some_rows(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        if len(rows) <= self._most:
            return rows
        # The positions of the smallest of independent uniform numbers are a uniform subset.
        chosen = np.argpartition(self._random.uniform(len(rows)), self._most - 1)[: self._most]
        return rows[np.sort(chosen)]


def _rows_by_patient(patient_of_example: Sequence[str]) -> list[NDArray[np.int64]]:
    rows: dict[str, list[int]] = {}
    for row, patient in enumerate(patient_of_example):
        if not isinstance(patient, str) or not patient:
            raise DataError(
                f"row {row}: patient_key = {patient!r}: every example needs its patient.",
                "Run the de-identification again: it gives every row a patient key or quarantines it.",
            )
        rows.setdefault(patient, []).append(row)
    return [np.asarray(found, dtype=np.int64) for found in rows.values()]

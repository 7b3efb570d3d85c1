"""Micro-batches that end where a patient ends.

A step's examples are put in an order that keeps each patient's together, patients with equally many next to one
another. Neighbours with equal counts form a *run*, in which every tensor (examples, ...) is, without copying, a tensor
(patients, examples of each, ...). A patient is never divided among micro-batches, unless it alone has more examples
than fit; such a patient is alone in its micro-batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import torch


@dataclass(frozen=True)
class Run:
    """Neighbouring patients with equally many examples.

    Attributes:
        examples: their rows within the micro-batch.
        patients: their numbers within the micro-batch.
        count: how many examples each has.
    """

    examples: slice
    patients: slice
    count: int


@dataclass(frozen=True, eq=False)
class MicroBatch:
    """Complete patients that go through the model together.

    Attributes:
        rows: (examples,) rows of the step's batch, patient after patient.
        counts: how many of them each patient has, not falling.
    """

    rows: torch.Tensor
    counts: tuple[int, ...]

    @property
    def examples(self) -> int:
        """How many examples."""
        return len(self.rows)

    @property
    def patients(self) -> int:
        """How many patients."""
        return len(self.counts)

    @cached_property
    def patient_of_example(self) -> torch.Tensor:
        """(examples,) each example's patient, 0 .. patients - 1."""
        return torch.repeat_interleave(torch.tensor(self.counts))

    @cached_property
    def shares(self) -> torch.Tensor:
        """(examples,) each example's weight in its patient's mean."""
        return 1.0 / torch.tensor(self.counts)[self.patient_of_example]

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The runs, in order; together they are the micro-batch."""
        found, example, patient = [], 0, 0
        for count, equal in groupby(self.counts):
            patients = len(list(equal))
            examples = patients * count
            found.append(Run(slice(example, example + examples), slice(patient, patient + patients), count))
            example, patient = example + examples, patient + patients
        return tuple(found)


class PatientQueue:
    """A step's patients, waiting to go through the model."""

    def __init__(self, patient_index: torch.Tensor) -> None:
        """Args: patient_index: (examples,) integers, each example's patient."""
        counts = torch.bincount(patient_index)
        # By count, then by patient: one key, so that a single stable sort does both.
        order = torch.argsort(counts[patient_index] * len(counts) + patient_index, stable=True)
        self._rows = order
        self._counts = sorted(int(count) for count in counts if count)

    def __bool__(self) -> bool:
        return bool(self._counts)

    def next(self, examples: int) -> MicroBatch:
        """The next patients that together have at most `examples`, but at least one patient. They stay in the queue."""
        patients, taken = 1, self._counts[0]
        while patients < len(self._counts) and taken + self._counts[patients] <= examples:
            taken += self._counts[patients]
            patients += 1
        return MicroBatch(self._rows[:taken], tuple(self._counts[:patients]))

    def done(self, micro_batch: MicroBatch) -> None:
        """The patients of `micro_batch`, the last that `next` gave, leave the queue."""
        self._rows = self._rows[micro_batch.examples :]
        self._counts = self._counts[micro_batch.patients :]

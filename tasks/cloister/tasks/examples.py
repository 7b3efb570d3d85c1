"""A dataset's examples in memory, ready for a model, each belonging to a patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from cloister.study.errors import DataError

Batch = Mapping[str, Tensor]
"""Named tensors whose first dimension is the example."""


@dataclass(frozen=True)
class Examples:
    """All examples of a dataset.

    Args:
        columns: named tensors of shape (examples, ...).
        patient_index: shape (examples,), int64: which of `patients` an example belongs to.
        patients: the patients' keys, each once, in the order of the dataset: an order by key would depend on the key.
        sites: for a held-out set drawn from several sites, each example's site; empty otherwise.
    """

    columns: Mapping[str, Tensor]
    patient_index: Tensor
    patients: tuple[str, ...]
    sites: tuple[str, ...] = ()

    @classmethod
    def of(cls, columns: Mapping[str, Tensor], patient_keys: Sequence[str], sites: Sequence[str] = ()) -> Examples:
        """Group examples by their patient key.

        Raises:
            DataError: a patient key is missing.
        """
        if not all(isinstance(key, str) and key for key in patient_keys):
            raise DataError(
                "An example has no patient key.", "Run the de-identification again; it writes a key in every row."
            )
        patients = tuple(dict.fromkeys(patient_keys))
        position = {patient: index for index, patient in enumerate(patients)}
        index = torch.tensor([position[key] for key in patient_keys], dtype=torch.int64)
        return cls(columns, index, patients, tuple(sites))

    def __len__(self) -> int:
        return len(self.patient_index)

    def batch(self, indices: Tensor, device: torch.device | str = "cpu") -> Batch:
        """The examples at `indices`, on a device."""
        return {name: column[indices].to(device) for name, column in self.columns.items()}

    def of_patients(self, wanted: Sequence[int]) -> Tensor:
        """The indices of all examples of the patients at the positions `wanted`."""
        return torch.isin(self.patient_index, torch.tensor(list(wanted), dtype=torch.int64)).nonzero().flatten()

    @property
    def patient_keys(self) -> list[str]:
        """Each example's patient key."""
        return [self.patients[index] for index in self.patient_index.tolist()]

    @staticmethod
    def join(parts: Sequence[Examples]) -> Examples:
        """The examples of several datasets together. Equal patient keys are one patient.

        Raises:
            DataError: there is nothing to join.
        """
        if not parts:
            raise DataError("There are no examples to join.", "Name at least one dataset.")
        names = parts[0].columns.keys()
        columns = {name: torch.cat([part.columns[name] for part in parts]) for name in names}
        keys = [key for part in parts for key in part.patient_keys]
        return Examples.of(columns, keys, [site for part in parts for site in part.sites])

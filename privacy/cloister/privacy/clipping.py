"""Clipping: every patient's gradient is shortened to a norm, and the shortened ones are added up.

    flat:       sum over patients j of  g_j min(1, C / |g_j|),            |.| over all parameters together
    per-layer:  the same for each layer k by itself, with norm C / sqrt(K) for each of the K layers

Either way one patient more or less changes the whole sum by at most C: in the second, by at most
sqrt(K (C / sqrt(K))^2) = C (McMahan et al. 2018, arXiv 1812.06210). The sensitivity follows from the clip and is never
given beside it. A layer is a module that owns trainable parameters.

A patient whose gradient is not finite contributes zero (its gradient is replaced: zero times NaN is NaN).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import torch

from cloister.study.schema import Clipping


class PatientGradients(Protocol):
    """The mean gradients of some complete patients, in whatever form an engine keeps them."""

    def squared_norms(self) -> dict[str, torch.Tensor]:
        """For every trainable parameter, (patients,) float64: the squared norm of each patient's gradient."""
        ...

    def weighted_sum(self, weights: Mapping[str, torch.Tensor], absent: torch.Tensor | None) -> dict[str, torch.Tensor]:
        """The sum over patients of weight times gradient. Called once, last: what was kept is freed on the way.

        Args:
            weights: for every trainable parameter, (patients,) float32.
            absent: (patients,) bool: patients whose gradient is to be read as zero, even if it is NaN.

        Returns:
            For every trainable parameter a tensor of its shape, at least float32.
        """
        ...


class InstantiatedGradients:
    """Patients' gradients as they are: for every parameter a tensor (patients, *parameter.shape)."""

    def __init__(self, rows: dict[str, torch.Tensor]) -> None:
        self._rows = rows

    def squared_norms(self) -> dict[str, torch.Tensor]:
        """See `PatientGradients`."""
        return {name: squared_norms_of_rows(rows) for name, rows in self._rows.items()}

    def weighted_sum(self, weights: Mapping[str, torch.Tensor], absent: torch.Tensor | None) -> dict[str, torch.Tensor]:
        """See `PatientGradients`."""
        return {name: weighted_sum_of_rows(self._rows.pop(name), weights[name], absent) for name in list(self._rows)}


def squared_norms_of_rows(rows: torch.Tensor) -> torch.Tensor:
    """(patients,) float64 of a tensor (patients, ...)."""
    norms: torch.Tensor = torch.linalg.vector_norm(rows.flatten(1), dim=1)
    return norms.double() ** 2


def weighted_sum_of_rows(rows: torch.Tensor, weights: torch.Tensor, absent: torch.Tensor | None) -> torch.Tensor:
    """Sum of weight times row; rows of absent patients are zero whatever they hold."""
    flat = rows.flatten(1)
    if absent is not None:
        flat = flat.masked_fill(absent[:, None], 0.0)
    return (weights.to(flat.dtype) @ flat).reshape(rows.shape[1:])


class ClippedTotal:
    """Adds up patients' gradients, each clipped by its own norm.

    Args:
        parameters: the trainable ones, by name.
        max_grad_norm: the clipping norm C.
        clipping: whether C bounds all parameters together or is divided among the layers.
    """

    def __init__(self, parameters: Mapping[str, torch.Tensor], max_grad_norm: float, clipping: Clipping) -> None:
        layers = [name.rpartition(".")[0] if clipping == "per-layer" else "" for name in parameters]
        self._layer_of = dict(zip(parameters, layers, strict=True))
        self._norm_of_layer = max_grad_norm / max(len(set(layers)), 1) ** 0.5
        self._parameters = parameters
        self._sums: dict[str, torch.Tensor] = {}
        self.clipped = 0
        self.non_finite = 0

    @property
    def gradients(self) -> dict[str, torch.Tensor]:
        """The sum so far, for every trainable parameter, at least float32."""
        return {
            name: self._sums[name] if name in self._sums else _zeros(parameter)
            for name, parameter in self._parameters.items()
        }

    def add(self, patients: PatientGradients) -> None:
        """Add complete patients: all of them, or, if an exception comes out (such as of memory), none."""
        with torch.no_grad():
            weights, shortened, absent = self._weights(patients.squared_norms())
            nobody_absent = not bool(absent.any())
            sums = patients.weighted_sum(weights, None if nobody_absent else absent)
        for name, value in sums.items():
            if name in self._sums:
                self._sums[name] += value
            else:
                self._sums[name] = value
        self.clipped += int(shortened.sum())
        self.non_finite += int(absent.sum())

    def _weights(
        self, squared_norms: Mapping[str, torch.Tensor]
    ) -> tuple[dict[str, torch.Tensor], torch.Tensor, torch.Tensor]:
        """Each patient's factor for every parameter; who is shortened; whose gradient is not finite."""
        squared_of_layer: dict[str, torch.Tensor] = {}
        for name, squared in squared_norms.items():
            layer = self._layer_of[name]
            squared_of_layer[layer] = squared_of_layer[layer] + squared if layer in squared_of_layer else squared
        norms = torch.stack(list(squared_of_layer.values())).clamp(min=0).sqrt()
        absent = ~norms.isfinite().all(dim=0)
        factors = torch.where(absent, 0.0, (self._norm_of_layer / norms).clamp(max=1.0)).float()
        shortened = ((norms > self._norm_of_layer).any(dim=0)) & ~absent
        of_layer = dict(zip(squared_of_layer, factors, strict=True))
        return {name: of_layer[self._layer_of[name]] for name in squared_norms}, shortened, absent


def _zeros(parameter: torch.Tensor) -> torch.Tensor:
    return torch.zeros_like(parameter, dtype=torch.promote_types(parameter.dtype, torch.float32), requires_grad=False)

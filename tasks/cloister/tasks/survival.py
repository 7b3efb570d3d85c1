"""Survival: Cox's proportional hazards (Cox 1972) with a linear risk, on the risk sets within a batch.

A patient's term of the partial likelihood depends on who else is at risk, so the loss couples patients and no
clipping of single gradients can protect one: studies of this task run without differential privacy.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from cloister.study.errors import DataError
from cloister.study.schema import Study
from cloister.tasks.dataset_rows import read_rows
from cloister.tasks.examples import Batch, Examples
from cloister.tasks.models.seeded import seeded
from cloister.tasks.tabular_classification import standardised


class Survival:
    """See the module."""

    couples_patients = True
    needs_base = False

    def __init__(self, study: Study) -> None:
        self.data = study.data
        self.event_column = study.data.event or ""

    def read(self, datasets: Sequence[Path], base: Path | None) -> Examples:  # noqa: ARG002 (the tasks' shape)
        """One example a row: `features` (examples, features), `time` and `event` (examples,).

        Raises:
            DataError: a time is no number, negative or not finite, or an event is neither 0 nor 1.
        """
        rows, _ = read_rows(datasets, "table", ["patient_key", *self.data.columns["table"]])
        time = _times(rows[self.data.label], self.data.label)
        event = _events(rows[self.event_column], self.event_column)
        columns = {"features": standardised(rows, self.data), "time": time, "event": event}
        return Examples.of(columns, rows["patient_key"], rows["site"])

    def build_model(self, base: Path | None, seed: int) -> nn.Module:  # noqa: ARG002 (the tasks' shape)
        """One linear layer with one output, the log hazard ratio."""
        with seeded(seed):
            return nn.Linear(len(self.data.features), 1)

    def synthetic_batch(self, model: nn.Module, examples: int, seed: int) -> Batch:  # noqa: ARG002 (the tasks' shape)
        """Normally distributed features, exponential times, every other event seen."""
        generator = torch.Generator().manual_seed(seed)
        features = torch.randn(examples, len(self.data.features), generator=generator)
        time = torch.empty(examples).exponential_(generator=generator)
        return {"features": features, "time": time, "event": torch.arange(examples) % 2 == 0}

    def per_example_loss(self, model: nn.Module, batch: Batch) -> Tensor:
        """Negative log partial likelihood terms, shape (examples,); zero where censored.

        Ties are broken by order (Breslow's risk set up to and including the row, times falling), as FLamby does.
        """
        risk = model(batch["features"])[:, 0]
        order = torch.argsort(batch["time"], descending=True, stable=True)
        sorted_risk = risk[order]
        # The longest observed has nobody else at risk: a term of exactly zero, which rounding would make a gradient.
        event = batch["event"][order] & (torch.arange(len(order), device=order.device) > 0)
        terms: Tensor = (torch.logcumsumexp(sorted_risk, dim=0) - sorted_risk) * event
        back: Tensor = torch.argsort(order)
        return terms[back]

    def scores(self, model: nn.Module, batch: Batch) -> Tensor:
        """Log hazard ratios, shape (examples,): higher means an earlier event."""
        scores: Tensor = model(batch["features"])[:, 0]
        return scores


def _times(values: Sequence[object], column: str) -> Tensor:
    try:
        time = torch.tensor(values, dtype=torch.float32)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        time = torch.tensor([float("nan")])
    if time.ndim != 1 or not torch.isfinite(time).all() or (time < 0).any():
        raise DataError(
            f"Column {column!r} holds times that are missing, no numbers, negative or not finite.",
            "Correct or drop such rows when the dataset is made.",
        )
    return time


def _events(values: Sequence[object], column: str) -> Tensor:
    """Whether the event was seen. Words are not guessed at: `no` and `alive` are true to Python, nothing is false."""
    for value in values:
        if value not in (0, 1):
            kinds = {type(None): "missing values", str: "text"}
            kind = kinds.get(type(value), f"{type(value).__name__} values other than 0 and 1")
            raise DataError(
                f"Column {column!r} holds {kind}, which do not say whether the event was seen.",
                "Write 1 or true where it was seen and 0 or false where it was not, when the dataset is made.",
            )
    return torch.tensor([bool(value) for value in values])

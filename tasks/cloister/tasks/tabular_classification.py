"""Classification of patients from a table of numeric features, by logistic or softmax regression."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (the name everybody knows)

from cloister.study.errors import DataError
from cloister.study.schema import Data, Study
from cloister.tasks.dataset_rows import Rows, class_indices, read_rows
from cloister.tasks.examples import Batch, Examples
from cloister.tasks.models.seeded import seeded


class TabularClassification:
    """See the module. Two classes share one output (logistic regression), more have one each."""

    couples_patients = False
    needs_base = False

    def __init__(self, study: Study) -> None:
        self.data = study.data
        classes = len(study.data.classes)
        self.outputs = 1 if classes == 2 else classes

    def read(self, datasets: Sequence[Path], base: Path | None) -> Examples:  # noqa: ARG002 (the tasks' shape)
        """One example a row: `features` (examples, features) and `label` (examples,)."""
        rows, _ = read_rows(datasets, "table", ["patient_key", *self.data.columns["table"]])
        label = torch.tensor(class_indices(rows[self.data.label], self.data.classes, self.data.label))
        columns = {"features": standardised(rows, self.data), "label": label}
        return Examples.of(columns, rows["patient_key"], rows["site"])

    def build_model(self, base: Path | None, seed: int) -> nn.Module:  # noqa: ARG002 (the tasks' shape)
        """One linear layer."""
        with seeded(seed):
            return nn.Linear(len(self.data.features), self.outputs)

    def synthetic_batch(self, model: nn.Module, examples: int, seed: int) -> Batch:  # noqa: ARG002 (the tasks' shape)
        """Normally distributed features, labels in turn."""
        generator = torch.Generator().manual_seed(seed)
        features = torch.randn(examples, len(self.data.features), generator=generator)
        return {"features": features, "label": torch.arange(examples) % len(self.data.classes)}

    def per_example_loss(self, model: nn.Module, batch: Batch) -> Tensor:
        """Cross-entropy."""
        logits = model(batch["features"])
        if self.outputs == 1:
            target = batch["label"].to(logits.dtype)
            return F.binary_cross_entropy_with_logits(logits[:, 0], target, reduction="none")
        return F.cross_entropy(logits, batch["label"], reduction="none")

    def scores(self, model: nn.Module, batch: Batch) -> Tensor:
        """Class probabilities, shape (examples, classes)."""
        logits = model(batch["features"])
        if self.outputs == 1:
            positive = torch.sigmoid(logits[:, 0])
            return torch.stack([1 - positive, positive], dim=1)
        return torch.softmax(logits, dim=1)


def standardised(rows: Rows, data: Data) -> Tensor:
    """Features less their public mean, over their public scale: shape (rows, features), float32.

    Raises:
        DataError: a value is missing or not a number, or so large that there is no such float32.
    """
    columns = []
    for feature in data.features:
        try:
            values = torch.tensor(rows[feature.name], dtype=torch.float64)
        except (TypeError, ValueError, OverflowError, RuntimeError):
            values = torch.tensor([float("nan")])
        values = ((values - feature.mean) / feature.scale).float()
        if values.ndim != 1 or not torch.isfinite(values).all():
            raise DataError(
                f"Column {feature.name!r} holds values that are missing or not numbers.",
                "Impute or drop such rows when the dataset is made.",
            )
        columns.append(values)
    return torch.stack(columns, dim=1)

"""The shape that every task has: how to read examples, build a model, and judge it.

A new task is one new file with a class of this shape and one line in `catalogue.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from torch import Tensor, nn

from cloister.tasks.examples import Batch, Examples


class Task(Protocol):
    """One kind of learning problem, configured by a study."""

    couples_patients: bool
    """Whether the loss of one patient depends on the others: such a task cannot be trained privately."""

    needs_base: bool
    """Whether sites need the base model's folder (frozen weights or a tokenizer) to build the model."""

    def read(self, datasets: Sequence[Path], base: Path | None) -> Examples:
        """Read the examples of verified dataset folders.

        Raises:
            DataError: a table, column or value is not what the study's data contract says.
        """
        ...

    def build_model(self, base: Path | None, seed: int) -> nn.Module:
        """The model before the first round: from the base folder, or initialised with `seed`.

        Parameters that the study trains require gradients; all others are frozen.

        Raises:
            ModelMismatchError: the base folder does not fit the study.
        """
        ...

    def synthetic_batch(self, model: nn.Module, examples: int, seed: int) -> Batch:
        """Made-up examples of the right shapes, for the pre-flight."""
        ...

    def per_example_loss(self, model: nn.Module, batch: Batch) -> Tensor:
        """Losses of shape (examples,)."""
        ...

    def scores(self, model: nn.Module, batch: Batch) -> Tensor:
        """What metrics compare: shape (examples, classes) of probabilities; for survival (examples,) of risks."""
        ...

"""What the classification tasks on notes and images share: cross-entropy per example, softmax scores."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (the name everybody knows)


def cross_entropy(output: Any, label: Tensor) -> Tensor:
    """Cross-entropy of each example alone, shape (examples,): no mean over a batch couples patients."""
    return F.cross_entropy(logits_of(output), label, reduction="none")


def probabilities(output: Any) -> Tensor:
    """Class probabilities, shape (examples, classes)."""
    return torch.softmax(logits_of(output), dim=1)


def logits_of(output: Any) -> Tensor:
    """The logits, whether a model returns them bare or in a transformers output object."""
    logits: Tensor = output if isinstance(output, Tensor) else output.logits
    return logits

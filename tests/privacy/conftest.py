"""Models small enough for a brute-force check, with their losses and batches."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from torch import nn

from cloister.privacy.patient_gradients import Batch, PerExampleLoss

torch.set_num_threads(1)


@dataclass(frozen=True)
class Case:
    """A model, its loss, and a batch of examples that belong to patients."""

    model: nn.Module
    loss: PerExampleLoss
    batch: dict[str, torch.Tensor]
    patient_index: torch.Tensor
    patients: int

    def brute_force(self, max_grad_norm: float, without: int | None = None) -> dict[str, torch.Tensor]:
        """The clipped sum by the definition: one example at a time, in float64, with nothing shared."""
        model = copy.deepcopy(self.model).double()
        parameters = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
        total = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
        for patient in range(self.patients):
            rows = [row for row, owner in enumerate(self.patient_index.tolist()) if owner == patient]
            if patient == without or not rows:
                continue
            mean = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
            for row in rows:
                one = {
                    name: value[row : row + 1].double() if value.is_floating_point() else value[row : row + 1]
                    for name, value in self.batch.items()
                }
                found = torch.autograd.grad(self.loss(model, one).sum(), list(parameters.values()), allow_unused=True)
                for name, gradient in zip(parameters, found, strict=True):
                    if gradient is not None:
                        mean[name] += gradient / len(rows)
            norm = sum(float((gradient**2).sum()) for gradient in mean.values()) ** 0.5
            for name, gradient in mean.items():
                total[name] += gradient * min(1.0, max_grad_norm / norm)
        return total


def cross_entropy(model: nn.Module, batch: Batch) -> torch.Tensor:
    return nn.functional.cross_entropy(model(batch["x"]), batch["y"], reduction="none")


def _patients(examples: int, patients: int, generator: torch.Generator) -> torch.Tensor:
    everyone_once = torch.arange(patients)
    rest = torch.randint(patients, (examples - patients,), generator=generator)
    return torch.cat([everyone_once, rest])[torch.randperm(examples, generator=generator)]


def linear() -> Case:
    generator = torch.Generator().manual_seed(1)
    torch.manual_seed(1)
    batch = {
        "x": torch.randn(12, 6, generator=generator) * 3,
        "y": torch.randint(3, (12,), generator=generator),
    }
    return Case(nn.Linear(6, 3).train(), cross_entropy, batch, _patients(12, 5, generator), 5)


def groupnorm_cnn() -> Case:
    generator = torch.Generator().manual_seed(2)
    torch.manual_seed(2)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.GroupNorm(2, 4),
        nn.ReLU(),
        nn.Conv2d(4, 4, 3, stride=2, padding=1),
        nn.GroupNorm(2, 4),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(16, 3),
    )
    batch = {
        "x": torch.randn(10, 1, 8, 8, generator=generator),
        "y": torch.randint(3, (10,), generator=generator),
    }
    return Case(model.train(), cross_entropy, batch, _patients(10, 4, generator), 4)


def bert_lora() -> Case:
    from peft import LoraConfig, get_peft_model
    from transformers import BertConfig, BertForSequenceClassification

    generator = torch.Generator().manual_seed(3)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=50,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=16,
        num_labels=3,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = get_peft_model(
            BertForSequenceClassification(config),
            LoraConfig(r=3, target_modules=["query", "value"], modules_to_save=["classifier"]),
        )
    for name, parameter in model.named_parameters():
        if "lora_B" in name:  # zero at the start, which would hide wrong gradients of lora_A
            nn.init.normal_(parameter, std=0.2, generator=generator)
    lengths = torch.randint(3, 13, (9,), generator=generator)
    batch = {
        "x": torch.randint(1, 50, (9, 12), generator=generator),
        "mask": (torch.arange(12)[None] < lengths[:, None]).long(),
        "y": torch.randint(3, (9,), generator=generator),
    }

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        # Four-dimensional, the mask is used as it is; otherwise transformers looks at its values, which vmap cannot.
        unseen = ((1.0 - batch["mask"].to(next(model.parameters()).dtype)) * -1e9)[:, None, None, :]
        logits = model(input_ids=batch["x"], attention_mask=unseen.expand(-1, 1, unseen.shape[-1], -1)).logits
        return nn.functional.cross_entropy(logits, batch["y"], reduction="none")

    return Case(model.train(), loss, batch, _patients(9, 4, generator), 4)


_CASES: dict[str, Callable[[], Case]] = {"linear": linear, "groupnorm-cnn": groupnorm_cnn, "bert-lora": bert_lora}


@pytest.fixture(params=list(_CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return _CASES[request.param]()


@pytest.fixture
def linear_case() -> Case:
    return linear()


@pytest.fixture
def cnn_case() -> Case:
    return groupnorm_cnn()


@pytest.fixture
def bert_case() -> Case:
    return bert_lora()

"""Audited training, through the site's own trainer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from cloister.client.trainer import PrivateGradient, Streams, train
from cloister.privacy.audit.canaries import Canaries, CanaryModel, canary_loss
from cloister.privacy.audit.canary_scores import CanaryObserver, black_box_scores, white_box_scores
from cloister.privacy.audit.one_run import Audit, audit
from cloister.privacy.patient_gradients import Batch
from cloister.privacy.plan import PrivatePlan
from cloister.privacy.randomness import RandomStream
from cloister.study.schema import Training
from cloister.tasks.examples import Examples

torch.set_num_threads(1)

Audited = Callable[..., dict[str, Audit]]
PATIENTS, FEATURES, DIVISOR = 100, 13, 20.0


def _logistic(model: nn.Module, batch: Batch) -> torch.Tensor:
    return nn.functional.binary_cross_entropy_with_logits(model(batch["x"])[:, 0], batch["y"], reduction="none")


class _Task:
    per_example_loss = staticmethod(canary_loss(_logistic))


@pytest.fixture
def audited() -> Audited:
    """Train a logistic regression with canaries as a site does, and audit it: by every step, and by the last."""

    def run(plan: PrivatePlan, seed: int, *, canaries: int, records: int) -> dict[str, Audit]:
        coins = Canaries.toss(canaries, RandomStream.seeded_for_simulation(seed, "coins"))
        generator = torch.Generator().manual_seed(seed)
        columns = {
            "x": torch.randn(PATIENTS, FEATURES, generator=generator),
            "y": torch.randint(2, (PATIENTS,), generator=generator).float(),
        }
        joined, keys = coins.join(columns, [f"patient-{number}" for number in range(PATIENTS)], records)
        training = Training(
            steps_per_round=plan.steps,
            sample_rate=plan.sample_rate,
            batch_divisor=DIVISOR,
            learning_rate=0.1,
            micro_batch=8192,
        )
        torch.manual_seed(seed)
        model = CanaryModel(nn.Linear(FEATURES, 1), canaries)
        task: Any = _Task()
        streams = Streams.of(seed, "audit")
        source = PrivateGradient(task, Examples.of(joined, keys), training, plan, "book-keeping", streams)
        observer = CanaryObserver(source, DIVISOR / plan.max_grad_norm)
        train(model, observer, steps=plan.steps, optimizer="sgd", learning_rate=0.1)
        return {
            "white box": audit(plan, coins, white_box_scores(observer.observations, plan)),
            "black box": audit(plan, coins, black_box_scores(model)),
        }

    return run

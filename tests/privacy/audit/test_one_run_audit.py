"""The one-run audit of the trainer: silent on the right one, loud on planted bugs.

The claim: epsilon 1.90 at delta 1e-6, for 1,600 steps at sample rate 1/100 and noise multiplier 1.2. By the theorem,
a right engine exceeds its claim in at most 5 % of the audits; the best attack known on it falls far enough below
the claim that this does not happen in practice, so a failure here is a bug and no accident.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from cloister.client import trainer
from cloister.privacy.noise import GaussianNoise
from cloister.privacy.plan import PrivatePlan
from cloister.privacy.sampling import Draw, PoissonPatientSampler

PLAN = PrivatePlan(sample_rate=0.01, noise_multiplier=1.2, max_grad_norm=4.0, steps=1600, delta=1e-6)
DIVISOR = 20.0
CANARIES, RECORDS = 4000, 8


class NoNoise(GaussianNoise):
    def add_to(self, sums: Any, standard_deviation: float) -> Any:  # noqa: ARG002
        return dict(sums)


class NoiseOfAMean(GaussianNoise):
    """Scaled for the mean of the batch, and added to the sum."""

    def add_to(self, sums: Any, standard_deviation: float) -> Any:
        return super().add_to(sums, standard_deviation / DIVISOR)


class NoiseWithoutTheNorm(GaussianNoise):
    """The noise multiplier taken for the standard deviation."""

    def add_to(self, sums: Any, standard_deviation: float) -> Any:
        return super().add_to(sums, standard_deviation / PLAN.max_grad_norm)


class WholeBatches(PoissonPatientSampler):
    def __init__(self, keys: Any, *, sample_rate: float, **others: Any) -> None:
        del sample_rate
        super().__init__(keys, sample_rate=1.0, **others)


class ShuffledOnce:
    """Every patient in one batch of an epoch, and in every epoch in the same one: no coins."""

    def __init__(self, keys: list[str], *, sample_rate: float, max_examples_per_patient: int, random: Any) -> None:
        del max_examples_per_patient
        rows: dict[str, list[int]] = {}
        for row, key in enumerate(keys):
            rows.setdefault(key, []).append(row)
        order = random.uniform(len(rows)).argsort()
        patients = [list(rows.values())[position] for position in order]
        batches = round(1 / sample_rate)
        self._batches = [patients[first::batches] for first in range(batches)]

    def draw(self) -> Draw:
        batch = self._batches.pop(0)
        self._batches.append(batch)
        counts = torch.tensor([len(rows) for rows in batch])
        index = torch.repeat_interleave(torch.arange(len(batch)), counts)
        return Draw(torch.tensor([row for rows in batch for row in rows]), index, len(batch))


def clipping_by_record(*arguments: Any, **options: Any) -> Any:
    model, loss, batch, patient_index, _, norm = arguments
    records = len(patient_index)
    return CLIPPED_SUM(model, loss, batch, torch.arange(records), records, norm, **options)


CLIPPED_SUM: Callable[..., Any] = trainer.clipped_sum  # type: ignore[attr-defined]
BUGS = {
    "no noise": ("GaussianNoise", NoNoise, RECORDS),
    "noise of a mean": ("GaussianNoise", NoiseOfAMean, RECORDS),
    "noise without the norm": ("GaussianNoise", NoiseWithoutTheNorm, RECORDS),
    "clipping by record": ("clipped_sum", clipping_by_record, RECORDS),
    "whole batches": ("PoissonPatientSampler", WholeBatches, 1),
    "shuffled once": ("PoissonPatientSampler", ShuffledOnce, RECORDS),
}


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(20))
def test_the_engine_keeps_its_claim(seed: int, audited: Any) -> None:
    for access, found in audited(PLAN, seed, canaries=CANARIES, records=RECORDS).items():
        assert not found.exceeds_claim, (access, found)


@pytest.mark.heavy
@pytest.mark.parametrize("bug", list(BUGS))
def test_a_planted_bug_is_caught(bug: str, audited: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    name, broken, records = BUGS[bug]
    monkeypatch.setattr(trainer, name, broken)
    found = audited(PLAN, 0, canaries=CANARIES, records=records)["white box"]
    assert found.exceeds_claim, found

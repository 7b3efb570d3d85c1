"""A run with canaries is a run: it is reserved and counts, for the canaries and for everybody beside them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch

from cloister.privacy.accounting import epsilon_of
from cloister.privacy.audit.canaries import Canaries
from cloister.privacy.ledger import Ledger
from cloister.privacy.plan import PrivatePlan
from cloister.study.errors import BudgetExhaustedError
from cloister.study.keys import SiteKey

PLAN = PrivatePlan(sample_rate=0.1, noise_multiplier=2.0, max_grad_norm=1.0, steps=5, delta=1e-5)


def ids(keys: list[str]) -> list[str]:
    return [hashlib.sha256(key.encode()).hexdigest()[:32] for key in dict.fromkeys(keys)]


def reserve(ledger: Ledger, keys: list[str], run: str, budget: float) -> None:
    ledger.reserve(
        study_sha256="a" * 64,
        study_name="heart",
        run_id=run,
        round_number=1,
        dataset=hashlib.sha256(repr(keys).encode()).hexdigest(),
        members=ids(keys),
        mechanism=PLAN.mechanism,
        delta=PLAN.delta,
        max_epsilon_study=budget,
        max_epsilon_lifetime=100.0,
    )


def test_an_audited_run_costs_patients_and_canaries_what_any_run_costs(tmp_path: Path) -> None:
    patients = ["ann", "bob", "cleo"]
    canaries = Canaries(np.array([True, False, True]))
    _, audited = canaries.join({"x": torch.zeros(3, 2)}, patients, records=2)
    once = PLAN.epsilon()
    twice = epsilon_of([PLAN.mechanism] * 2, PLAN.delta)
    with Ledger.create(tmp_path / "ledger.sqlite", SiteKey(bytes(range(32)))) as ledger:
        reserve(ledger, audited, "audit", budget=twice)
        assert ledger.spent(ids(patients)) == ledger.spent(ids(["canary-0"])) == ledger.spent(ids(["canary-2"])) == once
        reserve(ledger, patients, "study", budget=twice)
        assert ledger.spent(ids(patients)) == twice
        assert ledger.spent(ids(["canary-0"])) == once
        with pytest.raises(BudgetExhaustedError):
            reserve(ledger, patients, "study", budget=twice)

"""FedAvg and FedAdam do what their papers say."""

from typing import Any

import numpy as np
import pytest
import torch

from cloister.strategies.catalogue import strategy_of
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import Arrays
from cloister.study.schema import Study


def study(**strategy: Any) -> Study:
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": 3,
            "federation": {"sites": ["north", "south"]},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "none"},
            "strategy": strategy,
        }
    )


def step(settings: Study, model: Arrays, updates: list[Arrays]) -> Arrays:
    strategy = strategy_of(settings, ServerState("", "", 0, model), lambda _: None)
    optimizer: Arrays = {}
    for update in updates:
        model, optimizer = strategy.server_step(model, update, optimizer)
    return model


def test_fedavg_adds_the_update() -> None:
    model = {"w": np.array([1.0, 2.0], np.float32)}
    moved = step(study(name="fedavg", server_learning_rate=0.5), model, [{"w": np.array([2.0, -4.0], np.float32)}])
    np.testing.assert_array_equal(moved["w"], [2.0, 0.0])


@pytest.mark.parametrize(("beta_1", "beta_2", "tau"), [(0.9, 0.99, 1e-3), (0.0, 0.999, 1e-2)])
def test_fedadam_is_the_papers_recursion(beta_1: float, beta_2: float, tau: float) -> None:
    """Against the recursion of algorithm 2 written out in float64 with torch."""
    generator = torch.Generator().manual_seed(1)
    updates = [torch.randn(7, generator=generator, dtype=torch.float64) for _ in range(5)]
    x = torch.zeros(7, dtype=torch.float64)
    m, v = torch.zeros_like(x), torch.full_like(x, tau**2)
    for delta in updates:
        m = beta_1 * m + (1 - beta_1) * delta
        v = beta_2 * v + (1 - beta_2) * delta**2
        x = x + 0.1 * m / (v.sqrt() + tau)
    settings = study(name="fedadam", server_learning_rate=0.1, beta_1=beta_1, beta_2=beta_2, tau=tau)
    arrays: list[Arrays] = [{"w": delta.numpy().astype(np.float32)} for delta in updates]
    moved = step(settings, {"w": np.zeros(7, np.float32)}, arrays)
    np.testing.assert_allclose(moved["w"], x.numpy(), rtol=1e-5, atol=1e-7)

"""The coordinator's optimizers do what their papers say."""

from collections.abc import Callable
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


def test_fedavgm_is_momentum_sgd_on_the_mean_update() -> None:
    """torch's SGD descends, so its gradient is the negative update."""
    generator = torch.Generator().manual_seed(2)
    updates = [torch.randn(5, generator=generator) for _ in range(4)]
    weights = torch.zeros(5, requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=0.3, momentum=0.8)
    for update in updates:
        weights.grad = -update
        optimizer.step()
    settings = study(name="fedavgm", server_learning_rate=0.3, beta_1=0.8)
    moved = step(settings, {"w": np.zeros(5, np.float32)}, [{"w": update.numpy()} for update in updates])
    np.testing.assert_allclose(moved["w"], weights.detach().numpy(), rtol=1e-5, atol=1e-7)


SECOND_MOMENTS: dict[str, Callable[[float, torch.Tensor, torch.Tensor], torch.Tensor]] = {
    "fedadam": lambda beta, v, d: beta * v + (1 - beta) * d**2,
    "fedyogi": lambda beta, v, d: v - (1 - beta) * d**2 * torch.sign(v - d**2),
    "fedadagrad": lambda _beta, v, d: v + d**2,
}


@pytest.mark.parametrize("name", sorted(SECOND_MOMENTS))
@pytest.mark.parametrize(("beta_1", "beta_2", "tau"), [(0.9, 0.99, 1e-3), (0.0, 0.999, 1e-2)])
def test_adaptive_strategies_are_the_papers_recursions(name: str, beta_1: float, beta_2: float, tau: float) -> None:
    """Against algorithm 2 written out in float64 with torch."""
    generator = torch.Generator().manual_seed(1)
    updates = [torch.randn(7, generator=generator, dtype=torch.float64) for _ in range(5)]
    x = torch.zeros(7, dtype=torch.float64)
    m, v = torch.zeros_like(x), torch.full_like(x, tau**2)
    for delta in updates:
        m = beta_1 * m + (1 - beta_1) * delta
        v = SECOND_MOMENTS[name](beta_2, v, delta)
        x = x + 0.1 * m / (v.sqrt() + tau)
    second = {} if name == "fedadagrad" else {"beta_2": beta_2}
    settings = study(name=name, server_learning_rate=0.1, beta_1=beta_1, tau=tau, **second)
    arrays: list[Arrays] = [{"w": delta.numpy().astype(np.float32)} for delta in updates]
    moved = step(settings, {"w": np.zeros(7, np.float32)}, arrays)
    np.testing.assert_allclose(moved["w"], x.numpy(), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("strategy", [{"name": "fedprox"}, {"name": "fedavg", "proximal_mu": 0.1}])
def test_the_proximal_weight_belongs_to_fedprox(strategy: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="give both or neither"):
        study(**strategy)

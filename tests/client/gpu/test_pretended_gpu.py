"""The pretended GPU is as strict as a real one: whatever passes on it has moved what it computes with."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

X = torch.arange(6.0).reshape(2, 3)
ROWS = torch.tensor([1, 0])
MISPLACED: dict[str, Callable[[Tensor], Any]] = {
    "sum": lambda x: x + X,
    "product": lambda x: x @ X.T,
    "scalar in a product of matrices": lambda x: torch.addmm(torch.tensor(1.0), x, x.T),
    "concatenation": lambda x: torch.cat([x, X]),
    "stack": lambda x: torch.stack([X, x]),
    "choice by a mask": lambda x: torch.where(X > 2, x, 0.0),
    "mask": lambda x: x.masked_fill(X > 2, 0.0),
    "added rows": lambda x: x.index_add(0, ROWS, x),
    "selected rows": lambda x: x.index_select(0, ROWS),
    "rows of the CPU's": lambda x: X[ROWS.to(x.device)],
    "written into the CPU's": lambda x: torch.zeros(2, 3).index_put_((ROWS,), x),
    "layer": lambda x: nn.Linear(3, 2).to(x.device)(X),
    "layer left behind": lambda x: nn.Linear(3, 2)(x),
    "embedding": lambda x: nn.Embedding(3, 2).to(x.device)(ROWS),
    "loss": lambda x: nn.functional.cross_entropy(x, ROWS, reduction="none"),
    "gradient": lambda x: setattr(nn.Parameter(x), "grad", X),
    "as NumPy's": lambda x: x.numpy(),
}
PLACED: dict[str, Callable[[Tensor], Tensor]] = {
    "number": lambda x: x * torch.tensor(2.0) + 1,
    "number that is chosen": lambda x: torch.where(x > 2, x, torch.tensor(0.5)),
    "indices": lambda x: x[ROWS],
    "mask as index": lambda x: x[torch.tensor([False, True])],
    "written rows": lambda x: x.clone().index_put_((ROWS,), x),
    "copied in": lambda x: torch.empty_like(x).copy_(X) + x,
    "made there": lambda x: x + torch.ones(3, device=x.device) + torch.arange(3, device=x.device),
    "there and back": lambda x: x.cpu().to(x.device) - x.double().to(torch.float32) / 2,
    "layer": lambda x: nn.LayerNorm(3).to(x.device)(x),
    "in place": lambda x: x.clone().mul_(3).view(3, 2).T.add_(1),
    "another shape in place": lambda x: x.clone().t_().unsqueeze_(0) + x.T,
}


@pytest.mark.parametrize("name", MISPLACED)
def test_what_is_left_on_the_cpu_is_noticed(gpu: torch.device, name: str) -> None:
    with pytest.raises((RuntimeError, TypeError)):
        MISPLACED[name](X.to(gpu))


@pytest.mark.parametrize("name", PLACED)
def test_what_is_placed_right_computes_as_on_the_cpu(gpu: torch.device, name: str) -> None:
    found = PLACED[name](X.to(gpu))
    assert found.device == gpu
    torch.testing.assert_close(found.cpu(), PLACED[name](X))


def test_a_model_learns_as_on_the_cpu(gpu: torch.device) -> None:
    torch.manual_seed(0)
    models = [nn.Linear(3, 2), nn.Linear(3, 2)]
    models[1].load_state_dict(models[0].state_dict())
    for model, device in zip(models, (torch.device("cpu"), gpu), strict=True):
        model.to(device)
        optimizer = torch.optim.Adam(model.parameters(), 0.1)
        for _ in range(3):
            optimizer.zero_grad()
            model(X.to(device)).square().sum().backward()
            optimizer.step()
        assert {parameter.device for parameter in model.parameters()} == {device}
        model.to("cpu")
    for here, there in zip(*(model.parameters() for model in models), strict=True):
        torch.testing.assert_close(there, here)

"""The gradients a site trains with."""

import torch
from torch import Tensor, nn

from cloister.client.trainer import ProximalGradient, train


def test_fedproxs_pull_is_the_gradient_of_its_objective() -> None:
    """Against autograd on loss + mu / 2 |w - w0|^2 (Li et al. 2020, equation 2), over several steps."""
    torch.manual_seed(0)
    inputs, mu = torch.randn(16, 4), 0.3
    ours, theirs = nn.Linear(4, 2), nn.Linear(4, 2)
    theirs.load_state_dict(ours.state_dict())
    start = {name: value.detach().clone() for name, value in theirs.named_parameters()}

    def loss(model: nn.Module) -> Tensor:
        value: Tensor = model(inputs).pow(2).mean()
        return value

    def plain(model: nn.Module) -> dict[str, Tensor]:
        names, values = zip(*model.named_parameters(), strict=True)
        return dict(zip(names, torch.autograd.grad(loss(model), values), strict=True))

    train(ours, ProximalGradient(plain, ours, mu), steps=5, optimizer="sgd", learning_rate=0.5)
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.5)
    for _ in range(5):
        optimizer.zero_grad()
        pull = sum((value - start[name]).pow(2).sum() for name, value in theirs.named_parameters())
        torch.autograd.backward(loss(theirs) + mu / 2 * pull)
        optimizer.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other)

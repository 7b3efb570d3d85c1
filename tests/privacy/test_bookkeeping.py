"""Book-keeping layer by layer: kinds of layers, ways to the norm, shared weights, checkpointing, half precision."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.checkpoint import checkpoint

from cloister.privacy.bookkeeping import book
from cloister.privacy.patient_gradients import Batch, clipped_sum
from cloister.study.errors import UnsafeGradientsError

OWNERS = torch.tensor([0, 2, 0, 1, 0, 3, 3])
PATIENTS = 4


@pytest.fixture(params=["instantiated", "ghost norms"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every matrix by one way to its norm, or by the other."""
    monkeypatch.setattr(book._Memory, "allows", lambda *_, **__: request.param == "instantiated")
    return request.param


by_either_way = pytest.mark.usefixtures("way")


def right_sum(model: nn.Module, loss: Any, batch: Batch, norm: float) -> dict[str, torch.Tensor]:
    """One example at a time, in float64."""
    double = copy.deepcopy(model).double()
    parameters = {name: value for name, value in double.named_parameters() if value.requires_grad}
    total = {name: torch.zeros_like(value) for name, value in parameters.items()}
    for patient in range(PATIENTS):
        rows = torch.nonzero(OWNERS.eq(patient))[:, 0].tolist()
        mean = [torch.zeros_like(value) for value in parameters.values()]
        for row in rows:
            one = {name: values[row][None] for name, values in batch.items()}
            one = {name: value.double() if value.is_floating_point() else value for name, value in one.items()}
            found = torch.autograd.grad(loss(double, one).sum(), list(parameters.values()), allow_unused=True)
            for sum_of, gradient in zip(mean, found, strict=True):
                sum_of += 0 if gradient is None else gradient / len(rows)
        length = float(torch.stack([value.norm() for value in mean]).norm())
        for name, value in zip(parameters, mean, strict=True):
            total[name] += value * min(1.0, norm / length)
    return total


def error(found: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> float:
    assert found.keys() == right.keys()
    difference = torch.stack([(found[name].double() - value).norm() for name, value in right.items()]).norm()
    return float(difference / torch.stack([value.norm() for value in right.values()]).norm())


def summed(model: nn.Module, loss: Any, batch: Batch, norm: float = 0.3, **options: Any) -> dict[str, torch.Tensor]:
    return clipped_sum(model, loss, batch, OWNERS, PATIENTS, norm, engine="book-keeping", **options).gradients


def squares(model: nn.Module, batch: Batch) -> torch.Tensor:
    outputs = model(batch["x"]).flatten(1)
    return torch.tanh(outputs * torch.linspace(0.5, 1.5, outputs.shape[1], dtype=outputs.dtype)).sum(dim=1)


class LayerScale(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.lambda1 = nn.Parameter(torch.linspace(0.5, 1, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.lambda1


def gpt2_projection() -> nn.Module:
    from transformers.pytorch_utils import Conv1D

    return Conv1D(5, 6)


_SEEN = (7, 4, 6)
_IMAGE = (7, 4, 6, 6)
_LAYERS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "linear": (lambda: nn.Linear(6, 5), _SEEN),
    "linear without tokens": (lambda: nn.Linear(6, 5), (7, 6)),
    "linear without bias": (lambda: nn.Linear(6, 5, bias=False), _SEEN),
    "GPT-2's Conv1D": (gpt2_projection, _SEEN),
    "layer norm": (lambda: nn.LayerNorm(6), _SEEN),
    "layer norm over two dimensions": (lambda: nn.LayerNorm((4, 6)), _SEEN),
    "layer norm without bias": (lambda: nn.LayerNorm(6, bias=False), _SEEN),
    "RMS norm": (lambda: nn.RMSNorm(6), _SEEN),
    "layer scale": (lambda: LayerScale(6), _SEEN),
    "group norm": (lambda: nn.GroupNorm(2, 4), _IMAGE),
    "convolution in 1 dimension": (lambda: nn.Conv1d(4, 3, 3, padding=2, dilation=2), _SEEN),
    "convolution in 2 dimensions": (lambda: nn.Conv2d(4, 3, 3, padding=1), _IMAGE),
    "convolution, strided": (lambda: nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(0, 1), bias=False), _IMAGE),
    "convolution, steps that leave a rest": (lambda: nn.Conv2d(4, 3, 3, stride=2), _IMAGE),
    "convolution in groups": (lambda: nn.Conv2d(4, 6, 3, groups=2), _IMAGE),
    "convolution, depthwise": (lambda: nn.Conv2d(4, 4, 3, padding=1, groups=4), _IMAGE),
    "convolution in 3 dimensions": (lambda: nn.Conv3d(2, 3, 2, stride=(1, 2, 1)), (7, 2, 3, 4, 3)),
}


@by_either_way
@pytest.mark.parametrize("name", _LAYERS)
@pytest.mark.parametrize("micro_batch", [64, 3])
def test_every_kind_of_layer(name: str, micro_batch: int) -> None:
    torch.manual_seed(0)
    build, shape = _LAYERS[name]
    model, batch = build().train(), {"x": torch.randn(shape) * 2}
    nn.init.normal_(next(model.parameters()), std=0.5)
    right = right_sum(model, squares, batch, 0.3)
    assert error(summed(model, squares, batch, micro_batch=micro_batch), right) <= 1e-5


@pytest.mark.parametrize("name", _LAYERS)
def test_gradients_flow_on_to_the_layers_below(name: str) -> None:
    torch.manual_seed(0)
    build, shape = _LAYERS[name]
    model = nn.Sequential(LayerScale(shape[-1]), build().requires_grad_(False)).train()
    batch = {"x": torch.randn(shape)}
    assert error(summed(model, squares, batch), right_sum(model, squares, batch, 0.3)) <= 1e-5


@pytest.mark.parametrize("frozen", ["weight", "bias"])
@pytest.mark.parametrize("name", ["linear", "layer norm", "group norm", "convolution in 2 dimensions"])
def test_half_a_layer_may_be_frozen(name: str, frozen: str) -> None:
    torch.manual_seed(0)
    build, shape = _LAYERS[name]
    model, batch = build().train(), {"x": torch.randn(shape)}
    getattr(model, frozen).requires_grad_(False)
    assert error(summed(model, squares, batch), right_sum(model, squares, batch, 0.3)) <= 1e-5


@pytest.mark.parametrize("family", ["Llama", "Gemma", "T5"])
def test_the_rms_norms_of_transformers(family: str) -> None:
    from transformers.models.gemma.modeling_gemma import GemmaRMSNorm
    from transformers.models.llama.modeling_llama import LlamaRMSNorm
    from transformers.models.t5.modeling_t5 import T5LayerNorm

    torch.manual_seed(0)
    kinds: dict[str, Callable[[int], nn.Module]] = {"Llama": LlamaRMSNorm, "Gemma": GemmaRMSNorm, "T5": T5LayerNorm}
    model, batch = nn.Sequential(kinds[family](6), nn.Linear(6, 2)).train(), {"x": torch.randn(_SEEN)}
    # These compute in float32 whatever they are given, the definition's loop included.
    assert error(summed(model, squares, batch), right_sum(model, squares, batch, 0.3)) <= 1e-5


class Language(nn.Module):
    """Token and position embeddings, and an output head that may be the token embedding itself."""

    def __init__(self, *, tied: bool, padding: int | None = None) -> None:
        super().__init__()
        self.tokens = nn.Embedding(9, 6, padding_idx=padding)
        self.positions = nn.Embedding(4, 6)
        self.head = nn.Linear(6, 9, bias=False)
        if tied:
            self.head.weight = self.tokens.weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        states = self.tokens(x) + self.positions(torch.arange(x.shape[1])[None])
        return self.head(torch.tanh(states))


@by_either_way
@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("padding", [None, 3])
def test_embeddings_tied_or_not(tied: bool, padding: int | None) -> None:
    torch.manual_seed(0)
    model = Language(tied=tied, padding=padding).train()
    batch = {"x": torch.randint(9, (7, 4))}
    assert error(summed(model, squares, batch), right_sum(model, squares, batch, 0.3)) <= 1e-5


class Repeated(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(6, 6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(torch.tanh(self.layer(torch.tanh(self.layer(x))))[:, :2])


@by_either_way
def test_uses_of_one_layer_are_added_before_the_norm() -> None:
    torch.manual_seed(0)
    model, batch = Repeated().train(), {"x": torch.randn(_SEEN) * 2}
    assert error(summed(model, squares, batch), right_sum(model, squares, batch, 0.3)) <= 1e-5


class Checkpointed(nn.Module):
    def __init__(self, reentrant: bool) -> None:
        super().__init__()
        self.first, self.second, self.reentrant = nn.Linear(6, 6), nn.Linear(6, 6), reentrant

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        def block(x: torch.Tensor) -> torch.Tensor:
            return torch.tanh(self.second(torch.tanh(self.first(x))))

        result: torch.Tensor = checkpoint(block, x.requires_grad_(), use_reentrant=self.reentrant)
        return result


@by_either_way
@pytest.mark.parametrize("reentrant", [False, True])
def test_activation_checkpointing_changes_nothing(reentrant: bool) -> None:
    torch.manual_seed(0)
    model, batch = Checkpointed(reentrant).train(), {"x": torch.randn(_SEEN)}
    plain = summed(nn.Sequential(model.first, nn.Tanh(), model.second, nn.Tanh()), squares, batch)
    layers = {"0": "first", "2": "second"}
    renamed = {name.replace(name[0], layers[name[0]], 1): value.double() for name, value in plain.items()}
    assert error(summed(model, squares, batch), renamed) <= 1e-6


@by_either_way
def test_one_patient_more_changes_the_sum_by_at_most_the_norm_in_bfloat16(bert_case: Any) -> None:
    """Norm and sum come from the same rounded numbers: half precision costs accuracy, never sensitivity."""
    case = bert_case

    def half(kept: torch.Tensor) -> dict[str, torch.Tensor]:
        batch, index = {name: values[kept] for name, values in case.batch.items()}, case.patient_index[kept]
        return clipped_sum(case.model, case.loss, batch, index, case.patients, 0.2, precision="bfloat16").gradients

    whole = half(case.patient_index >= 0)
    assert {value.dtype for value in whole.values()} == {torch.float32}
    assert error(whole, case.brute_force(0.2)) <= 0.05
    for patient in range(case.patients):
        less = half(case.patient_index != patient)
        change = torch.stack([(whole[name] - less[name]).norm() for name in whole]).norm()
        assert float(change) <= 0.2 * 1.01


@settings(max_examples=30)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=9), st.integers(1, 9), st.booleans(), st.integers(0, 99))
def test_any_grouping_by_either_way(owners: list[int], micro_batch: int, ghost: bool, seed: int) -> None:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 3), nn.LayerNorm(3)).train()
    batch = {"x": torch.randint(5, (len(owners), 3))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book._Memory, "allows", lambda *_, **__: not ghost)
        options: dict[str, Any] = {"micro_batch": micro_batch}
        found = clipped_sum(model, squares, batch, torch.tensor(owners), 4, 0.5, **options)
    right = clipped_sum(model, squares, batch, torch.tensor(owners), 4, 0.5, engine="one-patient")
    assert found.clipped == right.clipped
    assert error(found.gradients, {name: value.double() for name, value in right.gradients.items()}) <= 1e-4


@by_either_way
def test_large_layers_are_unfolded_for_some_patients_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    model, batch = nn.Conv2d(4, 3, 3), {"x": torch.randn(_IMAGE)}
    whole = summed(model, squares, batch)
    monkeypatch.setattr(book, "_LARGEST_TEMPORARY", 1)
    assert error(summed(model, squares, batch), {name: value.double() for name, value in whole.items()}) <= 1e-6


# Refused, by name.


def test_an_unknown_kind_of_layer_is_named() -> None:
    model = nn.Sequential(nn.ConvTranspose2d(4, 3, 3)).train()
    with pytest.raises(UnsafeGradientsError, match=r"module '0' \(ConvTranspose2d\).*\n.*another engine"):
        summed(model, squares, {"x": torch.randn(_IMAGE)})


class Doubled(nn.Linear):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 2 * super().forward(x)


def test_a_subclass_that_computes_something_else_is_not_taken_for_its_base() -> None:
    with pytest.raises(UnsafeGradientsError, match="Doubled"):
        summed(nn.Sequential(Doubled(6, 2)).train(), squares, {"x": torch.randn(_SEEN)})


def test_a_layer_that_sees_something_else_than_examples_is_named() -> None:
    class Packed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(6, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.inner(x.flatten(0, 1)).reshape(len(x), -1)

    with pytest.raises(UnsafeGradientsError, match=r"module 'inner' receives inputs of shape \(28, 6\)"):
        summed(Packed().train(), squares, {"x": torch.randn(_SEEN)})

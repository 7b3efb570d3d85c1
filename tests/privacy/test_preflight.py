"""The pre-flight: right models pass, silently wrong ones fall back, unsafe ones are refused by name."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from cloister.privacy import clipping
from cloister.privacy.patient_gradients import Batch, clipped_sum
from cloister.privacy.preflight import PreflightReport, preflight
from cloister.privacy.uncoupled import uncouple_patients
from cloister.study.errors import InputError, UnsafeGradientsError


def check(case: Any, **changes: Any) -> PreflightReport:
    case = dataclasses.replace(case, **changes)
    return preflight(case.model, case.loss, case.batch, case.patient_index, case.patients)


def cross_entropy(model: nn.Module, batch: Batch) -> torch.Tensor:
    return nn.functional.cross_entropy(model(batch["x"]), batch["y"], reduction="none")


def test_right_models_use_our_engine_and_come_back_to_the_bit(case: Any) -> None:
    before = {name: value.clone() for name, value in case.model.state_dict().items()}
    report = check(case)
    assert (report.engine, report.reason) == ("book-keeping", "")
    assert all(made.passed for made in report.checks)
    after = case.model.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert all(module.training for module in case.model.modules())


def test_dropout_is_refused_until_it_is_switched_off(cnn_case: Any) -> None:
    """Its masks come from one stream: one patient more moves it on for the others."""
    model = nn.Sequential(cnn_case.model, nn.Dropout(0.5)).train()
    with pytest.raises(UnsafeGradientsError, match=r"draws at random in train mode(.|\n)*dropout to 0"):
        check(cnn_case, model=model)
    uncouple_patients(model)
    assert check(cnn_case, model=model).engine == "book-keeping"
    assert model[1].training


class Masking(nn.Module):
    """Dropout that goes by no name."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.dropout(x, 0.1, self.training)


def test_dropout_that_cannot_be_switched_off_is_refused(cnn_case: Any) -> None:
    model = nn.Sequential(cnn_case.model, Masking()).train()
    uncouple_patients(model)
    with pytest.raises(UnsafeGradientsError, match="draws at random in train mode"):
        check(cnn_case, model=model)


def test_a_loss_that_draws_at_random_is_refused(linear_case: Any) -> None:
    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        return cross_entropy(model, {**batch, "x": batch["x"] + torch.randn_like(batch["x"])})

    with pytest.raises(UnsafeGradientsError, match="differ from one time to the next"):
        check(linear_case, loss=loss)


# Refused: what makes patients influence one another.


def test_a_mean_over_all_tokens_of_the_batch_is_refused(linear_case: Any) -> None:
    batch = {**linear_case.batch, "tokens": torch.arange(1, 13) ** 2}

    def token_mean(model: nn.Module, batch: Batch) -> torch.Tensor:
        return cross_entropy(model, batch) * batch["tokens"] / batch["tokens"].sum()

    with pytest.raises(UnsafeGradientsError, match=r"loss function couples examples.*\n.*own number of tokens"):
        check(linear_case, batch=batch, loss=token_mean)


def test_a_class_weighted_mean_is_refused(linear_case: Any) -> None:
    weights = torch.tensor([1.0, 20.0, 3.0])

    def weighted(model: nn.Module, batch: Batch) -> torch.Tensor:
        return cross_entropy(model, batch) * weights[batch["y"]] / weights[batch["y"]].sum()

    with pytest.raises(UnsafeGradientsError, match="loss function couples examples"):
        check(linear_case, loss=weighted)


def test_a_contrastive_loss_is_refused(linear_case: Any) -> None:
    def contrastive(model: nn.Module, batch: Batch) -> torch.Tensor:
        outputs = model(batch["x"])
        return nn.functional.cross_entropy(outputs @ outputs.T, torch.arange(len(outputs)), reduction="none")

    with pytest.raises(UnsafeGradientsError, match="loss function couples examples"):
        check(linear_case, loss=contrastive)


def test_a_loss_that_balances_experts_is_refused(linear_case: Any) -> None:
    """Each example's route is its own; how busy the experts are is everybody's (Shazeer et al. 2017, equation 6)."""

    def balanced(model: nn.Module, batch: Batch) -> torch.Tensor:
        shares = model(batch["x"]).softmax(dim=1)
        return cross_entropy(model, batch) + 0.01 * shares.sum(dim=0).var() / shares.sum(dim=0).mean() ** 2

    with pytest.raises(UnsafeGradientsError, match="loss function couples examples"):
        check(linear_case, loss=balanced)


@pytest.mark.parametrize("frozen", [False, True])
def test_batch_normalisation_in_train_mode_is_refused_even_frozen(cnn_case: Any, frozen: bool) -> None:
    model = nn.Sequential(nn.BatchNorm2d(1), cnn_case.model).train()
    model[0].requires_grad_(not frozen)
    with pytest.raises(UnsafeGradientsError, match=r"'0' \(BatchNorm2d\).*\n.*group or layer normalisation"):
        check(cnn_case, model=model)


def test_batch_normalisation_in_evaluation_mode_is_allowed(cnn_case: Any) -> None:
    model = nn.Sequential(nn.BatchNorm2d(1).requires_grad_(False), cnn_case.model).train()
    model[0].eval()
    report = check(cnn_case, model=model)
    assert report.engine == "book-keeping"
    assert not model[0].training


class Centred(nn.Module):
    """Subtracts the batch's mean, without any parameter or buffer that would give it away."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x - x.mean(dim=0, keepdim=True)


def test_a_module_that_mixes_the_batch_is_refused_by_its_name(linear_case: Any) -> None:
    model = nn.Sequential(nn.Linear(6, 6), Centred(), nn.Linear(6, 3)).train()
    with pytest.raises(UnsafeGradientsError, match="module '1' couples examples"):
        check(linear_case, model=model)


class ReadingBeyond(nn.Module):
    """Reads a text's first word together with the next, whether that is a word, padding, or nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(9, 4)
        self.convolution = nn.Conv1d(4, 4, 3, padding=1)
        self.head = nn.Linear(4, 3)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        return self.head(self.convolution(self.words(words).mT)[:, :, 0])


def test_a_model_that_reads_padding_is_refused_by_its_name(linear_case: Any) -> None:
    """Only one who is alone, or among as short ones, has no padding next to a text of one word."""
    torch.manual_seed(0)

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        longest = int((batch["x"] > 0).sum(dim=1).max())
        return cross_entropy(model, {**batch, "x": batch["x"][:, :longest]})

    words = torch.randint(1, 9, (12, 5))
    words[linear_case.patient_index > 0, 1:] = 0
    batch = {**linear_case.batch, "x": words}
    with pytest.raises(UnsafeGradientsError, match="module 'convolution' couples examples"):
        check(linear_case, model=ReadingBeyond().train(), loss=loss, batch=batch)


class Switching(nn.Module):
    """Remembers that it has seen few examples at once, and computes otherwise from then on."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(6, 3)
        self.way = "for many"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if len(x) < 4:
            self.way = "for few"
        return self.inner(x)


def test_a_model_that_a_batch_changes_is_refused_by_what_changes(linear_case: Any) -> None:
    with pytest.raises(UnsafeGradientsError, match="changes 'way' of module '0'"):
        check(linear_case, model=nn.Sequential(Switching()).train())


class Counting(nn.Module):
    seen: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen += x.detach().sum()
        return x


def test_a_buffer_that_remembers_patients_is_refused_and_put_back(linear_case: Any) -> None:
    counting = Counting()
    model = nn.Sequential(counting, linear_case.model).train()
    with pytest.raises(UnsafeGradientsError, match="module '0' changes its buffer 'seen'"):
        check(linear_case, model=model)
    assert float(counting.seen) == 0.0


def test_a_trainable_parameter_without_influence_is_refused_by_its_name(linear_case: Any) -> None:
    model = nn.Sequential(linear_case.model)
    model.pooler = nn.Linear(3, 3)
    unused = dataclasses.replace(linear_case, model=model.train(), loss=lambda m, b: cross_entropy(m[0], b))
    with pytest.raises(UnsafeGradientsError, match=r"pooler.weight, pooler.bias: trainable.*\n.*Freeze"):
        check(unused)


def test_layers_that_are_each_clipped_to_the_whole_norm_are_refused(
    cnn_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def checked() -> PreflightReport:
        case = cnn_case
        return preflight(case.model, case.loss, case.batch, case.patient_index, case.patients, clipping="per-layer")

    assert checked().engine == "book-keeping"
    begin = clipping.ClippedTotal.__init__

    def shared_wrongly(total: clipping.ClippedTotal, parameters: Any, norm: float, kind: Any) -> None:
        begin(total, parameters, norm, kind)
        total._norm_of_layer = norm

    monkeypatch.setattr(clipping.ClippedTotal, "__init__", shared_wrongly)
    with pytest.raises(UnsafeGradientsError, match=r"one patient changes the sum by at most [12]\.\d+ of the norm"):
        checked()


class Checkpointed(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = checkpoint(self.inner, x.clone().requires_grad_(), use_reentrant=True)
        return result


def test_reentrant_checkpointing_is_allowed_and_gradients_of_others_are_left_alone(linear_case: Any) -> None:
    model = Checkpointed(linear_case.model).train()
    weight = linear_case.model.weight
    weight.grad = torch.ones_like(weight)
    assert check(linear_case, model=model).engine == "book-keeping"
    assert torch.equal(weight.grad, torch.ones_like(weight))


class Renamed(nn.Module):
    """Saves its weight under one name and wants it back under another, as a wrapped model does."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x)

    def _load_from_state_dict(self, state: dict[str, torch.Tensor], *others: Any) -> None:
        for name in list(state):
            state["_module." + name] = state.pop(name)
        super()._load_from_state_dict(state, *others)


def test_parameters_that_would_not_load_again_are_refused(linear_case: Any) -> None:
    with pytest.raises(UnsafeGradientsError, match="saved, but not loaded again"):
        check(linear_case, model=Renamed().train())


@pytest.mark.parametrize("patients", [1, 2])
def test_too_few_patients_cannot_be_told_from_a_coupled_batch(linear_case: Any, patients: int) -> None:
    with pytest.raises(UnsafeGradientsError, match="fewer than 3 patients"):
        check(linear_case, patient_index=torch.arange(12) % patients, patients=patients)


def test_a_scalar_loss_is_refused(linear_case: Any) -> None:
    with pytest.raises(UnsafeGradientsError, match="one loss per example"):
        check(linear_case, loss=lambda model, batch: cross_entropy(model, batch).mean())


# Silently wrong or refused under hooks: made right by our engine, or by the first other engine that is right.


class ChannelsLast(nn.Module):
    """Opacus's gradients of a convolution are wrong for channels-last inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(2, 4, 3)
        self.head = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        images = x.repeat(1, 2, 1, 1).to(memory_format=torch.channels_last)
        return self.head(torch.relu(self.convolution(images)).mean(dim=(2, 3)))


class TwoParents(nn.Module):
    """Registered under two names, a module gets its hooks once per parent."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
        self.blocks = nn.ModuleList([self.first])
        self.head = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(torch.tanh(self.first(x)))


class Windows(nn.Module):
    """Packs windows into the batch dimension, as Swin and SAM do."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(16, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x.reshape(-1, 16)).reshape(len(x), -1, 3).mean(dim=1)


class SharedRows(nn.Module):
    """Adds one row for everybody, as position embeddings do."""

    def __init__(self) -> None:
        super().__init__()
        self.positions = nn.Embedding(4, 64)
        self.head = nn.Linear(64, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(x.flatten(1) + self.positions(torch.arange(4)[None]).sum(dim=1))


class AlsoOfTheModel(nn.Module):
    """Applies a layer to its inputs and to something that is no example, as DeBERTa does."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(64, 3)
        self.register_buffer("relative", torch.linspace(-1, 1, 64)[None])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x.flatten(1)) + self.layer(self.relative)


@pytest.mark.parametrize("kind", [ChannelsLast, TwoParents, SharedRows])
def test_what_hooks_get_wrong_our_engine_gets_right(cnn_case: Any, kind: type[nn.Module]) -> None:
    torch.manual_seed(0)
    case = dataclasses.replace(cnn_case, model=kind().train())
    assert check(case).engine == "book-keeping"
    found = clipped_sum(case.model, case.loss, case.batch, case.patient_index, case.patients, 0.3, micro_batch=4)
    for name, right in case.brute_force(0.3).items():
        assert float((found.gradients[name] - right).norm()) <= 1e-5 * float(right.norm()) + 1e-7, name


@pytest.mark.parametrize("kind", [Windows, AlsoOfTheModel])
def test_modules_that_do_not_see_one_row_per_example_fall_back(cnn_case: Any, kind: type[nn.Module]) -> None:
    torch.manual_seed(0)
    report = check(cnn_case, model=kind().train())
    assert report.engine == "vmap"
    assert "book-keeping: UnsafeGradientsError: module 'layer' receives inputs of shape" in report.reason
    failed = [made.name for made in report.checks if not made.passed]
    assert len(failed) == 2, "the report shows what is wrong with each of the two engines before"
    assert failed[0] == "book-keeping runs"
    assert report.checks[-1].name == "neighbours close (vmap)"


class DependsOnValues(nn.Module):
    """Nothing but a loop over patients takes this: windows, and a forward pass that looks at its inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.windows = Windows()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.windows(x) * (2.0 if bool((x > 1e6).any()) else 1.0)


def test_one_patient_at_a_time_is_the_last_resort(cnn_case: Any) -> None:
    report = check(cnn_case, model=DependsOnValues().train())
    assert report.engine == "one-patient"
    assert [part in report.reason for part in ("book-keeping:", "hooks:", "vmap:")] == [True] * 3


def test_a_wrong_gradient_is_not_hidden_by_an_adapter_that_starts_at_zero(cnn_case: Any) -> None:
    last = nn.Linear(3, 3)
    nn.init.zeros_(last.weight)
    report = check(cnn_case, model=nn.Sequential(AlsoOfTheModel(), last).train())
    assert any(made.name.startswith("hooks agrees") and not made.passed for made in report.checks)


class UsedBehindItsBack(nn.Module):
    """Reads a layer's weight without calling the layer, as fused attention does with its projections."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(64, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x.flatten(1)) + x.flatten(1) @ self.layer.weight.T


def test_a_weight_used_without_its_layer_is_noticed(cnn_case: Any) -> None:
    report = check(cnn_case, model=UsedBehindItsBack().train())
    assert "'layer.weight' is used outside of its module's own forward pass" in report.reason
    assert report.engine == "vmap"


@pytest.mark.parametrize("problem", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_too_little_memory_is_said_and_leaves_the_model_as_it_was(linear_case: Any, problem: Exception) -> None:
    class NoRoom(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = linear_case.model

        def forward(self, _: torch.Tensor) -> torch.Tensor:
            raise problem

    model = NoRoom().train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(InputError, match="memory does not suffice for the pre-flight's 12 examples"):
        check(linear_case, model=model)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())

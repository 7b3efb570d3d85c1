"""The clipped per-patient sum against a brute-force loop in float64, and against what usually breaks it."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cloister.privacy.patient_gradients import ENGINES, Batch, Engine, clipped_sum
from cloister.study.errors import InputError, UnsafeGradientsError

every_engine = pytest.mark.parametrize("engine", ENGINES)


def sum_of(case: Any, norm: float, **options: Any) -> dict[str, torch.Tensor]:
    found = clipped_sum(case.model, case.loss, case.batch, case.patient_index, case.patients, norm, **options)
    return found.gradients


def distance(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> float:
    assert first.keys() == second.keys()
    return float(torch.stack([(first[name].double() - second[name]).norm() for name in first]).norm())


def length(gradients: dict[str, torch.Tensor]) -> float:
    return float(torch.stack([value.double().norm() for value in gradients.values()]).norm())


@every_engine
@pytest.mark.parametrize("norm", [0.05, 1.0, 100.0])
def test_the_sum_is_what_the_definition_says(case: Any, engine: Engine, norm: float) -> None:
    right = case.brute_force(norm)
    found = sum_of(case, norm, engine=engine)
    assert distance(found, right) <= 1e-5 * length(right)
    for name, gradient in right.items():
        assert float((found[name] - gradient).norm()) <= 1e-5 * float(gradient.norm()) + 1e-7 * length(right), name


@every_engine
@pytest.mark.parametrize("micro_batch", [1, 2, 3, 5])
def test_micro_batches_change_nothing_even_if_patients_span_them(case: Any, engine: Engine, micro_batch: int) -> None:
    right = case.brute_force(0.3)
    assert distance(sum_of(case, 0.3, engine=engine, micro_batch=micro_batch), right) <= 1e-5 * length(right)


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=14),
    st.integers(1, 15),
    st.floats(0.01, 20),
    st.sampled_from(ENGINES),
    st.integers(0, 1000),
)
def test_any_grouping_into_patients_gives_the_definitions_sum(
    owners: list[int], micro_batch: int, norm: float, engine: Engine, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(len(owners), 3, generator=generator) * 4
    targets = torch.randn(len(owners), generator=generator)
    model = nn.Linear(3, 1).train()

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        return (model(batch["x"])[:, 0] - batch["y"]) ** 2

    found = clipped_sum(
        model,
        loss,
        {"x": inputs, "y": targets},
        torch.tensor(owners),
        5,
        norm,
        engine=engine,
        micro_batch=micro_batch,
    )
    # By hand: the gradient of (w x + b - y)^2 is 2 (w x + b - y) (x, 1).
    weight, bias = model.weight.detach().double(), model.bias.detach().double()
    residual = 2 * (inputs.double() @ weight[0] + bias - targets.double())
    rows = residual[:, None] * torch.cat([inputs.double(), torch.ones(len(owners), 1)], dim=1)
    means = torch.stack([rows[torch.tensor(owners) == patient].mean(dim=0) for patient in set(owners)])
    factors = (norm / means.norm(dim=1)).clamp(max=1.0)
    right = factors @ means
    ours = torch.cat([found.gradients["weight"][0], found.gradients["bias"]]).double()
    # Relative to what was added up: opposite patients may cancel.
    assert float((ours - right).norm()) <= 1e-5 * float((factors * means.norm(dim=1)).sum()) + 1e-9
    assert found.clipped == int((means.norm(dim=1) > norm).sum())


@every_engine
@pytest.mark.parametrize("norm", [0.1, 0.5, 1.0, 4.0, 16.0])
def test_one_patient_more_changes_the_sum_by_at_most_the_norm(case: Any, engine: Engine, norm: float) -> None:
    whole = sum_of(case, norm, engine=engine)
    for patient in range(case.patients):
        kept = case.patient_index != patient
        batch = {name: values[kept] for name, values in case.batch.items()}
        without = dataclasses.replace(case, batch=batch, patient_index=case.patient_index[kept])
        assert distance(whole, sum_of(without, norm, engine=engine)) <= norm * (1 + 1e-5)


@every_engine
def test_a_patient_with_many_notes_weighs_as_much_as_one_with_a_single_note(linear_case: Any, engine: Engine) -> None:
    once = {name: values[:1] for name, values in linear_case.batch.items()}
    many = {name: values.repeat(50, *[1] * (values.dim() - 1)) for name, values in once.items()}
    single = clipped_sum(linear_case.model, linear_case.loss, once, torch.zeros(1).long(), 1, 0.1, engine=engine)
    fifty = clipped_sum(linear_case.model, linear_case.loss, many, torch.zeros(50).long(), 1, 0.1, engine=engine)
    assert distance(single.gradients, fifty.gradients) <= 1e-6
    assert length(fifty.gradients) <= 0.1 * (1 + 1e-6)


@every_engine
@pytest.mark.parametrize("poison", [float("nan"), float("inf")])
@pytest.mark.parametrize("micro_batch", [2, 64])
def test_a_patient_without_a_finite_gradient_counts_as_absent(
    linear_case: Any, engine: Engine, poison: float, micro_batch: int
) -> None:
    right = linear_case.brute_force(1.0, without=2)
    row = int((linear_case.patient_index == 2).nonzero()[0])
    linear_case.batch["x"][row] = poison
    found = clipped_sum(
        linear_case.model,
        linear_case.loss,
        linear_case.batch,
        linear_case.patient_index,
        linear_case.patients,
        1.0,
        engine=engine,
        micro_batch=micro_batch,
    )
    assert found.non_finite == 1
    assert distance(found.gradients, right) <= 1e-5 * length(right)


@every_engine
def test_a_gradient_too_long_to_measure_counts_as_absent(engine: Engine) -> None:
    batch = {"x": torch.tensor([[1e25, 1e25], [1.0, 2.0]])}
    found = clipped_sum(
        nn.Linear(2, 1).train(), lambda m, b: m(b["x"])[:, 0], batch, torch.tensor([0, 1]), 2, 1.0, engine=engine
    )
    assert found.non_finite == 1
    assert length(found.gradients) == pytest.approx(1.0)


@every_engine
def test_a_parameter_used_twice_is_measured_once(engine: Engine) -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layer(torch.tanh(self.layer(x))).sum(dim=1)

    torch.manual_seed(0)
    model = Twice().train()
    x = torch.randn(1, 4) * 2
    (norm_alone,) = (clipped_sum(model, lambda m, b: m(b["x"]), {"x": x}, torch.tensor([0]), 1, 1e9, engine=engine),)
    (weight, bias) = torch.autograd.grad(model(x).sum(), [model.layer.weight, model.layer.bias])
    right = {"layer.weight": weight.double(), "layer.bias": bias.double()}
    assert distance(norm_alone.gradients, right) <= 1e-5 * length(right)


@every_engine
def test_an_empty_draw_gives_zeros_without_looking_at_the_batch(case: Any, engine: Engine) -> None:
    nobody = torch.zeros(0, dtype=torch.long)
    found = clipped_sum(case.model, case.loss, {}, nobody, 0, 1.0, engine=engine)
    trainable = {name: p for name, p in case.model.named_parameters() if p.requires_grad}
    assert {name: value.shape for name, value in found.gradients.items()} == {n: p.shape for n, p in trainable.items()}
    assert length(found.gradients) == 0.0


def _fingerprint(model: nn.Module) -> list[object]:
    print_of: list[object] = [list(model.state_dict()), [type(module) for module in model.modules()]]
    for module in model.modules():
        hooks = [module._forward_hooks, module._backward_hooks, module._forward_pre_hooks, module._backward_pre_hooks]
        print_of += [sorted(vars(module)), [len(found) for found in hooks], module._is_full_backward_hook]
    for name, parameter in model.named_parameters():
        gradient = None if parameter.grad is None else parameter.grad.clone()
        print_of += [name, sorted(vars(parameter)), parameter.detach().numpy().tobytes(), parameter.requires_grad]
        print_of.append(None if gradient is None else gradient.numpy().tobytes())
    return print_of


@every_engine
def test_the_model_comes_back_as_it_was(case: Any, engine: Engine) -> None:
    next(p for p in case.model.parameters() if p.requires_grad).grad = torch.ones_like(
        next(p for p in case.model.parameters() if p.requires_grad)
    )
    before = _fingerprint(case.model)
    sum_of(case, 1.0, engine=engine)
    assert _fingerprint(case.model) == before


@every_engine
def test_the_model_comes_back_as_it_was_from_a_failure_as_well(cnn_case: Any, engine: Engine) -> None:
    def breaks(model: nn.Module, batch: Batch) -> torch.Tensor:
        model(batch["x"])
        raise RuntimeError("broken")

    before = _fingerprint(cnn_case.model)
    with pytest.raises(RuntimeError, match="broken"):
        sum_of(dataclasses.replace(cnn_case, loss=breaks), 1.0, engine=engine)
    assert _fingerprint(cnn_case.model) == before


@every_engine
def test_gradients_are_taken_even_where_the_caller_has_switched_them_off(linear_case: Any, engine: Engine) -> None:
    with torch.no_grad():
        assert length(sum_of(linear_case, 1.0, engine=engine)) > 0


@every_engine
def test_frozen_parameters_take_no_part(bert_case: Any, engine: Engine) -> None:
    names = sum_of(bert_case, 1.0, engine=engine).keys()
    assert {"lora_" in name or "classifier" in name for name in names} == {True}


@every_engine
@pytest.mark.parametrize("reduce", ["mean", "sum", "column"])
def test_anything_but_one_loss_per_example_is_refused(linear_case: Any, engine: Engine, reduce: str) -> None:
    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        losses = linear_case.loss(model, batch)
        return losses[:, None] if reduce == "column" else getattr(losses, reduce)()

    with pytest.raises(UnsafeGradientsError, match="one loss per example"):
        sum_of(dataclasses.replace(linear_case, loss=loss), 1.0, engine=engine)


@every_engine
def test_a_batch_whose_rows_are_not_the_examples_is_refused(linear_case: Any, engine: Engine) -> None:
    batch = {**linear_case.batch, "y": linear_case.batch["y"][:-1]}
    with pytest.raises(UnsafeGradientsError, match=r"batch\['y'\]"):
        sum_of(dataclasses.replace(linear_case, batch=batch), 1.0, engine=engine)


@every_engine
def test_a_patient_beyond_those_drawn_is_refused(linear_case: Any, engine: Engine) -> None:
    with pytest.raises(UnsafeGradientsError, match="patient_index"):
        sum_of(dataclasses.replace(linear_case, patients=3), 1.0, engine=engine)


@every_engine
def test_a_model_with_everything_frozen_is_refused(linear_case: Any, engine: Engine) -> None:
    model = copy.deepcopy(linear_case.model).requires_grad_(False)
    with pytest.raises(UnsafeGradientsError, match="trainable"):
        sum_of(dataclasses.replace(linear_case, model=model), 1.0, engine=engine)


def test_hooks_refuse_a_model_in_evaluation_mode_where_they_would_see_nothing(linear_case: Any) -> None:
    linear_case.model.eval()
    with pytest.raises(UnsafeGradientsError, match=r"evaluation mode.*\n.*train\(\)"):
        sum_of(linear_case, 1.0, engine="hooks")


@pytest.mark.parametrize("fault", [{"norm": 0.0}, {"norm": float("nan")}, {"norm": 1.0, "micro_batch": 0}])
def test_impossible_settings_are_refused(linear_case: Any, fault: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        sum_of(linear_case, **fault)

"""Clipping by one norm or by one for each layer: either way the sum's sensitivity is the plan's norm."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
import torch

from cloister.privacy.clipping import ClippedTotal, InstantiatedGradients
from cloister.privacy.patient_gradients import ENGINES, Engine, clipped_sum
from cloister.study.schema import Clipping


def of(case: Any, norm: float, clipping: Clipping, engine: Engine, without: int = -1) -> dict[str, torch.Tensor]:
    kept = case.patient_index != without
    batch = {name: values[kept] for name, values in case.batch.items()}
    index = case.patient_index[kept]
    return clipped_sum(
        case.model, case.loss, batch, index, case.patients, norm, clipping=clipping, engine=engine
    ).gradients


@pytest.mark.parametrize("engine", ENGINES)
def test_per_layer_clipping_bounds_every_layer_and_thereby_the_whole(cnn_case: Any, engine: Engine) -> None:
    norm, layers = 0.1, {"0", "1", "3", "4", "8"}
    whole = of(cnn_case, norm, "per-layer", engine)
    for patient in range(cnn_case.patients):
        less = of(cnn_case, norm, "per-layer", engine, without=patient)
        squared = dict.fromkeys(layers, 0.0)
        for name, value in whole.items():
            squared[name.partition(".")[0]] += float((value - less[name]).double().norm()) ** 2
        assert max(squared.values()) ** 0.5 <= norm / len(layers) ** 0.5 * (1 + 1e-4)
        assert sum(squared.values()) ** 0.5 <= norm * (1 + 1e-4)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("norm", [0.05, 0.5, 4.0])
def test_per_layer_the_sum_is_what_the_definition_says(case: Any, engine: Engine, norm: float) -> None:
    """Each patient's gradient alone and unclipped, in float64, then clipped layer by layer by hand."""
    right: dict[str, torch.Tensor] = {}
    for patient in range(case.patients):
        kept = case.patient_index == patient
        alone = dataclasses.replace(
            case,
            batch={name: values[kept] for name, values in case.batch.items()},
            patient_index=torch.zeros(kept.sum()),
        )
        mean = dataclasses.replace(alone, patients=1).brute_force(math.inf)
        layers = {name.rpartition(".")[0] for name in mean}
        for layer in layers:
            mine = {name: value for name, value in mean.items() if name.rpartition(".")[0] == layer}
            length = sum(float((value**2).sum()) for value in mine.values()) ** 0.5
            for name, value in mine.items():
                shortened = value * min(1.0, norm / len(layers) ** 0.5 / length)
                right[name] = right.get(name, torch.zeros_like(value)) + shortened
    found = of(case, norm, "per-layer", engine)
    size = float(torch.stack([value.norm() for value in right.values()]).norm())
    difference = torch.stack([(found[name].double() - value).norm() for name, value in right.items()]).norm()
    assert float(difference) <= 1e-5 * size


@pytest.mark.parametrize("engine", ENGINES)
def test_a_norm_that_nobody_reaches_makes_both_ways_the_same(cnn_case: Any, engine: Engine) -> None:
    flat, per_layer = (of(cnn_case, 1e6, clipping, engine) for clipping in ("flat", "per-layer"))
    assert all(torch.equal(flat[name], per_layer[name]) for name in flat)


def test_engines_agree_on_per_layer_clipping(case: Any) -> None:
    right = of(case, 0.2, "per-layer", "one-patient")
    found = of(case, 0.2, "per-layer", "book-keeping")
    size = float(torch.stack([value.norm() for value in right.values()]).norm())
    assert all(float((found[name] - value).norm()) <= 1e-5 * size for name, value in right.items())


def test_per_layer_a_patient_who_is_not_finite_in_one_layer_is_absent_from_all() -> None:
    parameters = {"a.weight": torch.zeros(2), "b.weight": torch.zeros(3)}
    total = ClippedTotal(parameters, 10.0, "per-layer")
    rows = {"a.weight": torch.tensor([[1.0, 2.0], [float("nan"), 0.0]]), "b.weight": torch.ones(2, 3)}
    total.add(InstantiatedGradients(rows))
    assert (total.clipped, total.non_finite) == (0, 1)
    assert torch.equal(total.gradients["a.weight"], torch.tensor([1.0, 2.0]))
    assert torch.equal(total.gradients["b.weight"], torch.ones(3))

"""Computing in bfloat16 costs accuracy, never privacy: norms, clipping and sums stay float32."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from cloister.privacy.patient_gradients import ENGINES, Batch, Engine, clipped_sum
from cloister.privacy.plan import PrivatePlan
from cloister.privacy.precision import computing_in
from cloister.privacy.preflight import Crowd, PreflightReport, preflight
from cloister.study.errors import StudyError, UnsafeGradientsError
from cloister.study.schema import Precision

NORM = 0.3
RUNS_UNDER_AUTOCAST: list[Engine] = [engine for engine in ENGINES if engine != "vmap"]
"""torch.func does not run every layer under autocast; then the pre-flight takes the next engine."""


def length(gradients: dict[str, torch.Tensor]) -> float:
    return float(torch.stack([value.double().norm() for value in gradients.values()]).norm())


def half(case: Any, without: int = -1, **options: Any) -> dict[str, torch.Tensor]:
    kept = case.patient_index != without
    batch = {name: values[kept] for name, values in case.batch.items()}
    index = case.patient_index[kept]
    return clipped_sum(
        case.model, case.loss, batch, index, case.patients, NORM, precision="bfloat16", **options
    ).gradients


@pytest.mark.parametrize("engine", RUNS_UNDER_AUTOCAST)
@pytest.mark.parametrize("micro_batch", [64, 3])
def test_the_sum_is_that_of_the_definition_but_for_rounding(case: Any, engine: Engine, micro_batch: int) -> None:
    found, right = half(case, engine=engine, micro_batch=micro_batch), case.brute_force(NORM)
    assert {value.dtype for value in found.values()} == {torch.float32}
    error = length({name: found[name] - value for name, value in right.items()}) / length(right)
    assert 1e-5 < error <= 0.03, "1e-5 is what float32 reaches"


@pytest.mark.parametrize("engine", RUNS_UNDER_AUTOCAST)
def test_one_patient_more_changes_the_sum_by_no_more_than_the_plan_counts(case: Any, engine: Engine) -> None:
    whole = half(case, engine=engine)
    for patient in range(case.patients):
        others = half(case, without=patient, engine=engine)
        assert length({name: whole[name] - value for name, value in others.items()}) <= NORM * 1.01


def test_the_preflight_takes_adapters_in_bfloat16(bert_case: Any) -> None:
    case = bert_case
    report = preflight(case.model, case.loss, case.batch, case.patient_index, case.patients, precision="bfloat16")
    assert report.engine == "book-keeping"
    assert [check.name for check in report.checks if "bfloat16" in check.name] == [
        "book-keeping is precise enough in bfloat16"
    ]


class Cancelling(nn.Module):
    """Adds and subtracts so much that nothing is left of sixteen bits."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = (self.inner(x) + 1000) - 1000
        return result


def squares(model: nn.Module, batch: Batch) -> torch.Tensor:
    return model(batch["x"]).float().pow(2).sum(dim=1)


def test_the_preflight_refuses_what_bfloat16_garbles_and_says_what_to_change() -> None:
    torch.manual_seed(0)
    model, batch, owners = Cancelling().train(), {"x": torch.randn(6, 6)}, torch.tensor([0, 0, 1, 2, 3, 3])
    assert preflight(model, squares, batch, owners, 4).engine == "book-keeping"
    with pytest.raises(UnsafeGradientsError, match=r'relative error .* in bfloat16(.|\n)*precision = "float32"'):
        preflight(model, squares, batch, owners, 4, precision="bfloat16")


class RoundsByCrowd(nn.Linear):
    """In bfloat16 its last bits depend on how many examples are computed together, as a careless kernel's might."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        outputs = super().forward(x)
        return outputs + 0.05 * (len(x) % 3) * outputs.roll(1, dims=1) if outputs.dtype == torch.bfloat16 else outputs


def test_the_preflight_sees_rounding_that_depends_on_the_others() -> None:
    """What is left are engines that compute every example, or every patient, by itself."""
    torch.manual_seed(0)
    model, batch = RoundsByCrowd(6, 3).train(), {"x": torch.cat([torch.randn(6, 6), torch.ones(1, 6)])}
    owners = torch.tensor([1, 1, 2, 2, 3, 4, 0])
    assert preflight(model, squares, batch, owners, 5).engine == "hooks"
    report = preflight(model, squares, batch, owners, 5, precision="bfloat16")
    assert report.engine == "vmap"
    assert "hooks: one patient changes the sum by at most" in report.reason


class MovedByCrowd(nn.Module):
    """In a crowd, one more or fewer moves everybody's gradient by a small share, all in the same direction."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.inner = nn.Linear(6, 3)
        self.share = share

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        moved = self.share * (len(x) % 2) if len(x) > 32 else 0.0
        outputs = self.inner(x)
        return outputs + moved * outputs.roll(1, dims=1)


def in_a_crowd(share: float, precision: Precision, micro_batch: int = 64, expected: float = 64) -> PreflightReport:
    torch.manual_seed(0)
    model, batch, owners = MovedByCrowd(share).train(), {"x": torch.randn(6, 6)}, torch.tensor([0, 0, 1, 1, 2, 3])
    crowd = Crowd({"x": torch.randn(max(micro_batch, 3), 6)}, micro_batch, expected)
    return preflight(model, squares, batch, owners, 4, precision=precision, crowd=crowd)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_what_moves_the_others_in_large_batches_only_is_seen_there(precision: Precision) -> None:
    """.3 % of each of the pre-flight's few patients would pass for rounding; of 64 it is a fifth of the norm."""
    found = in_a_crowd(0.003, precision)
    assert found.engine == "vmap", "it computes every example by itself"
    assert "book-keeping: one patient more moves each other one's gradient by" in found.reason
    assert in_a_crowd(0.003, precision, micro_batch=8).engine == "book-keeping"


def test_what_each_may_move_depends_on_how_many_a_step_expects() -> None:
    assert in_a_crowd(5e-5, "bfloat16", expected=64).engine == "book-keeping"
    assert in_a_crowd(5e-5, "bfloat16", expected=1e4).engine == "vmap"


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("micro_batch", [1, 64])
def test_honest_rounding_is_far_below_what_is_counted(precision: Precision, micro_batch: int) -> None:
    assert in_a_crowd(0.0, precision, micro_batch, expected=1e3).engine == "book-keeping"


def test_the_plan_makes_noise_for_what_rounding_may_add() -> None:
    exact = PrivatePlan(0.1, 1.5, 2.0, 10, 1e-5)
    rounded = replace(exact, precision="bfloat16")
    assert exact.sensitivity == 2.0
    assert rounded.sensitivity == pytest.approx(2.02)
    assert rounded.noise_standard_deviation == pytest.approx(1.5 * 2.02)
    assert rounded.at_norm(0.5).noise_standard_deviation == pytest.approx(1.5 * 0.505)
    assert rounded.epsilon() == exact.epsilon()


def test_a_gpu_that_only_pretends_to_compute_in_bfloat16_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question is about the model's own GPU: another one of the machine may be newer."""
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 0) if device.index == 1 else (9, 0))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "Tesla V100")
    with pytest.raises(StudyError, match=r'"bfloat16"|Tesla V100 does not compute in it(.|\n)*"float32"'):
        computing_in("bfloat16", torch.device("cuda", 1))
    with computing_in("float32", torch.device("cuda", 1)):
        assert not torch.is_autocast_enabled("cuda")


def test_private_gradients_are_taken_without_tf32(linear_case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the process has set, and sets again afterwards. What it does on a GPU: `client/gpu`."""
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    before, seen, case = torch.get_float32_matmul_precision(), set(), linear_case

    def settings() -> tuple[str, bool, bool]:
        products = torch.get_float32_matmul_precision()
        return products, torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        seen.add(settings())
        losses: torch.Tensor = case.loss(model, batch)
        return losses

    torch.set_float32_matmul_precision("high")
    try:
        clipped_sum(case.model, loss, case.batch, case.patient_index, case.patients, NORM)
        preflight(case.model, loss, case.batch, case.patient_index, case.patients)
        assert seen == {("highest", False, False)}
        assert settings() == ("high", True, True)
    finally:
        torch.set_float32_matmul_precision(before)

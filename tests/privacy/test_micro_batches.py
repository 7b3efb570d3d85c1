"""Micro-batches: patients stay whole, and too little memory makes them smaller instead of stopping the step."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cloister.privacy.micro_batches import PatientQueue
from cloister.privacy.patient_gradients import ENGINES, Batch, Engine, clipped_sum
from cloister.study.errors import InputError


@settings(max_examples=200)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.lists(st.integers(1, 12), min_size=1, max_size=40))
def test_every_patient_goes_through_once_and_whole(owners: list[int], sizes: list[int]) -> None:
    index = torch.tensor(owners)
    queue, seen = PatientQueue(index), []
    for turn in range(len(owners)):
        if not queue:
            break
        size = sizes[turn % len(sizes)]
        batch = queue.next(size)
        assert batch.examples <= size or batch.patients == 1
        of_patients = torch.split(index[batch.rows], list(batch.counts))
        for count, of_one in zip(batch.counts, of_patients, strict=True):
            assert len(set(of_one.tolist())) == 1
            assert count == owners.count(int(of_one[0])), "a patient was divided"
        torch.testing.assert_close(
            batch.shares * torch.tensor(batch.counts)[batch.patient_of_example], torch.ones(batch.examples)
        )
        covered = [row for run in batch.runs for row in range(run.examples.start, run.examples.stop)]
        assert covered == list(range(batch.examples))
        seen += batch.rows.tolist()
        queue.done(batch)
    assert sorted(seen) == list(range(len(owners)))
    assert not queue


class NoRoomFor(nn.Module):
    """A model that runs out of memory as soon as it is given more than so many examples."""

    def __init__(self, inner: nn.Module, most: int, problem: Exception) -> None:
        super().__init__()
        self.inner, self.most, self.problem = inner, most, problem

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        outputs = self.inner(x)
        if len(x) > self.most:
            raise self.problem
        return outputs


_PROBLEMS = [
    torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB"),
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory"),
]


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine != "vmap"])
@pytest.mark.parametrize("problem", _PROBLEMS, ids=lambda problem: type(problem).__name__)
def test_too_little_memory_halves_the_micro_batch_and_the_step_goes_on(
    linear_case: Any, engine: Engine, problem: Exception
) -> None:
    model = NoRoomFor(linear_case.model, 2, problem).train()
    found = clipped_sum(
        model, linear_case.loss, linear_case.batch, linear_case.patient_index, linear_case.patients, 0.3, engine=engine
    )
    assert found.micro_batch <= 2
    for name, right in linear_case.brute_force(0.3).items():
        assert float((found.gradients[f"inner.{name}"] - right).norm()) <= 1e-5 * float(right.norm())


@pytest.mark.parametrize("engine", ["book-keeping", "one-patient"])
def test_without_memory_for_a_single_example_the_step_is_refused(linear_case: Any, engine: Engine) -> None:
    case = dataclasses.replace(linear_case, model=NoRoomFor(linear_case.model, 0, MemoryError()).train())
    with pytest.raises(InputError, match="single example"):
        clipped_sum(case.model, case.loss, case.batch, case.patient_index, case.patients, 1.0, engine=engine)


def test_any_other_failure_is_not_taken_for_too_little_memory(linear_case: Any) -> None:
    calls = []

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        calls.append(model(batch["x"]))
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        clipped_sum(linear_case.model, loss, linear_case.batch, linear_case.patient_index, linear_case.patients, 1.0)
    assert len(calls) == 1


def test_memory_that_fails_while_adding_up_adds_nothing_twice(
    linear_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cloister.privacy.bookkeeping.book import ParameterBook

    right = linear_case.brute_force(0.3)
    whole, failures = ParameterBook.weighted_sum, iter([False, True, True])

    def sometimes(self: ParameterBook, *arguments: Any) -> torch.Tensor:
        if next(failures, False):
            raise MemoryError
        return whole(self, *arguments)

    monkeypatch.setattr(ParameterBook, "weighted_sum", sometimes)
    case = linear_case
    found = clipped_sum(case.model, case.loss, case.batch, case.patient_index, case.patients, 0.3).gradients
    for name, value in right.items():
        assert float((found[name] - value).norm()) <= 1e-5 * float(value.norm())

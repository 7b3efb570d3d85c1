"""The Cox loss against its definition, written out as a double loop."""

import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cloister.deid.declared import write_declared_dataset
from cloister.study.errors import DataError
from cloister.study.keys import SiteKey
from cloister.study.schema import Study
from cloister.tasks.examples import Examples
from cloister.tasks.survival import Survival

STUDY = Study.model_validate(
    {
        "name": "example",
        "title": "An example",
        "rounds": 1,
        "federation": {"sites": ["north"]},
        "data": {"kind": "table", "label": "time", "event": "dead", "features": [{"name": "x"}]},
        "task": {"name": "survival", "model": {"architecture": "linear"}},
        "training": {"steps_per_round": 1, "sampling": "shuffle", "batch_size": 8, "learning_rate": 0.1},
        "privacy": {"mechanism": "none"},
        "evaluation": {"metric": "concordance"},
    }
)
patients = st.lists(
    st.tuples(st.floats(-3, 3), st.integers(1, 50), st.booleans()), min_size=1, max_size=8, unique_by=lambda p: p[1]
)


@given(patients)
def test_each_term_is_the_partial_likelihoods(drawn: list[tuple[float, int, bool]]) -> None:
    features, times, events = zip(*drawn, strict=True)
    batch = {
        "features": torch.tensor(features)[:, None],
        "time": torch.tensor(times, dtype=torch.float32),
        "event": torch.tensor(events),
    }
    model = nn.Linear(1, 1)
    found = Survival(STUDY).per_example_loss(model, batch)
    risk = [float(value) for value in model(batch["features"])[:, 0]]
    for i, (_, time, event) in enumerate(drawn):
        at_risk = math.log(sum(math.exp(risk[j]) for j in range(len(drawn)) if drawn[j][1] >= time))
        expected = (at_risk - risk[i]) if event else 0.0
        assert math.isclose(float(found[i]), expected, rel_tol=1e-4, abs_tol=1e-5)


def test_a_batch_of_one_has_no_gradient() -> None:
    model = nn.Linear(1, 1)
    batch = {"features": torch.ones(1, 1), "time": torch.ones(1), "event": torch.ones(1, dtype=torch.bool)}
    Survival(STUDY).per_example_loss(model, batch).sum().backward()  # type: ignore[no-untyped-call]
    assert all(parameter.grad is not None and not parameter.grad.any() for parameter in model.parameters())


def read(folder: Path, **columns: list[Any]) -> Examples:
    number = len(next(iter(columns.values())))
    rows = {"patient_id": list(map(str, range(number))), "x": [1.0] * number, "time": [5.0] * number, **columns}
    made = {"site_key": SiteKey(bytes(32)), "collection": "c", "statement": "made up"}
    write_declared_dataset(folder, "table", pa.table(rows), **made)  # type: ignore[arg-type]
    return Survival(STUDY).read([folder], None)


@pytest.mark.parametrize("events", [[True, False], [1, 0], [1.0, 0.0]])
def test_an_event_is_true_or_false_or_one_or_zero(events: list[Any], tmp_path: Path) -> None:
    assert read(tmp_path / "data", dead=events).columns["event"].tolist() == [True, False]


@pytest.mark.parametrize("events", [["no", "yes"], ["alive", "dead"], ["1", "0"], [1, None], [1, 2], [0.0, math.nan]])
def test_anything_else_is_no_event_and_is_refused_without_being_shown(events: list[Any], tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'dead' holds (text|missing values|int|float)") as problem:
        read(tmp_path / "data", dead=events)
    assert "alive" not in str(problem.value)
    assert "0" in problem.value.remedy


@pytest.mark.parametrize("times", [["5 months", "2"], [5.0, None], [math.nan, 1.0], [-1.0, 1.0]])
def test_a_time_that_is_none_is_refused_without_being_shown(times: list[Any], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'time' holds") as problem:
        read(tmp_path / "data", time=times, dead=[1, 0])
    assert "months" not in str(problem.value)

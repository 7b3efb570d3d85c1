"""The Cox loss against its definition, written out as a double loop."""

import math

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cloister.study.schema import Study
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

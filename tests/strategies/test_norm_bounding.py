"""A sum that proves that somebody broke the norm is not applied; nor is one that turns against the past."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.strategies.catalogue import strategy_of
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import Arrays, l2_norm, within_norm
from cloister.study.schema import Study

MODEL: Arrays = {"w": np.zeros(4, np.float32)}


def step(update: list[float], optimizer: Arrays | None = None, **strategy: Any) -> tuple[Arrays, Arrays]:
    study = Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": 3,
            "federation": {"sites": ["east", "north", "south"]},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "age"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "none"},
            "strategy": {"name": "norm-bounding", "max_update_norm": 1.0, **strategy},
        }
    )
    assert study.federation.is_secure
    found = strategy_of(study, ServerState("", "", 0, MODEL), lambda _: None)
    return found.server_step(MODEL, {"w": np.array(update, np.float32)}, optimizer or {})


def test_a_mean_within_the_ball_is_applied() -> None:
    model, _ = step([0.6, -0.8, 0.0, 0.0])
    np.testing.assert_allclose(model["w"], [0.6, -0.8, 0.0, 0.0], rtol=1e-6)


def test_a_mean_outside_the_ball_is_not_applied_and_said(caplog: pytest.LogCaptureFixture) -> None:
    model, _ = step([0.6, -0.8, 0.1, 0.0])
    np.testing.assert_array_equal(model["w"], MODEL["w"])
    assert "max_update_norm" in caplog.text


def test_a_mean_against_the_past_is_not_applied_and_the_past_is_kept() -> None:
    _, past = step([0.5, 0.0, 0.0, 0.0], minimum_cosine=0.0)
    model, after = step([-0.5, 0.1, 0.0, 0.0], past, minimum_cosine=0.0)
    np.testing.assert_array_equal(model["w"], MODEL["w"])
    assert after == past
    model, _ = step([0.1, 0.5, 0.0, 0.0], past, minimum_cosine=0.0)
    assert l2_norm(model) > 0.5


@given(st.lists(st.floats(-100, 100, width=32), min_size=4, max_size=4), st.floats(0.01, 10))
def test_a_shortened_update_points_the_same_way_and_fits(values: list[float], bound: float) -> None:
    update: Arrays = {"w": np.array(values, np.float32)}
    short = within_norm(update, bound)
    assert l2_norm(short) <= bound * (1 + 1e-6)
    scale = min(1.0, bound / l2_norm(update)) if l2_norm(update) else 1.0
    np.testing.assert_allclose(short["w"], update["w"] * scale, rtol=1e-5, atol=1e-30)

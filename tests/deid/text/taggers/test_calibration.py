"""Calibrated scores rise with the model's and say how often it is right."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.text.taggers.calibration import Calibration, Curve
from cloister.deid.text.training.calibrate import isotonic


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_a_fitted_curve_never_falls_and_never_claims_certainty(seed: int) -> None:
    draw = np.random.default_rng(seed)
    believed = draw.random(400).astype(np.float32)
    curve = isotonic(believed, (draw.random(400) < believed**2).astype(np.float32))
    values = curve(np.linspace(0, 1, 200, dtype=np.float32))
    assert (np.diff(values) >= 0).all()
    assert 0 <= values.min() <= values.max() < 1


def test_an_overconfident_model_is_brought_down_to_how_often_it_is_right() -> None:
    draw = np.random.default_rng(3)
    believed = draw.random(20_000).astype(np.float32)
    curve = isotonic(believed, (draw.random(20_000) < believed / 2).astype(np.float32))
    at = np.array([0.2, 0.5, 0.9], np.float32)
    # Each bin of an isotonic fit holds hundreds of draws here: off by .05 with a chance below 1 in 1,000.
    np.testing.assert_allclose(curve(at), at / 2, atol=0.05)


def test_each_label_has_its_own_curve_and_others_keep_their_probability() -> None:
    calibration = Calibration({"NAME": Curve((0.0, 1.0), (0.0, 0.5))})
    scores = calibration(np.array([0.8, 0.8], np.float32), ["NAME", "DATE"], ["m", "m"])
    np.testing.assert_allclose(scores, [0.4, 0.8])


def test_a_case_with_a_curve_of_its_own_goes_by_it() -> None:
    calibration = Calibration({"NAME": Curve((0.0, 1.0), (0.0, 0.5)), "NAME/l": Curve((0.0, 1.0), (0.0, 0.25))})
    scores = calibration(np.array([0.8, 0.8, 0.8], np.float32), ["NAME"] * 3, ["m", "l", "u"])
    np.testing.assert_allclose(scores, [0.4, 0.2, 0.4])

"""Plots tell the truth: positions are proportional to values, nothing leaves the frame, both sizes show the same."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloister.simulation.report.arms import LOOKS
from cloister.simulation.report.learning import learning
from cloister.simulation.report.plots.curves import Curve, Level, curves
from cloister.simulation.report.plots.intervals import Mark, Row, intervals
from cloister.simulation.report.plots.scale import span, tick_label, ticks
from cloister.simulation.report.privacy_spent import epsilon_after_rounds
from cloister.simulation.result import Result

MakeResult = Callable[..., Result]
ReadPage = Callable[[str], Any]

READER = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
SCORES = st.floats(min_value=0, max_value=1)
FEDERATED, BASE = LOOKS["federated"], LOOKS["base"]


@READER
@given(values=st.lists(SCORES, min_size=2, max_size=40), width=st.floats(0, 0.2), level=SCORES)
def test_a_curves_points_are_proportional_to_its_values(
    values: list[float], width: float, level: float, read_page: ReadPage
) -> None:
    points = tuple(enumerate(values))
    band = tuple((round_, value - width, value + width) for round_, value in points)
    figure = curves("f", "t", "d", "a", [Curve("c", FEDERATED, points, band)], [Level("l", BASE, level)])
    for drawing in _drawings(read_page(figure)):
        [line], [shape] = drawing.all("polyline"), drawing.all("polygon")
        [across] = [each for each in drawing.all("line") if "level" in each.attributes["class"]]
        upper, lower = np.split(_points(shape.attributes["points"]), 2)
        seen = _points(line.attributes["points"])
        _assert_proportional(np.arange(len(values)), seen[:, 0])
        wanted = [*values, *(high for *_, high in band), *(low for _, low, _ in band[::-1]), level]
        found = [*seen[:, 1], *upper[:, 1], *lower[:, 1], float(across.attributes["y1"])]
        _assert_proportional(-np.array(wanted), np.array(found))
        _assert_inside(drawing)


@READER
@given(values=st.lists(st.tuples(SCORES, st.floats(0, 0.2), st.floats(0, 0.2)), min_size=1, max_size=12))
def test_the_marks_and_whiskers_of_a_forest_plot_are_proportional(
    values: list[tuple[float, float, float]], read_page: ReadPage
) -> None:
    rows = [Row("row", (Mark(FEDERATED, value, (value - left, value + right)),)) for value, left, right in values]
    for drawing in _drawings(read_page(intervals("f", "t", "d", "a", rows, reference=values[0][0]))):
        whiskers = [each.attributes for each in drawing.all("line") if "whisker" in each.attributes["class"]]
        marks = [_middle(each.attributes["d"]) for each in drawing.all("path")]
        [reference] = [each.attributes for each in drawing.all("line") if "level" in each.attributes["class"]]
        wanted = [bound for value, left, right in values for bound in (value - left, value + right)]
        found = [float(each[end]) for each in whiskers for end in ("x1", "x2")]
        wanted += [value for value, *_ in values] + [values[0][0]]
        found += [*marks, float(reference["x1"])]
        _assert_proportional(np.array(wanted), np.array(found))
        _assert_inside(drawing)


def test_the_curves_with_and_without_privacy_share_their_rounds(make_result: MakeResult, read_page: ReadPage) -> None:
    result = make_result(rounds=7)
    figure = next(
        each for each in read_page(learning(result)).all("figure") if each.attributes["id"] == "learning-curves"
    )
    for drawing in _drawings(figure):
        without, federated = (_points(line.attributes["points"]) for line in drawing.all("polyline"))
        assert without[:, 0].tolist() == federated[:, 0].tolist()
        assert without[0].tolist() == federated[0].tolist(), "both start at the base"
        assert without[-1, 1] < federated[-1, 1], "higher values are drawn higher"


def test_a_long_name_keeps_its_ends_and_stays_off_the_marks(read_page: ReadPage) -> None:
    name = "university-hospital-of-the-far-north-of-the-land-department-7 alone"
    rows = [Row(name, (Mark(FEDERATED, 0.7, (0.6, 0.8)),), "0.700", "0.600-0.800"), Row("b", (Mark(BASE, 0.1),))]
    wide, narrow = _drawings(read_page(intervals("f", "t", "d", "a", rows)))
    for drawing in (wide, narrow):
        shown = next(each.text.strip() for each in drawing.all("text") if "…" in each.text)
        assert name.startswith(shown.split("…")[0])
        assert name.endswith(shown.split("…")[1])


@READER
@given(low=st.floats(-1e3, 1e3), width=st.floats(1e-3, 1e4), about=st.integers(2, 10))
def test_ticks_are_round_values_within_the_range_with_labels_of_their_own(low: float, width: float, about: int) -> None:
    found = ticks(low, low + width, about)
    assert len(found) <= about + 1
    assert all(low - 1e-6 * width <= value <= low + width * (1 + 1e-6) for value in found)
    labels = [tick_label(value, found) for value in found]
    assert len(set(labels)) == len(found)
    assert [float(label.replace("\N{MINUS SIGN}", "-")) for label in labels] == pytest.approx(found, abs=1e-9 * width)
    if len(found) > 1:
        step = found[1] - found[0]
        assert step / 10 ** math.floor(math.log10(step) + 1e-9) == pytest.approx(
            round(step / 10 ** math.floor(math.log10(step) + 1e-9))
        )


@READER
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=10))
def test_a_span_holds_every_finite_value_and_is_never_empty(values: list[float]) -> None:
    low, high = span(values)
    assert low < high
    assert all(low <= value <= high for value in values if math.isfinite(value))


@READER
@given(absences=st.sets(st.integers(1, 12), max_size=8))
def test_epsilon_stays_where_it_was_in_rounds_that_a_site_missed(absences: set[int], make_result: MakeResult) -> None:
    result = make_result(rounds=12, absent=dict.fromkeys(absences, "st-anna"))
    spent = next(each for each in result.privacy if each.site == "st-anna")
    points = epsilon_after_rounds(result, spent)
    assert points[0] == (0, 0.0)
    assert [round_ for round_, _ in points] == list(range(13))
    joined = [total for round_, total in points if round_ and round_ not in absences]
    assert tuple(joined) == spent.epsilon_by_round
    assert all(points[round_][1] == points[round_ - 1][1] for round_ in absences)


def test_epsilon_spent_in_a_round_that_failed_is_drawn_in_that_round(make_result: MakeResult) -> None:
    result = make_result(rounds=3, absent={2: "st-anna"})
    spent = result.privacy[1].model_copy(update={"epsilon_by_round": (1.0, 2.0, 3.0)})
    assert epsilon_after_rounds(result, spent) == ((0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0))


def _drawings(root: Any) -> list[Any]:
    found = [each for each in root.all("svg") if each.attributes["class"] in {"wide", "narrow"}]
    assert len(found) == 2
    return found


def _points(text: str) -> Any:
    return np.array([[float(number) for number in pair.split(",")] for pair in text.split()])


def _middle(path: str) -> float:
    """The x of a circle's centre: M left y a r …"""
    left, radius = re.match(r"M([-\d.]+) [-\d.]+a([\d.]+)", path).groups()  # type: ignore[union-attr]
    return float(left) + float(radius)


def _assert_proportional(values: Any, positions: Any) -> None:
    """Positions are an increasing linear function of the values, to the tenth of a pixel that is written."""
    if np.ptp(values) < 1e-9:
        assert np.ptp(positions) <= 0.2
        return
    slope, start = np.polyfit(values, positions, 1)
    assert slope > 0
    assert np.abs(start + slope * values - positions).max() < 0.2


def _assert_inside(drawing: Any) -> None:
    _, _, width, height = map(float, drawing.attributes["viewbox"].split())
    for line in drawing.all("line"):
        assert 0 <= float(line.attributes["x1"]) <= float(line.attributes["x2"]) <= width
        assert 0 <= float(line.attributes["y1"]) <= float(line.attributes["y2"]) <= height
    for text in drawing.all("text"):
        assert 0 <= float(text.attributes["x"]) <= width
        assert 0 < float(text.attributes["y"]) <= height

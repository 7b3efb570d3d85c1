"""Metrics in the text format, read back by an independent reader of its grammar."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.study.prometheus import Metric, Sample, exposition, gauge

LINE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)')
UNESCAPED = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}
LABEL = re.compile(r'([a-z]+)="((?:[^"\\\n]|\\["\\n])*)"')


def read(text: str) -> list[tuple[str, dict[str, str], float]]:
    """Samples of an exposition, by the grammar of the format."""
    found = []
    for line in text.split("\n"):
        if not line or line.startswith("# "):
            continue
        match = LINE.fullmatch(line)
        assert match, line
        labels = {
            name: re.sub(r'\\[\\"n]', lambda part: UNESCAPED[part[0]], value)
            for name, value in LABEL.findall(match[2] or "")
        }
        found.append((match[1], labels, float(match[3])))
    return found


@given(st.lists(st.tuples(st.text(), st.floats(allow_nan=False)), min_size=1, max_size=5))
def test_whatever_the_labels_and_values_they_are_read_back(values: list[tuple[str, float]]) -> None:
    samples = tuple(Sample(value, (("site", label), ("code", "x"))) for label, value in values)
    text = exposition([Metric("cloister_m", "gauge", "Some\nhelp \\ text.", samples)])
    assert read(text) == [("cloister_m", {"site": label, "code": "x"}, value) for label, value in values]
    assert text.startswith("# HELP cloister_m Some\\nhelp \\\\ text.\n# TYPE cloister_m gauge\n")
    assert text.endswith("\n")


def test_special_values_and_missing_ones() -> None:
    text = exposition(
        [gauge("a", "A.", math.inf), gauge("b", "B.", None), gauge("c", "C.", math.nan), gauge("d", "D.", True)]
    )
    assert [line for line in text.splitlines() if not line.startswith("#")] == ["a +Inf", "c NaN", "d 1"]
    assert "# HELP b" not in text
    assert exposition([]) == ""


@pytest.mark.parametrize("value", [0.1, 1e300, -2.5, 2.0**60, 123456789])
def test_numbers_keep_their_value(value: float) -> None:
    assert read(exposition([gauge("a", "A.", value)])) == [("a", {}, value)]

"""Values with intervals, one row each: the forest plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cloister.simulation.report.arms import Look
from cloister.simulation.report.markup import Markup, element, join
from cloister.simulation.report.plots.figure import LETTER_WIDTH, NARROW, WIDE, figure, fitted, mark, text
from cloister.simulation.report.plots.scale import Scale, span, tick_label, ticks


@dataclass(frozen=True)
class Mark:
    """One value of a row; without bounds only the mark is drawn."""

    look: Look
    value: float
    bounds: tuple[float, float] | None = None


@dataclass(frozen=True)
class Row:
    """A named row."""

    name: str
    marks: tuple[Mark, ...]
    value: str = ""
    """The value in figures, written at the row's end."""
    bounds: str = ""
    """Its interval in figures, written after the value where there is room."""
    emphasis: bool = False


def intervals(
    key: str,
    title: str,
    description: str,
    axis: str,
    rows: Sequence[Row],
    *,
    reference: float | None = None,
    legend: Sequence[tuple[str, Look]] = (),
) -> Markup:
    """A figure of rows; on a narrow screen each row's name stands above its marks.

    Args:
        key: unique within the page.
        title: what is shown.
        description: what is to be seen, in words.
        axis: what the x axis measures.
        rows: from top to bottom.
        reference: where to draw a vertical line, such as at the base's value.
        legend: name and look, where rows have several marks.
    """
    low, high = span(value for row in rows for each in row.marks for value in (each.value, *(each.bounds or ())))

    def draw(width: int) -> tuple[Markup, int]:
        if width == NARROW:
            return _stacked(rows, Scale(low, high, 8, width - 8), axis, reference)
        names = min(290.0, LETTER_WIDTH * max((len(row.name) for row in rows), default=0) + 20)
        figures = max((len(_figures(row)) for row in rows), default=0)
        return _beside(rows, Scale(low, high, names, width - 12 - LETTER_WIDTH * figures), axis, reference)

    return figure(key, title, description, draw, legend)


def _stacked(rows: Sequence[Row], x: Scale, axis: str, reference: float | None) -> tuple[Markup, int]:
    """Names above the marks, for narrow screens."""
    pitch, top = 46, 4
    bottom = top + pitch * len(rows)
    parts = [_axis(x, axis, top, bottom), _reference(reference, x, top, bottom)]
    for index, row in enumerate(rows):
        y = top + pitch * index
        room = x.end - x.start - LETTER_WIDTH * (len(row.value) + 1)
        parts.append(text(fitted(row.name, room), x.start, y + 16, css_class=_style(row)))
        parts.append(text(row.value, x.end, y + 16, anchor="end", css_class=_style(row)))
        parts.append(_marks(row, y + 31, x))
    return join(parts), bottom + 44


def _beside(rows: Sequence[Row], x: Scale, axis: str, reference: float | None) -> tuple[Markup, int]:
    """Names to the left of the marks, values to the right."""
    pitch, top = 32, 4
    bottom = top + pitch * len(rows)
    parts = [_axis(x, axis, top, bottom), _reference(reference, x, top, bottom)]
    for index, row in enumerate(rows):
        y = top + pitch * index
        parts.append(text(fitted(row.name, x.start - 14), 0, y + 20, css_class=_style(row)))
        parts.append(text(_figures(row), WIDE, y + 20, anchor="end", css_class=_style(row)))
        parts.append(_marks(row, y + 16, x))
    return join(parts), bottom + 44


def _figures(row: Row) -> str:
    return f"{row.value} ({row.bounds})" if row.bounds else row.value


def _style(row: Row) -> str:
    return "name emphasis" if row.emphasis else "name"


def _axis(x: Scale, axis: str, top: float, bottom: float) -> Markup:
    values = ticks(x.low, x.high, max(3, round((x.end - x.start) / 75)))
    parts = [text(axis, x.end, bottom + 38, anchor="end", css_class="axis-name")]
    for value in values:
        parts.append(element("line", x1=x(value), x2=x(value), y1=top, y2=bottom, class_="grid"))
        parts.append(text(tick_label(value, values), x(value), bottom + 18, anchor="middle"))
    parts.append(element("line", x1=x.start, x2=x.end, y1=bottom, y2=bottom, class_="tick"))
    return join(parts)


def _reference(value: float | None, x: Scale, top: float, bottom: float) -> Markup:
    if value is None or not math.isfinite(value):
        return Markup()
    return element(
        "line",
        x1=x(value),
        x2=x(value),
        y1=top,
        y2=bottom,
        class_="line level arm-base",
        stroke_dasharray="2 4",
    )


def _marks(row: Row, y: float, x: Scale) -> Markup:
    """A row's marks; several are spread a little downwards, so that equal values do not hide each other."""
    parts = []
    for index, each in enumerate(row.marks):
        height = y + _SPREAD * (index - (len(row.marks) - 1) / 2)
        if each.bounds:
            low, high = map(x, each.bounds)
            parts.append(
                element("line", x1=low, x2=high, y1=height, y2=height, class_=f"whisker {each.look.css_class}")
            )
        if math.isfinite(each.value):
            parts.append(mark(each.look, x(each.value), height, 5))
    return join(parts)


_SPREAD = 3.5

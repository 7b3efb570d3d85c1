"""Curves over rounds, with confidence bands and horizontal levels to compare with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cloister.simulation.report.arms import Look
from cloister.simulation.report.markup import Markup, element, join
from cloister.simulation.report.plots.figure import NARROW, figure, mark, text
from cloister.simulation.report.plots.scale import Scale, span, tick_label, ticks


@dataclass(frozen=True)
class Curve:
    """A line over rounds."""

    name: str
    look: Look
    points: tuple[tuple[int, float], ...]
    """Round and value, in the order of rounds."""
    band: tuple[tuple[int, float, float], ...] = ()
    """Round, lower and upper bound."""


@dataclass(frozen=True)
class Level:
    """A horizontal line over all rounds."""

    name: str
    look: Look
    value: float


def curves(
    key: str,
    title: str,
    description: str,
    axis: str,
    lines: Sequence[Curve],
    levels: Sequence[Level] = (),
    *,
    from_zero: bool = False,
) -> Markup:
    """A figure of curves; the x axis counts rounds.

    Args:
        key: unique within the page.
        title: what is shown.
        description: what is to be seen, in words.
        axis: what the y axis measures.
        lines: drawn in this order, the last one on top.
        levels: drawn below the curves.
        from_zero: whether the y axis starts at 0.
    """
    values = [value for line in lines for _, value in line.points]
    values += [bound for line in lines for _, low, high in line.band for bound in (low, high)]
    values += [level.value for level in levels]
    bottom, top = span(values)
    last = max((round_ for line in lines for round_, _ in line.points), default=1)

    def draw(width: int) -> tuple[Markup, int]:
        height = 300 if width == NARROW else 380
        x = Scale(0, max(1, last), 46, width - 12)
        y = Scale(0.0 if from_zero else bottom, top, height - 46, 26)
        parts = [_axes(x, y, axis)]
        parts += [_level(level, x, y) for level in levels]
        parts += [_band(line, x, y) for line in lines]
        parts += [_line(line, x, y) for line in lines]
        return join(parts), height

    named = [*((line.name, line.look) for line in reversed(lines)), *((level.name, level.look) for level in levels)]
    return figure(key, title, description, draw, named)


def _axes(x: Scale, y: Scale, axis: str) -> Markup:
    parts = [
        text(axis, 0, 12, css_class="axis-name"),
        text("Round", x.end, y.start + 40, anchor="end", css_class="axis-name"),
    ]
    y_ticks = ticks(y.low, y.high, 6)
    for value in y_ticks:
        parts.append(element("line", x1=x.start, x2=x.end, y1=y(value), y2=y(value), class_="grid"))
        parts.append(text(tick_label(value, y_ticks), x.start - 8, y(value) + 4, anchor="end"))
    for value in [tick for tick in ticks(x.low, x.high, round((x.end - x.start) / 60)) if tick == int(tick)]:
        parts.append(element("line", x1=x(value), x2=x(value), y1=y.start, y2=y.start + 5, class_="tick"))
        parts.append(text(str(int(value)), x(value), y.start + 20, anchor="middle"))
    parts.append(element("line", x1=x.start, x2=x.end, y1=y.start, y2=y.start, class_="tick"))
    return join(parts)


def _level(level: Level, x: Scale, y: Scale) -> Markup:
    height = y(level.value)
    return element(
        "line", x1=x.start, x2=x.end, y1=height, y2=height,
        class_=f"line level {level.look.css_class}", stroke_dasharray=level.look.dashes,
    )  # fmt: skip


def _line(line: Curve, x: Scale, y: Scale) -> Markup:
    places = [(x(round_), y(value)) for round_, value in line.points if math.isfinite(value)]
    drawn = element(
        "polyline", points=_points(places), class_=f"line {line.look.css_class}", stroke_dasharray=line.look.dashes
    )
    crowded = len(places) > 1 and (places[-1][0] - places[0][0]) / (len(places) - 1) < 14
    marked = places[-1:] if crowded else places
    return join([drawn, *(mark(line.look, *place, 3.5) for place in marked)])


def _band(line: Curve, x: Scale, y: Scale) -> Markup:
    lower = [(x(round_), y(low)) for round_, low, _ in line.band]
    upper = [(x(round_), y(high)) for round_, _, high in line.band]
    return element("polygon", points=_points(upper + lower[::-1]), class_=f"band {line.look.css_class}")


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)

"""The curve of a metric over rounds, as SVG: with its interval, the base to compare with, and rejected rounds marked.

It is drawn for wide and for narrow screens, because an SVG that is scaled down to a phone has unreadable letters; the
style sheet shows the one that fits. A table beside it tells the same in numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from cloister.strategies.server_state import RoundRecord

_SIZES = (("wide", 920, 300), ("narrow", 340, 240))
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 14, 36
_LARGEST = 1e6
"""Metrics lie between 0 and 1. Far beyond, floats leave no room between two lines of the grid, or overflow."""


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def curve(history: Sequence[RoundRecord], metric: str, rounds: int) -> Markup:
    """The figure's drawings; empty if the metric was never defined, or never within what can be drawn.

    Args:
        history: the finished rounds, round 0 (the base) included.
        metric: its name; bounds stand in `<metric>.low` and `<metric>.high`.
        rounds: how many the study has.
    """
    points = [record for record in history if all(abs(value) <= _LARGEST for value in _bounds(record, metric))]
    if not points:
        return Markup()
    last = points[-1]
    told = f"{metric} by round; {last.metrics[metric]:.3f} after round {last.round} of {rounds}."
    parts = [
        Markup('<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
            name, width, height, told, _drawn(points, metric, rounds, width, height)
        )
        for name, width, height in _SIZES
    ]
    return Markup().join(parts)


def _drawn(points: Sequence[RoundRecord], metric: str, rounds: int, width: int, height: int) -> Markup:
    values = [value for record in points for value in _bounds(record, metric)]
    low, high = min(values), max(values)
    room = max(0.02, high - low) * 0.08
    x = _Scale(0, max(1, rounds), _LEFT, width - _RIGHT)
    y = _Scale(low - room, high + room, height - _BOTTOM, _TOP)
    parts = [*_axes(x, y)]
    base = next((record.metrics[metric] for record in points if record.round == 0), None)
    if base is not None:
        parts.append(_line("base", x.start, y(base), x.end, y(base)))
    band = [(x(record.round), y(_bounds(record, metric)[2])) for record in points]
    band += [(x(record.round), y(_bounds(record, metric)[0])) for record in reversed(points)]
    parts.append(Markup('<polygon class="band" points="{}"/>').format(_places(band)))
    middle = [(x(record.round), y(record.metrics[metric])) for record in points]
    parts.append(Markup('<polyline class="curve" points="{}"/>').format(_places(middle)))
    for record, (left, top) in zip(points, middle, strict=True):
        if len(points) <= 40 or not record.accepted or record is points[-1]:
            kind = "dot" if record.accepted else "dot rejected"
            parts.append(Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="3.5"/>').format(kind, left, top))
    return Markup().join(parts)


def _axes(x: _Scale, y: _Scale) -> list[Markup]:
    parts = [_line("axis", x.start, y.start, x.end, y.start)]
    y_step = _step(y.high - y.low, 5)
    decimals = max(0, -math.floor(math.log10(y_step) + 1e-9))
    first = math.ceil(y.low / y_step)
    for index in range(first, math.floor(y.high / y_step) + 1):
        value = index * y_step
        parts += [
            _line("grid", x.start, y(value), x.end, y(value)),
            _text(f"{value:.{decimals}f}", x.start - 8, y(value) + 4, "end"),
        ]
    x_step = max(1, round(_step(x.high, (x.end - x.start) / 70)))
    for value in range(0, int(x.high) + 1, x_step):
        parts += [
            _line("axis", x(value), y.start, x(value), y.start + 5),
            _text(str(value), x(value), y.start + 19, "middle"),
        ]
    parts.append(_text("Round", x.end, y.start + 33, "end"))
    return parts


def _step(width: float, about: float) -> float:
    """1, 2 or 5 times a power of ten."""
    raw = width / max(1.0, about)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * (1 - 1e-9))


def _bounds(record: RoundRecord, metric: str) -> tuple[float, float, float]:
    value = record.metrics.get(metric, math.nan)
    low, high = record.metrics.get(f"{metric}.low", value), record.metrics.get(f"{metric}.high", value)
    return low, value, high


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(kind, x1, y1, x2, y2)


def _text(content: str, x: float, y: float, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, content)


def _places(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)

"""From values to positions, and where to put the ticks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """A linear map of [low, high] to the positions [start, end], in units of the drawing."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The position of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def span(values: Iterable[float], *, margin: float = 0.06, least: float = 0.02) -> tuple[float, float]:
    """A range that holds all finite values with a margin; (0, 1) if there are none.

    Args:
        values: what has to fit.
        margin: share of the range added at both ends.
        least: width below which the range is widened, so that noise does not look like a result.
    """
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    least = max(least, 1e-6 * max(-low, high))
    missing = max(0.0, least - (high - low)) / 2
    room = max(high - low, least) * margin
    return low - missing - room, high + missing + room


def ticks(low: float, high: float, about: int) -> tuple[float, ...]:
    """Round values within [low, high]: multiples of 1, 2 or 5 times a power of ten, about as many as asked."""
    if not high > low:
        return (low,)
    raw = (high - low) / max(1, about)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(index * step for index in range(first, last + 1))


def tick_label(value: float, all_ticks: tuple[float, ...]) -> str:
    """A tick's value with as many decimals as the distance of the ticks needs; a lone tick's with all it has."""
    if len(all_ticks) > 1:
        decimals = max(0, -math.floor(math.log10(all_ticks[1] - all_ticks[0]) + 1e-9))
    else:
        decimals = next((few for few in range(15) if math.isclose(round(value, few), value, rel_tol=1e-9)), 15)
    return f"{value:.{decimals}f}".replace("-", "\N{MINUS SIGN}")

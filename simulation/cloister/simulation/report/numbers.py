"""Numbers as people read them. Whatever is not finite is shown as "n/a"."""

from __future__ import annotations

import math
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from cloister.simulation.result import Interval

MISSING = "n/a"
_MINUS = "\N{MINUS SIGN}"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SMALL_NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


def score(value: float | None) -> str:
    """A metric, three decimals."""
    return MISSING if value is None or not math.isfinite(value) else f"{value:.3f}".replace("-", _MINUS)


def gain(value: float | None) -> str:
    """A difference of metrics, with its sign."""
    return MISSING if value is None or not math.isfinite(value) else f"{value:+.3f}".replace("-", _MINUS)


def bounds(interval: Interval, *, signed: bool = False) -> str:
    """An interval's bounds, such as "+0.020 to +0.080"; empty where one is not defined."""
    found = defined_bounds(interval)
    if found is None:
        return ""
    low, high = found
    return f"{gain(low)} to {gain(high)}" if signed else f"{score(low)}\N{EN DASH}{score(high)}"


def defined_bounds(interval: Interval) -> tuple[float, float] | None:
    """Both bounds as numbers, or None where one is missing or not finite."""
    low, high = interval.low, interval.high
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return None
    return low, high


def epsilon(value: float | None) -> str:
    """An epsilon, rounded up to two decimals: a report must not show less than was spent."""
    if value is None:
        return "none"
    if not math.isfinite(value):
        return "unbounded"
    if value > 1e6:
        return "over 10⁶"
    return str(Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_CEILING))


def small(value: float | None) -> str:
    """A small positive number such as delta: "10⁻⁵"."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value == 0 or abs(value) >= 0.01:
        return plain(value)
    mantissa, exponent = f"{value:.2e}".split("e")
    power = f"10{str(int(exponent)).translate(_SUPERSCRIPTS)}"
    mantissa = mantissa.rstrip("0").rstrip(".").replace("-", _MINUS)
    return power if mantissa == "1" else f"{mantissa} × {power}"


def plain(value: float | None) -> str:
    """A setting, such as a noise multiplier: at most four significant figures."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{value:.4g}".replace("-", _MINUS)


def count(value: int) -> str:
    """A whole number with thousands separated."""
    return f"{value:,}".replace("-", _MINUS)


def counted(value: int, noun: str, plural: str = "") -> str:
    """Such as "three sites", "one site", "1,204 patients"."""
    number = _SMALL_NUMBERS[value] if 0 <= value < len(_SMALL_NUMBERS) else count(value)
    return f"{number} {noun if value == 1 else plural or noun + 's'}"


def percent(share: float) -> str:
    """A share as a percentage, at most one decimal."""
    return f"{100 * share:.1f}".removesuffix(".0") + "\N{NO-BREAK SPACE}%"


def size(in_bytes: float) -> str:
    """Bytes in decimal units: "512 B", "4.6 MB", "165 kB"."""
    amount, unit = float(in_bytes), 0
    while amount >= 999.5 and unit < len(_BYTE_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    digits = 0 if unit == 0 or amount >= 99.95 else 1
    return f"{amount:.{digits}f}\N{NO-BREAK SPACE}{_BYTE_UNITS[unit]}"


def duration(seconds: float) -> str:
    """A time span: "0.42 s", "12.3 s", "2 min 5 s", "1 h 12 min"."""
    space = "\N{NO-BREAK SPACE}"
    if seconds < 59.95:
        return f"{seconds:.2f}{space}s" if seconds < 0.995 else f"{seconds:.1f}{space}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}{space}min {rest}{space}s"
    return f"{minutes // 60}{space}h {minutes % 60}{space}min"


def moment(iso: str) -> str:
    """An ISO 8601 time as "14 March 2026, 09:21 UTC"; anything else as it is."""
    try:
        time = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    zone = f" {time.tzname()}" if time.tzinfo else ""
    return f"{time.day} {_MONTHS[time.month - 1]} {time.year}, {time:%H:%M}{zone}"


def listed(names: tuple[str, ...], most: int = 6) -> str:
    """Names as a phrase: "a, b and c"; beyond `most`, how many others there are."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} others"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "none"


_BYTE_UNITS = ("B", "kB", "MB", "GB", "TB")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

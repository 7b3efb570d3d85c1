"""Numbers are shown as people read them, and never nicer than they are."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.simulation.report import numbers
from cloister.simulation.result import Interval


@given(st.floats(min_value=0, max_value=1e6))
def test_an_epsilon_is_never_shown_smaller_than_it_is(value: float) -> None:
    excess = Fraction(numbers.epsilon(value)) - Fraction(repr(value))
    assert 0 <= excess < Fraction("0.01")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(7.1, "7.10"), (7.1000001, "7.11"), (1e30, "over 10⁶"), (float("inf"), "unbounded"), (None, "none")],
)
def test_an_epsilon_is_rounded_up_only_where_it_is_not_exact(value: float | None, shown: str) -> None:
    assert numbers.epsilon(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(1e-5, "10⁻⁵"), (2.5e-6, "2.5 × 10⁻⁶"), (0.05, "0.05"), (0.0, "0"), (None, "n/a")]
)
def test_a_delta_is_written_as_a_power_of_ten(value: float | None, shown: str) -> None:
    assert numbers.small(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.0, "0.00 s"),
        (0.99, "0.99 s"),
        (0.996, "1.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (4321, "1 h 12 min"),
    ],
)
def test_durations_carry_to_the_next_unit(seconds: float, shown: str) -> None:
    assert numbers.duration(seconds).replace("\N{NO-BREAK SPACE}", " ") == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_960, "100 kB"), (999_600, "1.0 MB"), (5e15, "5000 TB")],
)
def test_sizes_carry_to_the_next_unit(size: float, shown: str) -> None:
    assert numbers.size(size).replace("\N{NO-BREAK SPACE}", " ") == shown


@given(st.floats(min_value=1, max_value=1e12), st.floats(min_value=1, max_value=1e12))
def test_sizes_keep_their_order(first: float, second: float) -> None:
    assert (_bytes(first) <= _bytes(second)) or first > second


def _bytes(size: float) -> float:
    amount, unit = numbers.size(size).split("\N{NO-BREAK SPACE}")
    return float(amount) * 1000.0 ** ("B", "kB", "MB", "GB", "TB").index(unit)


@pytest.mark.parametrize("low", [None, float("nan"), float("-inf")])
def test_an_interval_with_an_undefined_bound_is_not_shown(low: float | None) -> None:
    assert numbers.bounds(Interval(value=0.7, low=low, high=0.8)) == ""


def test_gains_carry_their_sign() -> None:
    assert numbers.gain(0.0217) == "+0.022"
    assert numbers.gain(-0.02) == "\N{MINUS SIGN}0.020"
    assert numbers.bounds(Interval(value=0, low=-0.01, high=0.03), signed=True) == "\N{MINUS SIGN}0.010 to +0.030"


@pytest.mark.parametrize(
    ("iso", "shown"),
    [
        ("2026-03-14T09:21:05+00:00", "14 March 2026, 09:21 UTC"),
        ("2026-03-14T09:21:05Z", "14 March 2026, 09:21 UTC"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_moment_is_written_out_and_anything_else_left_alone(iso: str, shown: str) -> None:
    assert numbers.moment(iso) == shown


def test_many_names_are_summed_up() -> None:
    names = tuple("abcdefgh")
    assert numbers.listed(names[:3]) == "a, b and c"
    assert numbers.listed(names[:6]) == "a, b, c, d, e and f"
    assert numbers.listed(names) == "a, b, c, d, e and 3 others"
    assert numbers.listed(names[:1]) == "a"

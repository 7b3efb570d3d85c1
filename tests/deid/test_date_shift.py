"""One shift of dates per patient and collection, for notes and images alike."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.date_shift import date_shift
from cloister.study.keys import SiteKey

keys = st.binary(min_size=32, max_size=32).map(SiteKey)
numbers = st.text("0123456789", min_size=1, max_size=10)


@given(keys, st.text(max_size=10), st.text(max_size=10), numbers)
def test_shift_is_one_week_to_two_years_back_in_whole_weeks(
    key: SiteKey, collection: str, issuer: str, number: str
) -> None:
    shift = date_shift(key, collection, issuer, number)
    assert timedelta(weeks=-104) <= shift <= timedelta(weeks=-1)
    assert shift % timedelta(weeks=1) == timedelta(0)


@given(keys, numbers)
def test_spelling_of_the_record_number_does_not_matter(key: SiteKey, number: str) -> None:
    assert date_shift(key, "c", "North ", f"00{number}") == date_shift(key, "c", "north", f"{number[0]}-{number[1:]}")


def test_shifts_spread_over_all_weeks_and_differ_between_collections(site_key: SiteKey) -> None:
    first = [date_shift(site_key, "a", "north", str(number)) for number in range(1, 2001)]
    second = [date_shift(site_key, "b", "north", str(number)) for number in range(1, 2001)]
    assert len(set(first)) == 104
    # 2,000 independent draws of one in 104 agree 19 times on average; 50 has a chance below 1e-8.
    assert sum(a == b for a, b in zip(first, second, strict=True)) < 50


def test_golden_value_never_changes(site_key: SiteKey) -> None:
    """Data cleaned by another version must keep its intervals."""
    assert date_shift(site_key, "main", "north-hospital", "00482913") == timedelta(days=-301)

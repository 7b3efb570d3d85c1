"""Overlapping windows over a text."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.adapters.windows import windows


@given(st.text(alphabet="ab \n", max_size=300), st.integers(10, 60), st.data())
def test_windows_cover_the_text_overlap_and_stay_small(text: str, size: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, size // 2 - 1))
    cut = list(windows(text, size, overlap))
    assert [*range(len(text))] == sorted({index for start, end in cut for index in range(start, end)})
    assert all(0 < end - start <= size for start, end in cut)
    assert all(left[1] - right[0] >= overlap and left[0] < right[0] for left, right in pairwise(cut))


def test_a_window_begins_with_a_word_where_one_is_near() -> None:
    text = "word " * 100
    assert all(text[start - 1] == " " for start, _ in windows(text, 52, 12) if start)

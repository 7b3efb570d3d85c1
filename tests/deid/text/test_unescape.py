"""Character references: as Python's own reads them, and also those that it raises on."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.unescape import unescape

PIECES = (
    "&",
    "&#",
    "&#x",
    "x",
    "0",
    "00000000",
    "1",
    "9",
    "65",
    "4b",
    "10FFFF",
    "1114111",
    "D800",
    ";",
    "amp",
    "lt",
    " ",
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_text_reads_as_pythons_own_reads_it(text: str) -> None:
    assert unescape(text) == html.unescape(text)


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("&#" + "1" * 5000, "\ufffd"),
        ("&#x" + "F" * 5000 + ";", "\ufffd"),
        ("&#" + "0" * 5000 + "65;", "A"),
        ("&#X" + "0" * 5000 + "41;", "A"),
        ("&#" + "0" * 5000 + "110000;", chr(110000)),
        ("&#" + "0" * 5000, "\ufffd"),
    ],
)
def test_a_number_of_any_length_is_read(reference: str, shown: str) -> None:
    assert unescape(f"a{reference} b") == f"a{shown} b"

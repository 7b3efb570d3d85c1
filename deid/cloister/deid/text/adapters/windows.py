"""Reading a long text through overlapping windows, so that an identifier at a border stands whole in one of them."""

from __future__ import annotations

from collections.abc import Iterator


def windows(text: str, size: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Start and end of every window, in code points; together they cover the text.

    Args:
        text: what is read.
        size: of a window, in code points.
        overlap: how many code points two neighbours share at least; less than half of `size`. Borders move to the
            nearest white space on the side that makes the overlap larger, if one is near.
    """
    start = 0
    while len(text) - start > size:
        end = start + size
        yield start, end
        blank = max((text.rfind(sign, start + size // 2, end - overlap) for sign in "\n "), default=-1)
        start = blank + 1 if blank >= 0 else end - overlap
    if start < len(text):
        yield start, len(text)

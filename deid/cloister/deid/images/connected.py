"""Connected regions of a mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Region:
    """Bounding box of a connected region, `right` and `bottom` exclusive, and the pixels' mean value."""

    left: int
    top: int
    right: int
    bottom: int
    pixels: int
    mean: float


def regions(values: NDArray[np.float32], threshold: float) -> list[Region]:
    """The 8-connected regions of pixels above a threshold.

    Args:
        values: two-dimensional.
        threshold: pixels above it belong to a region.

    Returns:
        Regions in the order of their first row.
    """
    runs = _runs(values > threshold)
    parents = list(range(len(runs)))
    previous: list[int] = []
    current: list[int] = []
    row = -2
    for index, (top, left, right) in enumerate(runs):
        if top != row:
            previous = current if top == row + 1 else []
            current, row = [], top
        current.append(index)
        for other in previous:
            if runs[other][1] <= right and left <= runs[other][2]:
                parents[_root(parents, index)] = _root(parents, other)
    members: dict[int, list[int]] = {}
    for index in range(len(runs)):
        members.setdefault(_root(parents, index), []).append(index)
    return [_region(values, [runs[index] for index in group]) for group in members.values()]


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Row, first column and end column of every horizontal run."""
    padded = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    _, ends = np.nonzero(change == -1)
    return list(zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True))


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _region(values: NDArray[np.float32], runs: list[tuple[int, int, int]]) -> Region:
    pixels = sum(right - left for _, left, right in runs)
    total = sum(float(values[row, left:right].sum()) for row, left, right in runs)
    return Region(
        left=min(left for _, left, _ in runs),
        top=min(row for row, _, _ in runs),
        right=max(right for _, _, right in runs),
        bottom=max(row for row, _, _ in runs) + 1,
        pixels=pixels,
        mean=total / pixels,
    )

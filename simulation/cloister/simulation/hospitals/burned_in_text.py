"""Text burned into the pixels of images, from a glyph atlas rendered once per size.

The font is the one inside Pillow, so no system font is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]
Box = tuple[int, int, int, int]
"""left, top, right, bottom in pixels; right and bottom are exclusive."""

_FIRST, _LAST = 32, 126
_MARGIN = 4


@dataclass(frozen=True)
class BurnedText:
    """One line of text in an image, with the tight box of its ink."""

    text: str
    box: Box


def burn(
    image: NDArray[np.float32],
    lines: Sequence[str],
    corner: Corner,
    *,
    size: int,
    brightness: float,
    plate: float | None = None,
) -> list[BurnedText]:
    """Draw lines of ASCII text into a corner of an image, in place.

    Args:
        image: two-dimensional, 0 (black) to 1 (white).
        lines: top to bottom. What does not fit the width is cut at the end.
        corner: where.
        size: of the font, in pixels.
        brightness: of the ink, 0 to 1.
        plate: brightness of a filled background behind each line; none if absent.

    Returns:
        What can be read in the image, line by line; lines without ink are left out.
    """
    height, width = image.shape
    step = size + 2
    top = _MARGIN if corner.startswith("top") else height - _MARGIN - step * len(lines)
    burned = []
    for number, line in enumerate(lines):
        shown, ink = _fitting(line, size, width - 2 * _MARGIN)
        box = _ink_box(ink)
        if box is None:
            continue
        left = _MARGIN if corner.endswith("left") else width - _MARGIN - ink.shape[1]
        row = top + number * step
        region = image[row : row + ink.shape[0], left : left + ink.shape[1]]
        ink = ink[: region.shape[0], : region.shape[1]]
        if plate is not None:
            region[:] = np.float32(plate)
        region += ink * (np.float32(brightness) - region)
        burned.append(BurnedText(shown, (left + box[0], row + box[1], left + box[2], row + box[3])))
    return burned


def _fitting(text: str, size: int, width: int) -> tuple[str, NDArray[np.float32]]:
    """The text, cut to the width, with its ink."""
    atlas = _atlas(size)
    cells: list[NDArray[np.float32]] = []
    used = 0
    for character in text:
        cell = atlas[character]
        if used + cell.shape[1] > width:
            break
        cells.append(cell)
        used += cell.shape[1]
    ink = np.concatenate(cells, axis=1) if cells else np.zeros((size + 2, 0), np.float32)
    return text[: len(cells)].rstrip(), ink


def _ink_box(ink: NDArray[np.float32]) -> Box | None:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


@cache
def _atlas(size: int) -> dict[str, NDArray[np.float32]]:
    """Each printable ASCII character as ink from 0 to 1, in a cell as wide as its advance."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size)
    cells = {}
    for code in range(_FIRST, _LAST + 1):
        character = chr(code)
        cell = Image.new("L", (max(1, round(font.getlength(character))), size + 2))
        ImageDraw.Draw(cell).text((0, -1), character, fill=255, font=font)
        cells[character] = np.asarray(cell, np.float32) / np.float32(255)
    return cells

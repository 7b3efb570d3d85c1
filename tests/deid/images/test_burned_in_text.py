"""Text in the pixels is found and hidden; anatomy is left."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from cloister.deid.images import burned_in_text
from cloister.deid.images.burned_in_text import Box, find_text, find_text_in_frames
from cloister.deid.images.connected import regions

Draw = Callable[..., NDArray[np.float32]]


def eight_bit(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    seen: NDArray[np.uint8] = (np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return seen


def mask(boxes: list[Box]) -> NDArray[np.bool_]:
    hidden = np.zeros((256, 256), bool)
    for box in boxes:
        hidden[box.top : box.bottom, box.left : box.right] = True
    return hidden


@pytest.mark.parametrize("size", [10, 12, 16, 20])
@pytest.mark.parametrize("at", [(4, 4), (90, 4), (4, 200), (110, 200)])
def test_text_in_any_corner_is_covered(draw_text: Draw, size: int, at: tuple[int, int]) -> None:
    lines = ["KOWALSKI^MARIA", "MRN 00482913"]
    with_text = draw_text(lines, size=size, at=at)
    ink = np.abs(with_text - draw_text([])) > 0.15
    hidden = mask(find_text(eight_bit(with_text)))
    assert (ink & hidden).sum() >= 0.98 * ink.sum()
    assert hidden.mean() < 0.45


def test_dark_text_on_light_ground_is_covered(draw_text: Draw) -> None:
    with_text = 1 - draw_text(["TRAN, TUAN", "DOB 07/10/1948"], size=12)
    ink = np.abs(with_text - (1 - draw_text([]))) > 0.15
    assert (ink & mask(find_text(eight_bit(with_text)))).sum() >= 0.98 * ink.sum()


@pytest.mark.parametrize("seed", range(6))
def test_a_picture_without_text_is_left_alone(draw_text: Draw, seed: int) -> None:
    assert mask(find_text(eight_bit(draw_text([], seed=seed)))).mean() < 0.02


def test_text_of_one_frame_among_many_is_found(draw_text: Draw) -> None:
    frames = np.stack([eight_bit(draw_text(["ACC 310000164"] if number == 7 else [])) for number in range(20)])
    assert mask(find_text_in_frames(frames))[6:14, 6:80].mean() > 0.9


def test_text_is_found_that_is_neither_the_brightest_nor_the_darkest_of_its_pixels(draw_text: Draw) -> None:
    """Grey letters in one frame; where they stand, another frame is white and a third is black."""
    frames = np.stack([eight_bit(draw_text([], seed=number)) for number in range(20)])
    letters = draw_text(["ACC 310000164"]) - draw_text([]) > 0.15
    frames[3][letters] = 160
    frames[5, :30], frames[11, :30] = 255, 0
    assert mask(find_text_in_frames(frames))[6:14, 6:80].mean() > 0.9


def test_frames_that_are_alike_cost_one_look(draw_text: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def look(frame: NDArray[np.uint8]) -> list[Box]:
        looks.append(int(frame[0, 0]))
        return []

    monkeypatch.setattr(burned_in_text, "find_text", look)
    one, other = eight_bit(draw_text([], seed=1)), eight_bit(draw_text([], seed=2))
    assert find_text_in_frames(np.stack([one, one, other, one])) == []
    assert len(looks) == 2


@pytest.mark.parametrize("shape", [(2, 2), (7, 7), (4, 500), (500, 4)])
def test_frames_in_which_no_text_has_room_are_not_looked_at(
    shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(burned_in_text, "_network_output", lambda _: pytest.fail("looked"))
    frames = np.random.default_rng(0).integers(0, 256, (500, *shape)).astype(np.uint8)
    assert find_text_in_frames(frames) == []


def test_regions_are_those_of_a_flood_fill() -> None:
    """Against an independent labelling by flood fill."""
    rng = np.random.default_rng(5)
    for _ in range(30):
        values = (rng.random((12, 15)) < 0.4).astype(np.float32)
        left = {tuple(map(int, place)) for place in np.argwhere(values > 0.5)}
        expected = set()
        while left:
            stack, seen = [left.pop()], []
            while stack:
                row, column = stack.pop()
                seen.append((row, column))
                near = {(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
                left -= near
                stack += near
            rows, columns = zip(*seen, strict=True)
            expected.add((min(columns), min(rows), max(columns) + 1, max(rows) + 1, len(seen)))
        found = {(r.left, r.top, r.right, r.bottom, r.pixels) for r in regions(values, 0.5)}
        assert found == expected

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.simulation.hospitals.burned_in_text import Corner, burn

CORNERS: tuple[Corner, ...] = ("top-left", "top-right", "bottom-left", "bottom-right")


@settings(max_examples=80)
@given(
    lines=st.lists(st.text("ABCDEFgjpqy 0123456789/:^,-'", max_size=60), min_size=1, max_size=6),
    corner=st.sampled_from(CORNERS),
    size=st.sampled_from((10, 11, 12, 14, 16)),
)
def test_boxes_hold_all_ink_and_touch_it_on_every_side(lines: list[str], corner: Corner, size: int) -> None:
    image = np.zeros((256, 256), np.float32)
    burned = burn(image, lines, corner, size=size, brightness=1.0)
    covered = np.zeros_like(image, bool)
    for line in burned:
        left, top, right, bottom = line.box
        covered[top:bottom, left:right] = True
        ink = image[top:bottom, left:right]
        assert ink[0].any()
        assert ink[-1].any()
        assert ink[:, 0].any()
        assert ink[:, -1].any()
    assert not image[~covered].any()
    assert len(burned) <= len(lines)
    assert all(any(line.startswith(found.text) for line in lines) for found in burned)


def test_text_too_long_for_the_image_is_cut_and_the_truth_says_so() -> None:
    image = np.zeros((256, 256), np.float32)
    (line,) = burn(image, ["CHRYSOSTOMIDES-PAPADOPOULOS, KONSTANTINOS PANAGIOTIS"], "top-left", size=16, brightness=1.0)
    assert "CHRYSOSTOMIDES" in line.text
    assert not line.text.endswith("PANAGIOTIS")
    assert line.box[2] <= 256


@pytest.mark.parametrize("corner", CORNERS)
def test_text_is_in_its_corner(corner: Corner) -> None:
    image = np.zeros((256, 256), np.float32)
    burn(image, ["MRN 123"], corner, size=12, brightness=1.0)
    rows, columns = np.nonzero(image)
    assert (rows.mean() < 128) == corner.startswith("top")
    assert (columns.mean() < 128) == corner.endswith("left")


def test_a_plate_hides_what_is_behind_it() -> None:
    image = np.full((256, 256), 0.5, np.float32)
    (line,) = burn(image, ["KOWALSKI"], "top-left", size=12, brightness=0.0, plate=1.0)
    left, top, right, bottom = line.box
    assert image[top:bottom, left:right].max() == 1.0
    assert image[top:bottom, left:right].min() < 0.2

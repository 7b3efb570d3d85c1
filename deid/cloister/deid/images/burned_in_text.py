"""Finding and hiding text in the pixels of an image.

A text detection network (PP-OCR's, from the models inside the rapidocr wheel; only its detector, nothing is read)
looks at the image after local contrast normalisation: strokes stand out alike over black background and over bright
anatomy, and the anatomy itself, which the network would otherwise take for one large character, disappears. Every
text found is hidden under a constant, whatever it says: what is not read cannot be misread.

A region as thick as a tenth of the image, or one compact sign with none beside it, is taken for anatomy: a nodule
looks like the letter O, and one letter identifies nobody.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cloister.deid.images.connected import Region, regions
from cloister.study.errors import InputError

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]

_ENLARGE = 1.0
_SMALLEST, _LARGEST = 256, 960
"""Longest side, in pixels, of what the network sees."""
_MULTIPLE = 32
_STROKE_RADIUS, _CONTRAST_RADIUS, _CONTRAST_FLOOR = 5, 15, 6.0
PIXEL_THRESHOLD, REGION_THRESHOLD = 0.2, 0.4
_UNCLIP, _PADDING, _LINE_EXTENSION = 1.8, 3.0, 1.5
_LARGEST_SHARE = 0.1
"""A region whose core is thicker than this share of the image is anatomy."""
_COMPACT, _NEIGHBOURHOOD = 1.5, 2.0
"""A region less elongated than the first, with no other one within the second times its size, is a single sign or a
nodule: one character identifies nobody."""
_FEWEST_PIXELS = 6
_LOWEST_LINE, _SHORTEST_LINE = 5, 8
"""Pixels across and along the smallest legible text: two characters of 3 x 5."""


@dataclass(frozen=True)
class Box:
    """A rectangle of pixels; `right` and `bottom` are exclusive."""

    left: int
    top: int
    right: int
    bottom: int


def find_text(image: NDArray[np.uint8]) -> list[Box]:
    """The boxes of everything that looks like text.

    Args:
        image: height x width, 0 (black) to 255 (white).

    Returns:
        Boxes within the image, generous on every side; none where no two characters have room.

    Raises:
        InputError: the detection model is not installed.
    """
    height, width = image.shape
    if min(height, width) < _LOWEST_LINE or max(height, width) < _SHORTEST_LINE:
        return []
    enlarged = _resized(image)
    probability = _network_output(_normalised(enlarged))
    down, across = height / enlarged.shape[0], width / enlarged.shape[1]
    marks = [region for region in regions(probability, PIXEL_THRESHOLD) if _is_text(region, enlarged.shape)]
    lines = [mark for mark in marks if _is_long(mark) or any(_are_close(mark, other) for other in marks)]
    return [_box(line, down, across, height, width) for line in lines]


def find_text_in_frames(frames: NDArray[np.uint8]) -> list[Box]:
    """The boxes of all text in any of the frames.

    Args:
        frames: frames x height x width. Every frame is looked at, frames that are alike once: text can stand in a
            single one, and no few pictures made of all of them show it for sure. A frame of 512 x 512 takes about
            0.2 s of processor time.
    """
    different = {blake2b(frame.tobytes()).digest(): frame for frame in frames}
    return list(dict.fromkeys(box for frame in different.values() for box in find_text(frame)))


def model_path() -> Path:
    """The detection model in the rapidocr wheel.

    Raises:
        InputError: rapidocr is not installed, or holds no detection model.
    """
    from importlib.util import find_spec

    spec = find_spec("rapidocr")
    folders = spec.submodule_search_locations if spec is not None and spec.submodule_search_locations else []
    models = sorted(path for folder in folders for path in (Path(folder) / "models").glob("*det*.onnx"))
    if not models:
        raise InputError("The text detection model is missing.", "pip install 'cloister[deid]'")
    return models[-1]


@cache
def _network_thread() -> ThreadPoolExecutor:
    """The one thread the network runs in.

    Two layers of the network have weights so small (subnormal) that arithmetic with them takes two thirds of its time;
    taken for zero they change nothing. A processor is told so thread by thread, and onnxruntime tells the thread that
    makes the first session: one of its own, so that nobody else's small numbers become zero.
    """
    return ThreadPoolExecutor(1, thread_name_prefix="text-detection")


@cache
def _session() -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread: images are shared out over processes, which scales better than threads within one image.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    return onnxruntime.InferenceSession(str(model_path()), options, providers=["CPUExecutionProvider"])


def _network_output(normalised: NDArray[np.float32]) -> NDArray[np.float32]:
    return _network_thread().submit(_run_network, normalised).result()


def _run_network(normalised: NDArray[np.float32]) -> NDArray[np.float32]:
    session = _session()
    batch = np.broadcast_to(normalised, (1, 3, *normalised.shape))
    output: NDArray[np.float32] = session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(batch)})[0]
    probability: NDArray[np.float32] = output[0, 0]
    return probability


def _resized(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    from PIL import Image

    height, width = image.shape
    longest = max(height, width)
    scale = min(max(_ENLARGE * longest, _SMALLEST), _LARGEST) / longest
    size = [max(_MULTIPLE, round(side * scale / _MULTIPLE) * _MULTIPLE) for side in (width, height)]
    resized = Image.fromarray(image).resize((size[0], size[1]), Image.Resampling.BILINEAR)
    return np.asarray(resized, np.float32)


def _normalised(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Deviation from the neighbourhood's mean in units of the wider neighbourhood's deviation, about -1 to 1."""
    detail = image - _box_mean(image, _STROKE_RADIUS)
    deviation = np.sqrt(np.maximum(_box_mean(detail * detail, _CONTRAST_RADIUS), 0))
    scaled: NDArray[np.float32] = np.clip(detail / (deviation + _CONTRAST_FLOOR) * 0.4, -1, 1).astype(np.float32)
    return scaled


def _box_mean(image: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    side = 2 * radius + 1
    padded = np.pad(image.astype(np.float64), ((radius + 1, radius), (radius + 1, radius)), mode="edge")
    sums = padded.cumsum(axis=0).cumsum(axis=1)
    total = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    mean: NDArray[np.float32] = (total / side**2).astype(np.float32)
    return mean


def _is_text(region: Region, shape: tuple[int, ...]) -> bool:
    width, height = region.right - region.left, region.bottom - region.top
    thinnest = min(width / shape[1], height / shape[0])
    return region.pixels >= _FEWEST_PIXELS and region.mean >= REGION_THRESHOLD and thinnest <= _LARGEST_SHARE


def _is_long(region: Region) -> bool:
    width, height = region.right - region.left, region.bottom - region.top
    return max(width, height) >= _COMPACT * min(width, height)


def _are_close(region: Region, other: Region) -> bool:
    if region is other:
        return False
    reach = _NEIGHBOURHOOD * max(region.right - region.left, region.bottom - region.top)
    across = max(region.left, other.left) - min(region.right, other.right)
    down = max(region.top, other.top) - min(region.bottom, other.bottom)
    return across <= reach and down <= reach


def _box(region: Region, down: float, across: float, height: int, width: int) -> Box:
    """The network marks the core of a text: grown back to the whole, and along the line where it may fade out."""
    wide, tall = region.right - region.left, region.bottom - region.top
    grow = _UNCLIP * wide * tall / (2 * (wide + tall)) + _PADDING
    along = _LINE_EXTENSION * (min(wide, tall) + 2 * grow)
    horizontal = grow + (along if wide >= 2 * tall else 0)
    vertical = grow + (along if tall >= 2 * wide else 0)
    return Box(
        left=max(0, int((region.left - horizontal) * across)),
        top=max(0, int((region.top - vertical) * down)),
        right=min(width, int(np.ceil((region.right + horizontal) * across))),
        bottom=min(height, int(np.ceil((region.bottom + vertical) * down))),
    )

"""The pixels of a DICOM image: checked, brought to a picture that a text detector can look at, and partly hidden.

Pixels that need no change keep their bytes. Compressed pixels are decoded and stored uncompressed: the compressed
stream could carry comments of its own.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cloister.deid.images.burned_in_text import Box
from cloister.deid.images.dicom_file import LARGEST_BYTES, RefusedImageError
from cloister.study.dicom_size import check_frames

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_BLACK_PERCENTILE, _WHITE_PERCENTILE = 0.5, 99.8
_MOST_FRAMES = 5000
"""A second of processor time looks at five of 512 x 512; series of images have some hundreds, seldom two thousand."""
_PIXELS_AT_ONCE = 2**20
_LARGEST_HISTOGRAM = 2
"""Bytes of a value that has few enough siblings to be counted one by one."""


def native_pixels(dataset: Dataset) -> None:
    """Make sure, in place, that pixel data are uncompressed, little-endian, of exactly the announced length.

    Raises:
        RefusedImageError: pixels are missing, too short, too many, or cannot be decoded.
    """
    from pydicom.uid import ExplicitVRBigEndian

    try:
        syntax = dataset.file_meta.TransferSyntaxUID
        compressed = syntax.is_compressed and not syntax.is_deflated
    except AttributeError:
        raise RefusedImageError("bad-header") from None
    _check_announced(dataset)
    if compressed:
        _decompress(dataset)
    expected = _expected_length(dataset)
    content = dataset.PixelData
    if not isinstance(content, bytes) or len(content) < expected:
        raise RefusedImageError("truncated")
    content = content[:expected]
    if syntax == ExplicitVRBigEndian and dataset.BitsAllocated == 16:
        content = np.frombuffer(content, ">u2").astype("<u2").tobytes()
    content = _without_unused_bits(dataset, content)
    dataset.PixelData = content + b"\0" * (len(content) % 2)


def stored_frames(dataset: Dataset) -> NDArray[np.generic]:
    """The stored values, frames x height x width x samples, from native pixel data."""
    signed = dataset.get("PixelRepresentation", 0) == 1
    dtype = np.dtype(f"<{'i' if signed else 'u'}{dataset.BitsAllocated // 8}")
    frames, samples = _frames(dataset), dataset.get("SamplesPerPixel", 1)
    values = np.frombuffer(dataset.PixelData[: _expected_length(dataset)], dtype).copy()
    if samples > 1 and dataset.get("PlanarConfiguration", 0) == 1:
        return np.moveaxis(values.reshape(frames, samples, dataset.Rows, dataset.Columns), 1, -1).copy()
    return values.reshape(frames, dataset.Rows, dataset.Columns, samples)


def pictures(dataset: Dataset, frames: NDArray[np.generic]) -> NDArray[np.uint8]:
    """The frames as a person would see them: frames x height x width, 0 black to 255 white."""
    # Of colours the mean counts, of luminance and colour differences the luminance.
    first_only = str(dataset.PhotometricInterpretation).startswith("YBR")
    pixels = frames.reshape(-1, frames.shape[-1])[:, : 1 if first_only else None]
    inverted = dataset.PhotometricInterpretation == "MONOCHROME1"
    # Text is often brighter than all else: with the percentiles it saturates, and shows.
    black, white = _percentiles(pixels, (_BLACK_PERCENTILE, _WHITE_PERCENTILE))
    seen = np.empty(len(pixels), np.uint8)
    for part in _parts(len(pixels)):  # of a large image at once it would take thirty bytes a pixel
        scaled = np.clip((_luminance(pixels[part]) - black) / max(float(white - black), 1.0), 0, 1)
        seen[part] = ((1 - scaled if inverted else scaled) * 255).astype(np.uint8)
    return seen.reshape(frames.shape[:-1])


def hide(dataset: Dataset, frames: NDArray[np.generic], boxes: Iterable[Box]) -> None:
    """Fill the boxes with black in every frame and store the pixels, in place."""
    if frames.shape[-1] > 1:
        ybr = str(dataset.PhotometricInterpretation).startswith("YBR")
        fill = np.array([0, 128, 128] if ybr and frames.shape[-1] == 3 else [0] * frames.shape[-1], frames.dtype)
    else:
        inverted = dataset.PhotometricInterpretation == "MONOCHROME1"
        fill = np.array([frames.max() if inverted else frames.min()], frames.dtype)
    hidden = np.zeros(frames.shape[1:3], np.bool_)
    for box in boxes:
        hidden[box.top : box.bottom, box.left : box.right] = True
    for frame in frames:
        frame[hidden] = fill
    if frames.shape[-1] > 1:
        dataset.PlanarConfiguration = 0
    content = frames.tobytes()
    dataset.PixelData = content + b"\0" * (len(content) % 2)


def _decompress(dataset: Dataset) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check_frames(dataset)
            dataset.decompress(generate_instance_uid=False)
    except MemoryError:
        raise RefusedImageError("too-large") from None
    except Exception:  # noqa: BLE001 -- decoders raise anything; the file is at fault
        raise RefusedImageError("undecodable-pixels") from None


def _frames(dataset: Dataset) -> int:
    return int(dataset.get("NumberOfFrames", 1) or 1)


def _check_announced(dataset: Dataset) -> None:
    """That there is room for what the header announces, before anything is decoded."""
    try:
        frames, samples = _frames(dataset), int(dataset.get("SamplesPerPixel", 1))
        length = int(dataset.Rows) * int(dataset.Columns) * samples * frames * int(dataset.BitsAllocated) // 8
    except (AttributeError, TypeError, ValueError):
        raise RefusedImageError("bad-header") from None
    if frames > _MOST_FRAMES or length > LARGEST_BYTES:
        raise RefusedImageError("too-large")


def _parts(count: int) -> Iterator[slice]:
    return (slice(start, start + _PIXELS_AT_ONCE) for start in range(0, count, _PIXELS_AT_ONCE))


def _luminance(pixels: NDArray[np.generic]) -> NDArray[np.float32]:
    """The mean of each pixel's samples."""
    mean: NDArray[np.float32] = pixels.mean(axis=-1).astype(np.float32)
    return mean


def _percentiles(pixels: NDArray[np.generic], shares: tuple[float, float]) -> NDArray[np.float64]:
    """Of the luminance of all pixels; by counting how often each occurs, where there are not too many."""
    if pixels.dtype.itemsize > _LARGEST_HISTOGRAM:
        values = np.concatenate([_luminance(pixels[part]) for part in _parts(len(pixels))])
        found: NDArray[np.float64] = np.percentile(values, shares).astype(np.float64)
        return found
    limits = np.iinfo(pixels.dtype.name)
    samples = pixels.shape[-1]
    lowest = int(limits.min) * samples
    counts = np.zeros((int(limits.max) - int(limits.min)) * samples + 1, np.int64)
    for part in _parts(len(pixels)):
        counts += np.bincount(pixels[part].sum(axis=-1, dtype=np.int64) - lowest, minlength=len(counts))
    upto = counts.cumsum()
    return np.array([_quantile(upto, share / 100, lowest, samples) for share in shares])


def _quantile(upto: NDArray[np.int64], share: float, lowest: int, samples: int) -> float:
    """Between the two values at its place among the sorted ones, as numpy's percentile does it."""
    place = share * (int(upto[-1]) - 1)
    below = int(place)
    ranks = np.minimum((below, below + 1), upto[-1] - 1)
    low, high = (((np.searchsorted(upto, ranks, side="right") + lowest) / samples).astype(np.float32)).tolist()
    rest = place - below
    between: float = low + (high - low) * rest if rest < 0.5 else high - (high - low) * (1 - rest)
    return between


def _expected_length(dataset: Dataset) -> int:
    try:
        allocated, samples = int(dataset.BitsAllocated), int(dataset.get("SamplesPerPixel", 1))
        stored = int(dataset.get("BitsStored", allocated))
        pixels = int(dataset.Rows) * int(dataset.Columns) * samples * _frames(dataset)
        photometric = str(dataset.PhotometricInterpretation)
    except (AttributeError, TypeError, ValueError):
        raise RefusedImageError("bad-header") from None
    if allocated not in {8, 16, 32} or samples not in {1, 3} or pixels <= 0:
        raise RefusedImageError("undecodable-pixels")
    if photometric in {"PALETTE COLOR", "YBR_FULL_422"} or not 0 < stored <= allocated:
        raise RefusedImageError("undecodable-pixels")
    return pixels * allocated // 8


def _without_unused_bits(dataset: Dataset, content: bytes) -> bytes:
    """Bits above the stored ones once held overlays, with text in them: cleared where they are not a sign."""
    allocated, stored = dataset.BitsAllocated, dataset.get("BitsStored", dataset.BitsAllocated)
    if stored == allocated or dataset.get("PixelRepresentation", 0) == 1:
        return content
    values: NDArray[np.unsignedinteger] = np.frombuffer(content, f"<u{allocated // 8}")
    highest = dataset.get("HighBit", stored - 1)
    mask = np.array(((1 << stored) - 1) << max(0, highest - stored + 1), values.dtype)
    if not np.any(values & ~mask):
        return content
    cleared: bytes = (values & mask).tobytes()
    return cleared

"""The pixels of a DICOM image: checked, brought to a picture that a text detector can look at, and partly hidden.

Pixels that need no change keep their bytes. Compressed pixels are decoded and stored uncompressed: the compressed
stream could carry comments of its own.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cloister.deid.images.burned_in_text import Box
from cloister.deid.images.dicom_file import RefusedImageError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_BLACK_PERCENTILE, _WHITE_PERCENTILE = 0.5, 99.8
_LARGEST_PIXELS = 2**31


def native_pixels(dataset: Dataset) -> None:
    """Make sure, in place, that pixel data are uncompressed, little-endian, of exactly the announced length.

    Raises:
        RefusedImageError: pixels are missing, too short or cannot be decoded.
    """
    from pydicom.uid import ExplicitVRBigEndian

    try:
        syntax = dataset.file_meta.TransferSyntaxUID
        compressed = syntax.is_compressed and not syntax.is_deflated
    except AttributeError:
        raise RefusedImageError("bad-header") from None
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
    if frames.shape[-1] > 1:
        luminance = frames[..., 0] if str(dataset.PhotometricInterpretation).startswith("YBR") else frames.mean(axis=-1)
    else:
        luminance = frames[..., 0]
    values = luminance.astype(np.float32)
    black, white = np.percentile(values, (_BLACK_PERCENTILE, _WHITE_PERCENTILE))
    # Text is often brighter than all else: with the percentiles it saturates, and shows.
    scaled = np.clip((values - black) / max(float(white - black), 1.0), 0, 1)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        scaled = 1 - scaled
    seen: NDArray[np.uint8] = (scaled * 255).astype(np.uint8)
    return seen


def hide(dataset: Dataset, frames: NDArray[np.generic], boxes: Iterable[Box]) -> None:
    """Fill the boxes with black in every frame and store the pixels, in place."""
    if frames.shape[-1] > 1:
        ybr = str(dataset.PhotometricInterpretation).startswith("YBR")
        fill = np.array([0, 128, 128] if ybr and frames.shape[-1] == 3 else [0] * frames.shape[-1], frames.dtype)
    else:
        inverted = dataset.PhotometricInterpretation == "MONOCHROME1"
        fill = np.array([frames.max() if inverted else frames.min()], frames.dtype)
    for box in boxes:
        frames[:, box.top : box.bottom, box.left : box.right] = fill
    if frames.shape[-1] > 1:
        dataset.PlanarConfiguration = 0
    content = frames.tobytes()
    dataset.PixelData = content + b"\0" * (len(content) % 2)


def _decompress(dataset: Dataset) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset.decompress(generate_instance_uid=False)
    except Exception:  # noqa: BLE001 -- decoders raise anything; the file is at fault
        raise RefusedImageError("undecodable-pixels") from None


def _frames(dataset: Dataset) -> int:
    return int(dataset.get("NumberOfFrames", 1) or 1)


def _expected_length(dataset: Dataset) -> int:
    try:
        allocated, samples = int(dataset.BitsAllocated), int(dataset.get("SamplesPerPixel", 1))
        stored = int(dataset.get("BitsStored", allocated))
        pixels = int(dataset.Rows) * int(dataset.Columns) * samples * _frames(dataset)
        photometric = str(dataset.PhotometricInterpretation)
    except (AttributeError, TypeError, ValueError):
        raise RefusedImageError("bad-header") from None
    if allocated not in {8, 16, 32} or samples not in {1, 3} or not 0 < pixels <= _LARGEST_PIXELS:
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

"""Image files as network input: DICOM, PNG or JPEG to a square grey tensor of zero mean and unit spread."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cloister.study.errors import DataError


def read_image(path: Path, size: int) -> Tensor:
    """One image, shape (1, size, size), float32, standardised by its own mean and spread.

    Of many frames, grey or in colour, the middle one is read. Standardising each image by itself removes a scanner's
    scale without any statistic over patients.

    Raises:
        DataError: the file cannot be decoded.
    """
    from PIL import Image

    try:
        pixels = _read_dicom(path) if path.suffix.lower() == ".dcm" else _read_raster(path)
        resized = Image.fromarray(pixels).resize((size, size), Image.Resampling.BOX)
        values = torch.from_numpy(np.asarray(resized, dtype=np.float32).copy())
    except Exception as problem:  # noqa: BLE001 (decoders raise anything on damaged files)
        raise DataError(
            f"{path}: cannot be decoded ({type(problem).__name__}).",
            "Run the de-identification again; it quarantines files that cannot be decoded.",
        ) from None
    spread = values.std()
    return ((values - values.mean()) / (spread if spread > 0 else 1.0)).unsqueeze(0)


def _read_dicom(path: Path) -> NDArray[np.float32]:
    import pydicom

    image = pydicom.dcmread(path)
    pixels: NDArray[np.float32] = image.pixel_array.astype(np.float32)
    if int(image.SamplesPerPixel) > 1:
        pixels = pixels.mean(axis=-1)
    if pixels.ndim == 3:
        pixels = pixels[len(pixels) // 2]
    return -pixels if image.PhotometricInterpretation == "MONOCHROME1" else pixels


def _read_raster(path: Path) -> NDArray[np.float32]:
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("F"), dtype=np.float32)

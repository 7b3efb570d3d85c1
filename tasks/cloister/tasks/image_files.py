"""Image files as network input: DICOM, PNG, JPEG and the like to a square grey tensor of zero mean and unit spread."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cloister.study.dicom_size import check_frames, inflates_beyond
from cloister.study.errors import DataError

_MOST_PIXELS: Final = 2**26
"""Of a frame, which takes 256 MiB as float32."""
_FORMATS: Final = ("PNG", "JPEG", "TIFF", "JPEG2000", "BMP", "GIF", "WEBP", "PPM")
"""For some others Pillow starts programs, such as Ghostscript for PostScript, whatever a file is called."""
_MOST_BYTES: Final = 2**30
"""Of a file that is deflated."""


def read_image(path: Path, size: int) -> Tensor:
    """One image, shape (1, size, size), float32, standardised by its own mean and spread.

    Of many frames, grey or in colour, the middle one is read. Standardising each image by itself removes a scanner's
    scale without any statistic over patients.

    Raises:
        DataError: the file cannot be decoded, has more than 2^26 pixels, or some that are no numbers.
    """
    from PIL import Image

    try:
        pixels = _read_dicom(path) if path.suffix.lower() == ".dcm" else _read_raster(path)
        resized = Image.fromarray(pixels).resize((size, size), Image.Resampling.BOX)
        values = torch.from_numpy(np.asarray(resized, dtype=np.float32).copy())
        if not values.isfinite().all():
            raise ValueError
    except Exception as problem:  # noqa: BLE001 (decoders raise anything on damaged files)
        raise DataError(
            f"{path}: cannot be decoded to at most {_MOST_PIXELS} finite pixels ({type(problem).__name__}).",
            "Run the de-identification again, which quarantines what cannot be decoded, or leave larger images out.",
        ) from None
    spread = values.std()
    return ((values - values.mean()) / (spread if spread > 0 else 1.0)).unsqueeze(0)


def _read_dicom(path: Path) -> NDArray[np.float32]:
    import pydicom
    from pydicom.pixels import pixel_array

    if inflates_beyond(path, _MOST_BYTES):
        raise ValueError
    image = pydicom.dcmread(path)
    _check_size(int(image.Columns), int(image.Rows))
    middle = int(image.get("NumberOfFrames") or 1) // 2
    check_frames(image, middle)
    pixels: NDArray[np.float32] = pixel_array(image, index=middle).astype(np.float32)
    if int(image.SamplesPerPixel) > 1:
        pixels = pixels.mean(axis=-1)
    return -pixels if image.PhotometricInterpretation == "MONOCHROME1" else pixels


def _read_raster(path: Path) -> NDArray[np.float32]:
    from PIL import Image

    with Image.open(path, formats=_FORMATS) as image:
        _check_size(*image.size)
        return np.asarray(image.convert("F"), dtype=np.float32)


def _check_size(width: int, height: int) -> None:
    if width * height > _MOST_PIXELS:
        raise ValueError

"""How much a DICOM file becomes in memory, found out before it does: its header may say anything."""

from __future__ import annotations

import io
import itertools
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

PREAMBLE: Final = 128
_PREFIX: Final = b"DICM"
_PIECE: Final = 2**20
_RUN_LENGTHS_HEAD: Final = 128
"""Bytes of a frame's table of segments, and those that make their lengths even."""


def inflates_beyond(path: Path, most: int) -> bool:
    """Whether a deflated file, which pydicom inflates as one, becomes larger than `most` bytes.

    Raises:
        OSError, ValueError and others: whatever it is that cannot be read; it is not looked into here.
    """
    from pydicom.filereader import read_dataset
    from pydicom.uid import DeflatedExplicitVRLittleEndian

    with path.open("rb") as file:
        file.seek(PREAMBLE)
        if file.read(len(_PREFIX)) != _PREFIX:
            return False
        meta = read_dataset(file, False, True, stop_when=lambda tag, _vr, _length: tag.group != 2)
        if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
            return False
        inflater, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
        while not inflater.eof and (piece := inflater.unconsumed_tail or file.read(_PIECE)):
            size += len(inflater.decompress(piece, _PIECE))
            if size > most:
                return True
    return False


def check_frames(dataset: Dataset, index: int | None = None) -> None:
    """That compressed frames are of the size that the header announces: 2 kB of JPEG 2000 become gigabytes.

    Args:
        dataset: what would have others decoded is removed from it: the offset table of eight bytes, and frames beyond
            the announced number.
        index: of the one frame that will be decoded; all if absent.

    Raises:
        ValueError: a frame is of another size.
        Exception: whatever pydicom and Pillow raise where there are no frames, or of no size that can be told.
    """
    from pydicom.encaps import encapsulate, generate_frames, get_frame
    from pydicom.uid import JPEG2000, JPEG2000Lossless, JPEGTransferSyntaxes, RLELossless

    checks = dict.fromkeys((*JPEGTransferSyntaxes, JPEG2000, JPEG2000Lossless), _check_jpeg)
    checks[RLELossless] = _check_run_lengths
    check = checks.get(dataset.file_meta.TransferSyntaxUID)
    if check is None:  # for other ways of compression no decoder is installed
        return
    for name in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
        if name in dataset:
            delattr(dataset, name)
    count = int(dataset.get("NumberOfFrames") or 1)
    if index is not None:
        check(get_frame(dataset.PixelData, index, number_of_frames=count), dataset)
        return
    frames = list(itertools.islice(generate_frames(dataset.PixelData, number_of_frames=count), count))
    for frame in frames:
        check(frame, dataset)
    dataset.PixelData = encapsulate(frames)


def _check_jpeg(frame: bytes, dataset: Dataset) -> None:
    from PIL import Image

    size = (int(dataset.Columns), int(dataset.Rows))
    with Image.open(io.BytesIO(frame), formats=("JPEG", "JPEG2000")) as image:  # which decodes nothing yet
        if image.size != size:
            raise ValueError(f"a frame of {image.size}, not of {size}")


def _check_run_lengths(frame: bytes, dataset: Dataset) -> None:
    """Runs that save nothing take a byte more for 128; a run of 128 takes two."""
    values = int(dataset.Columns) * int(dataset.Rows) * int(dataset.get("SamplesPerPixel") or 1)
    announced = values * int(dataset.BitsAllocated) // 8
    if len(frame) > 2 * announced + _RUN_LENGTHS_HEAD:
        raise ValueError(f"a frame of {len(frame)} bytes for one of {announced}")

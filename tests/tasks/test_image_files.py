"""Images of every shape that the de-identification passes on become one grey square."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from cloister.tasks.image_files import read_image

SIZE = 4


def write(path: Path, pixels: NDArray[np.uint8], *, colour: bool, frames: int) -> Path:
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.3.1", "1.2.3"
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = (3, "RGB") if colour else (1, "MONOCHROME2")
    if colour:
        dataset.PlanarConfiguration = 0
    if frames > 1:
        dataset.NumberOfFrames = frames
    dataset.Rows, dataset.Columns = SIZE, SIZE
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    dataset.PixelData = pixels.tobytes()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.save_as(path, enforce_file_format=True)
    return path


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("frames", [1, 3, 4])
def test_of_many_frames_the_middle_one_is_read_grey_or_in_colour(colour: bool, frames: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    grey = rng.integers(0, 250, (frames, SIZE, SIZE)).astype(np.uint8)
    pixels = np.stack([grey, grey + 3, grey + 6], axis=-1) if colour else grey
    found = read_image(write(tmp_path / "x.dcm", pixels, colour=colour, frames=frames), SIZE)
    middle = torch.from_numpy(grey[frames // 2].astype(np.float32))
    assert found.shape == (1, SIZE, SIZE)
    assert torch.allclose(found[0], (middle - middle.mean()) / middle.std(), atol=1e-5)

"""Images of every shape that the de-identification passes on become one grey square."""

import io
import tracemalloc
from pathlib import Path

import numpy as np
import pydicom
import pytest
import torch
from numpy.typing import NDArray
from PIL import EpsImagePlugin, Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, JPEGBaseline8Bit

from cloister.study.errors import DataError
from cloister.tasks import image_files
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


def test_only_the_frame_that_is_read_takes_memory(tmp_path: Path) -> None:
    """A cine loop as float32 would be four times its file."""
    frames = 2**20
    path = write(tmp_path / "x.dcm", np.zeros((frames, SIZE, SIZE), np.uint8), colour=False, frames=frames)
    tracemalloc.start()
    read_image(path, SIZE)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 3 * frames * SIZE * SIZE


def test_an_image_of_more_pixels_than_any_has_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = write(tmp_path / "x.dcm", np.zeros((1, SIZE, SIZE), np.uint8), colour=False, frames=1)
    dataset = pydicom.dcmread(path)
    dataset.Rows, dataset.Columns = 2**14, 2**14
    dataset.save_as(path)
    with pytest.raises(DataError, match=r"x\.dcm: cannot be decoded to at most 67108864 finite pixels \(ValueError\)"):
        read_image(path, SIZE)
    Image.new("1", (2**13, 2**13 + 1)).save(tmp_path / "x.png")
    with pytest.raises(DataError, match="cannot be decoded"):
        read_image(tmp_path / "x.png", SIZE)


@pytest.mark.parametrize(("kind", "read"), [("PNG", True), ("TIFF", True), ("BMP", True), ("EPS", False)])
def test_no_program_is_started_for_a_file_that_calls_itself_a_picture(
    kind: str, read: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("L", (SIZE, SIZE)).save(tmp_path / "x", kind)
    (tmp_path / "x").rename(tmp_path / "x.png")
    started: list[object] = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *arguments, **_: started.append(arguments))
    if read:
        assert read_image(tmp_path / "x.png", SIZE).shape == (1, SIZE, SIZE)
    else:
        with pytest.raises(DataError, match="cannot be decoded"):
            read_image(tmp_path / "x.png", SIZE)
    assert started == []


def test_a_compressed_frame_larger_than_the_header_says_is_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "x.dcm", np.zeros((1, SIZE, SIZE), np.uint8), colour=False, frames=1)
    for columns, fits in ((SIZE, True), (1200, False)):
        content = io.BytesIO()
        Image.new("L", (columns, columns)).save(content, "JPEG")
        dataset = pydicom.dcmread(path)
        dataset.PixelData = encapsulate([content.getvalue()])
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
        dataset.save_as(tmp_path / "compressed.dcm")
        if fits:
            assert read_image(tmp_path / "compressed.dcm", SIZE).shape == (1, SIZE, SIZE)
            monkeypatch.setattr(pydicom.pixels, "pixel_array", lambda *_, **__: pytest.fail("decoded"))
        else:
            with pytest.raises(DataError, match="cannot be decoded"):
                read_image(tmp_path / "compressed.dcm", SIZE)


def test_a_deflated_file_is_measured_before_it_is_inflated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "x.dcm", np.zeros((1, SIZE, SIZE), np.uint8), colour=False, frames=1)
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.ImageComments = "x" * 10_000
    dataset.save_as(path)
    read_image(path, SIZE)
    monkeypatch.setattr(image_files, "_MOST_BYTES", 10_000)
    monkeypatch.setattr(pydicom, "dcmread", lambda *_, **__: pytest.fail("inflated"))
    with pytest.raises(DataError, match="cannot be decoded"):
        read_image(path, SIZE)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_pixels_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    Image.fromarray(np.full((SIZE, SIZE), value, np.float32)).save(tmp_path / "x.tiff")
    with pytest.raises(DataError, match="cannot be decoded"):
        read_image(tmp_path / "x.tiff", SIZE)

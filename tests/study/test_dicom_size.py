"""A DICOM file's memory is known before it is taken, whatever its header says."""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, encapsulate_extended, generate_frames, get_frame
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
)

from cloister.study.dicom_size import check_frames, inflates_beyond

SYNTAXES = {"JPEG": JPEGBaseline8Bit, "JPEG2000": JPEG2000Lossless}


def encoded(kind: str, columns: int, rows: int) -> bytes:
    content = io.BytesIO()
    Image.new("L", (columns, rows)).save(content, kind)
    return content.getvalue()


def dataset_of(kind: str, frames: list[bytes]) -> Dataset:
    dataset = Dataset()
    dataset.Columns, dataset.Rows, dataset.NumberOfFrames = 48, 32, len(frames)
    dataset.PixelData = encapsulate(frames)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = SYNTAXES[kind]
    return dataset


@pytest.mark.parametrize("kind", SYNTAXES)
def test_frames_of_the_announced_size_pass(kind: str) -> None:
    dataset = dataset_of(kind, [encoded(kind, 48, 32)] * 3)
    check_frames(dataset)
    for index in range(3):
        check_frames(dataset, index)


@pytest.mark.parametrize("kind", SYNTAXES)
@pytest.mark.parametrize("size", [(4800, 3200), (32, 48), (48, 33)])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_frame_of_another_size_is_found_wherever_it_is(kind: str, size: tuple[int, int], place: int) -> None:
    frames = [encoded(kind, 48, 32)] * 3
    frames[place] = encoded(kind, *size)
    dataset = dataset_of(kind, frames)
    with pytest.raises(ValueError, match="a frame of"):
        check_frames(dataset)
    with pytest.raises(ValueError, match="a frame of"):
        check_frames(dataset, place)
    check_frames(dataset, (place + 1) % 3)


def test_no_second_table_says_where_frames_are_that_were_not_looked_at() -> None:
    """The decoder would believe it rather than the first one."""
    small, large = encoded("JPEG", 48, 32), encoded("JPEG", 480, 320)
    dataset = dataset_of("JPEG", [small])
    dataset.PixelData, offsets, lengths = encapsulate_extended([small, large])
    dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = offsets[8:], lengths[8:]
    assert get_frame(dataset.PixelData, 0, extended_offsets=(offsets[8:], lengths[8:])).startswith(large)
    check_frames(dataset)
    assert "ExtendedOffsetTable" not in dataset
    assert "ExtendedOffsetTableLengths" not in dataset


def test_run_lengths_are_no_longer_than_the_frame_that_they_are_of() -> None:
    """Each pair of bytes may become 128: 16 MB of them under a header of 16 x 16 took a gigabyte."""
    noise = np.random.default_rng(0).integers(0, 65536, (2, 32, 48), np.uint16)  # of which no run saves anything
    dataset = dataset_of("JPEG", [b"none"] * 2)
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation = 15, 0
    dataset.compress(RLELossless, noise, generate_instance_uid=False)
    check_frames(dataset)
    assert (dataset.pixel_array == noise).all()
    check_frames(dataset, 1)
    frames = list(generate_frames(dataset.PixelData, number_of_frames=2))
    dataset.PixelData = encapsulate([frames[0], frames[1] + b"\x81\x41" * 10_000])
    for index in (None, 1):
        with pytest.raises(ValueError, match="a frame of"):
            check_frames(dataset, index)


def test_what_no_size_can_be_told_of_is_not_decoded() -> None:
    with pytest.raises(OSError, match="cannot identify image file"):
        check_frames(dataset_of("JPEG", [b"no picture at all"]))


@pytest.mark.parametrize("syntax", [DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_only_what_is_deflated_becomes_larger(tmp_path: Path, syntax: str) -> None:
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.PixelData = "1.2.840.10008.5.1.4.1.1.4", "1.2.3", bytes(10**6)
    dataset.BitsAllocated = 8
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
    dataset.save_as(tmp_path / "x.dcm", enforce_file_format=True)
    assert not inflates_beyond(tmp_path / "x.dcm", 10**6 + 1000)
    assert inflates_beyond(tmp_path / "x.dcm", 10**6) == (syntax == DeflatedExplicitVRLittleEndian)


def test_a_file_of_another_kind_is_left_to_its_reader(tmp_path: Path) -> None:
    (tmp_path / "x.dcm").write_bytes(b"no DICOM at all")
    assert not inflates_beyond(tmp_path / "x.dcm", 1)

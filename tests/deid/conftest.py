"""Raw records for the de-identification's tests: a site key, patients, notes, DICOM files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray

from cloister.deid.patient_record import PatientRecord
from cloister.study.keys import SiteKey

MARIA = {
    "patient_id": "00482913",
    "issuer": "north-hospital",
    "names": [{"given": "Maria Elena", "family": "Kowalski"}],
    "birth_date": "1951-03-07",
    "sex": "F",
    "addresses": ["14 Willow Street, Ashford, OH 44012"],
    "phones": ["(555) 010-2233"],
    "emails": ["m.kowalski@example.org"],
    "ids": {"ssn": "912-34-5678", "health_plan": "HPX-123-99"},
    "relatives": [{"given": "Jan", "family": "Kowalski"}],
}
NOTE = """ADMISSION NOTE
Patient: KOWALSKI, MARIA E.   MRN: 00482913  DOB: 03/07/1951
Ms. Kowalski is a 70-year-old woman from Ashford, OH, admitted on May 4th, 2021 with dyspnea since 4/28/2021.
Her husband Jan (555-010-7788) lives at 14 Willow St; email M.Kowalski@example.org. SSN 912345678.
Seen by Dr. Ahmed Al-Sayed at St. Mary's Hospital; her mother is 92 y/o. BP 120/80, furosemide 40 mg.
Electronically signed by Susan B. Miller, MD on 2021-05-04.
"""


@pytest.fixture
def site_key() -> SiteKey:
    return SiteKey(bytes(range(32)))


@pytest.fixture(scope="session")
def maria() -> PatientRecord:
    return PatientRecord.model_validate(MARIA)


@pytest.fixture
def write_lines(tmp_path: Path) -> Callable[..., Path]:
    """Writes a JSONL file; a line given as bytes goes in as it is."""

    def write(name: str, *lines: object) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
        path.write_bytes(b"\n".join(raw) + b"\n")
        return path

    return write


@pytest.fixture
def patients_file(write_lines: Callable[..., Path]) -> Path:
    return write_lines("patients.jsonl", MARIA)


@pytest.fixture
def note() -> str:
    return NOTE


@pytest.fixture(scope="session")
def draw_text() -> Callable[..., NDArray[np.float32]]:
    """A noisy picture of a chest-like shape, 0 to 1, with lines of text in a corner."""

    def draw(lines: list[str], *, seed: int = 0, size: int = 12, at: tuple[int, int] = (4, 4)) -> NDArray[np.float32]:
        from PIL import Image, ImageDraw, ImageFont

        rng = np.random.default_rng(seed)
        rows, columns = np.mgrid[0:256, 0:256] / 256 - 0.5
        chest = 0.6 * np.exp(-(rows**2 + columns**2) * 6) + 0.25 * np.exp(-((columns - 0.05) ** 2) * 60)
        picture = np.clip(chest + rng.normal(0, 0.02, (256, 256)), 0, 0.85).astype(np.float32)
        ink = Image.new("L", (256, 256))
        for number, line in enumerate(lines):
            position = (at[0], at[1] + number * (size + 4))
            ImageDraw.Draw(ink).text(position, line, fill=255, font=ImageFont.load_default(size))
        share = np.asarray(ink, np.float32) / 255
        drawn: NDArray[np.float32] = picture * (1 - share) + share
        return drawn

    return draw


@pytest.fixture
def write_dicom_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a Computed Radiography file with identifiers all over its header."""

    def write(name: str, picture: NDArray[np.float32], **changes: Any) -> Path:
        from pydicom.dataset import Dataset, FileMetaDataset
        from pydicom.sequence import Sequence
        from pydicom.uid import ExplicitVRLittleEndian

        bits = changes.pop("bits", 8)
        photometric = changes.pop("photometric", "MONOCHROME2")
        values = 1 - picture if photometric == "MONOCHROME1" else picture
        stored = np.round(values * (2**bits - 1)).astype(np.uint8 if bits == 8 else np.uint16)
        item = Dataset()
        item.PatientID, item.PatientName, item.RequestedProcedureDescription = (
            "00482913",
            "Kowalski^Jan",
            "per Kowalski",
        )
        dataset = Dataset()
        dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
        dataset.SOPInstanceUID = f"1.2.826.0.1.3680043.8.498.{crc32(name.encode())}"
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.3.4.5", "1.2.3.4.5.6"
        dataset.StudyDate = dataset.ContentDate = "20210504"
        dataset.StudyTime, dataset.Modality, dataset.BodyPartExamined = "101112", "CR", "CHEST"
        dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = (
            "Kowalski^Maria Elena",
            "00482913",
            "19510307",
        )
        dataset.IssuerOfPatientID = "north-hospital"
        dataset.PatientSex, dataset.PatientAge, dataset.AccessionNumber = "F", "070Y", "ACC123456"
        dataset.PatientAddress, dataset.PatientComments = "14 Willow Street", "daughter of Jan Kowalski"
        dataset.StudyDescription, dataset.InstitutionName = "CHEST KOWALSKI", "Ashford Memorial Hospital"
        dataset.ReferringPhysicianName, dataset.ImageComments = "Miller^Susan", "call 555-010-2233"
        dataset.RequestAttributesSequence = dataset.OtherPatientIDsSequence = Sequence([item])
        block = dataset.private_block(0x0099, "MAKER KOWALSKI", create=True)
        block.add_new(0x01, "LO", "Maria Kowalski")
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, photometric
        dataset.Rows, dataset.Columns = picture.shape
        dataset.BitsAllocated = 8 if bits == 8 else 16
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = bits, bits - 1, 0
        dataset.PixelData = stored.tobytes()
        for keyword, value in changes.items():
            setattr(dataset, keyword, value)
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.file_meta.SourceApplicationEntityTitle = "KOWALSKI"
        dataset.preamble = b"Kowalski".ljust(128, b"\0")
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset.save_as(path, enforce_file_format=True)
        return path

    return write

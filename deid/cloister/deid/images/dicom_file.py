"""Reading and writing DICOM files. What cannot be read is refused with a quarantine code, never with a traceback."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cloister.deid.images.dicom_headers import IMPLEMENTATION_UID
from cloister.deid.quarantine import Reason
from cloister.study.dicom_size import PREAMBLE, inflates_beyond
from cloister.study.population import is_record_number
from cloister.study.utf8 import has_utf8

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

LARGEST_BYTES = 2**30
"""Of the pixels of an image, and of a file when it is inflated. Memory takes about five times as much."""
# Storage classes (PS3.4 B.5) whose content is the image itself: no encapsulated documents, no structured reports.
SOP_CLASSES = frozenset(
    "1.2.840.10008.5.1.4.1.1." + suffix
    for suffix in (
        "1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1", "2", "2.1", "3.1", "4", "4.1", "6.1", "7", "7.1", "7.2",
        "7.3", "7.4", "12.1", "12.1.1", "12.2", "12.2.1", "20", "77.1.1", "77.1.2", "77.1.4", "77.1.5.1", "128", "130",
    )
)  # fmt: skip


class RefusedImageError(Exception):
    """An image that cannot be cleaned, and why. It ends in quarantine, not at the user."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True)
class ImageIdentity:
    """What says whose image a file holds. These strings identify; they stay in memory."""

    patient_id: str
    issuer: str
    study_uid: str
    instance_uid: str
    patient_name: str
    birth_date: str


def read_identity(path: Path) -> ImageIdentity:
    """Read only what says whose image this is.

    Raises:
        RefusedImageError: with the quarantine code.
    """
    tags = [0x00080016, 0x00080018, 0x00100010, 0x00100020, 0x00100021, 0x00100030, 0x0020000D]
    dataset = _read(path, specific_tags=tags, stop_before_pixels=True)
    try:
        values = {name: str(dataset.get(name, "") or "").strip() for name in _IDENTITY}
    except Exception:  # noqa: BLE001 -- lazy decoding raises anything; the file is at fault
        raise RefusedImageError("bad-header") from None
    if not all(map(has_utf8, values.values())):  # a header may name any character set, also one with half characters
        raise RefusedImageError("bad-header")
    if values["SOPClassUID"] not in SOP_CLASSES:
        raise RefusedImageError("unsupported-sop-class")
    if not is_record_number(values["PatientID"]):
        raise RefusedImageError("no-patient-id")
    return ImageIdentity(
        patient_id=values["PatientID"],
        issuer=values["IssuerOfPatientID"],
        study_uid=values["StudyInstanceUID"],
        instance_uid=values["SOPInstanceUID"],
        patient_name=values["PatientName"],
        birth_date=values["PatientBirthDate"],
    )


def read_dicom(path: Path) -> Dataset:
    """Read a whole file.

    Raises:
        RefusedImageError: not DICOM, truncated, too large, or without pixels.
    """
    dataset = _read(path)
    if "PixelData" not in dataset:
        raise RefusedImageError("truncated" if 0x00280010 not in dataset else "no-pixels")
    return dataset


def write_dicom(dataset: Dataset, path: Path) -> None:
    """Write a cleaned dataset as Explicit VR Little Endian, with new file meta information and an empty preamble.

    Raises:
        RefusedImageError: DICOM cannot say what it holds, such as no storage class, or it does not go into memory a
            second time; there is no such file then.
        OSError: the disk is full.
    """
    from pydicom import dcmwrite
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    try:
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.ImplementationClassUID = IMPLEMENTATION_UID
        meta.ImplementationVersionName = "CLOISTER"
        dataset.file_meta = meta
        dataset.preamble = bytes(PREAMBLE)
        dcmwrite(path, dataset, enforce_file_format=True)
    except OSError:
        raise
    except Exception as problem:  # noqa: BLE001 -- as in `_read`
        path.unlink(missing_ok=True)
        raise RefusedImageError("too-large" if isinstance(problem, MemoryError) else "bad-header") from None


_IDENTITY = (
    "SOPClassUID",
    "SOPInstanceUID",
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "StudyInstanceUID",
)


def _read(path: Path, **options: object) -> Dataset:
    import pydicom
    from pydicom.errors import InvalidDicomError

    try:
        with warnings.catch_warnings():
            # Warnings quote values; what matters of them shows in the checks that follow.
            warnings.simplefilter("ignore")
            if inflates_beyond(path, LARGEST_BYTES):
                raise RefusedImageError("too-large")
            return pydicom.dcmread(path, **options)
    except InvalidDicomError:
        raise RefusedImageError("not-dicom") from None
    except RefusedImageError:
        raise
    except MemoryError:
        raise RefusedImageError("too-large") from None
    except EOFError:
        raise RefusedImageError("truncated") from None
    except OSError as problem:
        reason: Reason = "truncated" if problem.errno is None else "unreadable-file"
        raise RefusedImageError(reason) from None
    except Exception:  # noqa: BLE001
        # Whatever pydicom stumbles over in a file from outside: the file is at fault, and its text must not get out.
        raise RefusedImageError("bad-header") from None

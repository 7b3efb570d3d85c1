"""Cleaning one image file: header, pixels, burned-in text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cloister.deid.images.burned_in_text import find_text_in_frames
from cloister.deid.images.dicom_file import RefusedImageError, read_dicom, write_dicom
from cloister.deid.images.dicom_headers import HeaderRules, clean_header
from cloister.deid.images.pixels import hide, native_pixels, pictures, stored_frames
from cloister.deid.quarantine import Reason
from cloister.study.errors import CloisterError


@dataclass(frozen=True)
class ImageJob:
    """One file to clean."""

    source: Path
    target: Path
    rules: HeaderRules


@dataclass(frozen=True)
class CleanedImage:
    """What became of one file: a reason if it was refused, else what was done."""

    refused: Reason | None = None
    date: date | None = None
    modality: str | None = None
    elements_removed: int = 0
    texts_hidden: int = 0


def clean_file(job: ImageJob) -> CleanedImage:
    """Clean one DICOM file and write the result; a file that cannot be cleaned is refused, and nothing is written.

    Raises:
        OSError: the result cannot be written.
        InputError: the text detection model is not installed.
    """
    try:
        source = read_dicom(job.source)
        native_pixels(source)
        if not source.get("SOPInstanceUID"):
            return CleanedImage(refused="bad-header")
        header = clean_header(source, job.rules)
        dataset = header.dataset
        frames = stored_frames(dataset)
        boxes = find_text_in_frames(pictures(dataset, frames))
        if boxes:
            hide(dataset, frames, boxes)
    except RefusedImageError as refusal:
        return CleanedImage(refused=refusal.reason)
    except CloisterError:
        raise
    except MemoryError:
        return CleanedImage(refused="too-large")
    except Exception:  # noqa: BLE001
        # Files come from anywhere; what one of them breaks must stop neither the others nor show its text.
        return CleanedImage(refused="bad-header")
    try:
        write_dicom(dataset, job.target)
    except RefusedImageError as refusal:
        return CleanedImage(refused=refusal.reason)
    return CleanedImage(
        date=header.study_date,
        modality=str(dataset.get("Modality", "")) or None,
        elements_removed=header.removed,
        texts_hidden=len(boxes),
    )

"""Headers: only what the allow-list names is left, at any depth, in any byte."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.images.dicom_file import read_dicom, write_dicom
from cloister.deid.images.dicom_headers import HeaderRules, clean_header, keyed_uid

RULES = HeaderRules("PSEUDONYM", timedelta(weeks=-10), b"u" * 32)
PICTURE = np.zeros((8, 8), np.float32)


@pytest.fixture
def cleaned(write_dicom_file: Callable[..., Path], tmp_path: Path) -> Callable[..., pydicom.Dataset]:
    def run(**changes: Any) -> pydicom.Dataset:
        header = clean_header(read_dicom(write_dicom_file("x.dcm", PICTURE, **changes)), RULES)
        write_dicom(header.dataset, tmp_path / "clean.dcm")
        return pydicom.dcmread(tmp_path / "clean.dcm")

    return run


def test_no_byte_of_the_file_names_anybody(cleaned: Callable[..., pydicom.Dataset], tmp_path: Path) -> None:
    cleaned()
    content = (tmp_path / "clean.dcm").read_bytes().lower()
    planted = (
        "kowalski",
        "maria",
        "00482913",
        "willow",
        "acc123456",
        "ashford",
        "miller",
        "555-010",
        "19510307",
        "20210504",
    )
    assert [word for word in planted if word.encode() in content] == []
    assert content[:128] == bytes(128)


def test_what_training_needs_is_kept_and_what_identifies_is_replaced(cleaned: Callable[..., pydicom.Dataset]) -> None:
    dataset = cleaned(PixelSpacing=["0.5", "0.5"], ViewPosition="PA", KVP="85")
    assert (dataset.Modality, dataset.BodyPartExamined, dataset.PatientSex, dataset.ViewPosition) == (
        "CR",
        "CHEST",
        "F",
        "PA",
    )
    assert list(dataset.PixelSpacing) == [0.5, 0.5]
    assert dataset.PatientID == dataset.PatientName == "PSEUDONYM"
    assert (dataset.StudyDate, dataset.PatientBirthDate, dataset.AccessionNumber) == ("20210223", "", "")
    assert (dataset.PatientIdentityRemoved, dataset.BurnedInAnnotation) == ("YES", "NO")
    assert dataset.LongitudinalTemporalInformationModified == "MODIFIED"
    assert {str(item.CodeValue) for item in dataset.DeidentificationMethodCodeSequence} >= {"113100", "113101"}
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
    assert not [element for element in dataset if element.tag.is_private]


@pytest.mark.filterwarnings("ignore:Invalid value for VR AS")
@pytest.mark.parametrize(("age", "expected"), [("070Y", "070Y"), ("092Y", "090Y"), ("006M", "006M"), ("Maria", None)])
def test_ages_over_89_are_top_coded(cleaned: Callable[..., pydicom.Dataset], age: str, expected: str | None) -> None:
    assert cleaned(PatientAge=age).get("PatientAge") == expected


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("BodyPartExamined", "KOWALSKI"),
        ("Modality", "KOWALSKI"),
        ("PatientSex", "KOWALSKI"),
        ("InstanceNumber", "482913001"),
    ],
)
def test_a_value_outside_the_vocabulary_is_dropped(
    cleaned: Callable[..., pydicom.Dataset], keyword: str, value: str
) -> None:
    assert keyword not in cleaned(**{keyword: value})


def test_every_text_element_of_the_dictionary_is_dropped(tmp_path: Path) -> None:
    """A canary in every element of the standard's dictionary that can hold text, on top and nested."""
    from pydicom.datadict import DicomDictionary
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence
    from pydicom.tag import Tag

    canaries = Dataset()
    text = {"LO", "SH", "PN", "ST", "LT", "UT", "UC", "CS", "AE", "UR", "DA", "DT", "TM", "AS", "UI"}
    for tag, (vr, *_) in DicomDictionary.items():
        if vr in text and Tag(tag).group not in {0x0000, 0x0002, 0x0004} and tag not in {0x00080016, 0x00080005}:
            canaries.add_new(tag, "LT" if vr in {"DA", "DT", "TM", "AS", "UI", "CS"} else vr, "CANARY")
    nested = Dataset()
    nested.update(canaries)
    source = Dataset()
    source.update(canaries)
    source.SOPClassUID, source.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1", "1.2.3"
    source.add_new(0x00400275, "SQ", Sequence([nested]))
    assert len(canaries) > 1500
    write_dicom(clean_header(source, RULES).dataset, tmp_path / "canary.dcm")
    assert b"CANARY" not in (tmp_path / "canary.dcm").read_bytes()


@given(st.dates(date(1950, 1, 1), date(2030, 1, 1)), st.integers(1, 104))
def test_header_dates_shift_by_exactly_the_patient_s_shift(day: date, weeks: int) -> None:
    source = pydicom.Dataset()
    source.StudyDate = f"{day:%Y%m%d}"
    header = clean_header(source, HeaderRules("P", timedelta(weeks=-weeks), b"u" * 32))
    assert header.study_date == day - timedelta(weeks=weeks)
    assert header.dataset.StudyDate == f"{header.study_date:%Y%m%d}"


@given(st.binary(min_size=32, max_size=32), st.text("0123456789.", min_size=1, max_size=64))
def test_replaced_uids_are_valid_keyed_uuids(key: bytes, uid: str) -> None:
    replaced = keyed_uid(key, uid)
    assert uuid.UUID(int=int(replaced.removeprefix("2.25."))).version == 4
    assert len(replaced) <= 44
    assert replaced == keyed_uid(key, uid) != keyed_uid(key[::-1] + b"x", uid)

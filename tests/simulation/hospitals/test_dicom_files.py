import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pydicom
import pytest

from cloister.simulation.hospitals import PROFILES, draw_stay, profile_for
from cloister.simulation.hospitals.chest_images import SIZE
from cloister.simulation.hospitals.dicom_files import DicomFile
from cloister.simulation.hospitals.people import ascii_folded

Identifiers = Callable[[dict[str, Any]], set[str]]


@pytest.fixture(autouse=True)
def _strict_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pydicom.config.settings, "reading_validation_mode", pydicom.config.RAISE)


def datasets(hospital: Any) -> Iterator[tuple[dict[str, Any], pydicom.Dataset]]:
    for truth in hospital.lines("truth/images.jsonl"):
        yield truth, pydicom.dcmread(hospital.folder / "images" / truth["file"])


def strings(dataset: pydicom.Dataset) -> Iterator[str]:
    """Every decoded text of a header, nested ones and those of private tags included."""
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from strings(item)
        elif element.tag != 0x7FE00010 and element.VR not in ("US", "SS"):
            values = element.value if isinstance(element.value, pydicom.multival.MultiValue) else [element.value]
            yield from (str(value) for value in values)


def test_files_are_valid_dicom(hospital: Any) -> None:
    seen = 0
    for _, dataset in datasets(hospital):
        assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
        assert dataset.file_meta.MediaStorageSOPClassUID == dataset.SOPClassUID
        assert dataset.SOPClassUID.keyword in (
            "ComputedRadiographyImageStorage",
            "DigitalXRayImageStorageForPresentation",
        )
        assert all(
            uid.is_valid for uid in (dataset.SOPInstanceUID, dataset.StudyInstanceUID, dataset.SeriesInstanceUID)
        )
        list(strings(dataset))  # decodes, and in strict mode validates, every element
        pixels = dataset.pixel_array
        assert pixels.shape == (SIZE, SIZE)
        assert pixels.max() < 2**dataset.BitsStored
        assert pixels.std() > 0.05 * 2**dataset.BitsStored
        seen += 1
    assert seen > 20


def test_header_truth_lists_what_is_there(hospital: Any) -> None:
    for truth, dataset in datasets(hospital):
        header = "\n".join(strings(dataset))
        assert all(text in header for text in truth["header"])


def test_no_identifier_of_the_record_is_in_the_header_but_in_a_listed_string(
    hospital: Any, identifiers: Identifiers
) -> None:
    records = {patient["patient_id"]: patient for patient in hospital.lines("patients.jsonl")}
    found = 0
    for truth, dataset in datasets(hospital):
        record = records[truth["patient_id"]]
        texts = list(strings(dataset))
        listed = sorted(truth["header"], key=len, reverse=True)
        rest = "\n".join(texts)
        for text in listed:
            rest = rest.replace(text, "\0")
        wanted = {form for word in identifiers(record) for form in (word, word.upper(), ascii_folded(word))}
        wanted.add(record["birth_date"].replace("-", ""))
        for word in wanted:
            pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
            assert not re.search(pattern, rest), (word, rest)
            found += bool(re.search(pattern, "\n".join(texts)))
    assert found > 100


def test_identifiers_hide_in_sequences_private_tags_comments_and_descriptions(hospitals: dict[str, Any]) -> None:
    places = dict.fromkeys(("nested", "private", "comment", "description", "file name"), 0)
    for hospital in hospitals.values():
        records = {patient["patient_id"]: patient for patient in hospital.lines("patients.jsonl")}
        for truth, dataset in datasets(hospital):
            record = records[truth["patient_id"]]
            family = ascii_folded(record["names"][0]["family"]).upper()
            others = dataset.get("OtherPatientIDsSequence", [])
            places["nested"] += any(item.PatientID in record["ids"].values() for item in others)
            private = [str(element.value) for element in dataset if element.tag.is_private]
            places["private"] += record["patient_id"] in private
            places["comment"] += any(r["given"] in dataset.get("PatientComments", "") for r in record["relatives"])
            places["description"] += family in ascii_folded(dataset.StudyDescription).upper()
            places["file name"] += record["patient_id"] in truth["file"] or truth["file"].startswith(family.split()[-1])
    assert all(places.values()), places


def test_scanners_differ_in_photometric_interpretation_and_depth(hospitals: dict[str, Any]) -> None:
    seen = {
        name: {(d.Modality, d.PhotometricInterpretation, d.BitsAllocated, d.BitsStored) for _, d in datasets(hospital)}
        for name, hospital in hospitals.items()
    }
    assert all(len(kinds) == 1 for name, kinds in seen.items() if name != "held-out")
    assert {kind[1] for kinds in seen.values() for kind in kinds} == {"MONOCHROME1", "MONOCHROME2"}
    assert {kind[2] for kinds in seen.values() for kind in kinds} == {8, 16}
    assert len(set.union(*seen.values())) == 4


def test_about_a_third_of_the_images_carry_the_patients_text() -> None:
    """Of 400 images; a binomial of share 0.25 to 0.40 leaves 0.15 to 0.50 with a chance below 1e-5."""
    for profile in (PROFILES["north-hospital"], profile_for("hospital-x", 1)):
        images: list[DicomFile] = []
        for index in range(520):
            images += draw_stay(profile.name, [profile], index, 8).images
        share = np.mean([bool(image.burned_in) for image in images])
        assert len(images) > 300
        assert 0.15 < share < 0.50
        assert 0.6 < len(images) / 520 < 1.0


def test_burned_in_truth_lies_on_ink(hospital: Any) -> None:
    """Within each box, in display polarity, there are strokes that stand out from their surroundings."""
    lines = 0
    for truth, dataset in datasets(hospital):
        shown = dataset.pixel_array.astype(np.float64) / (2**dataset.BitsStored - 1)
        if dataset.PhotometricInterpretation == "MONOCHROME1":
            shown = 1 - shown
        for line in truth["burned_in"]:
            left, top, right, bottom = line["box"]
            assert 0 <= left < right <= SIZE
            assert 0 <= top < bottom <= SIZE
            ink = shown[top:bottom, left:right]
            assert ink.max() - ink.min() > 0.12, (truth["file"], line)
            lines += 1
    assert lines > 10


def test_burned_in_lines_name_the_patient_or_the_hospital(hospitals: dict[str, Any]) -> None:
    kinds = set()
    for hospital in hospitals.values():
        records = {patient["patient_id"]: patient for patient in hospital.lines("patients.jsonl")}
        for truth in hospital.lines("truth/images.jsonl"):
            record = records[truth["patient_id"]]
            family = ascii_folded(record["names"][0]["family"]).upper()
            for line in truth["burned_in"]:
                kinds |= {"name"} if family in line["text"] else set()
                kinds |= {"number"} if record["patient_id"] in line["text"] else set()
                kinds |= {"birth"} if line["text"].startswith("DOB") else set()
                assert line["text"] not in ("L", "R", "PORTABLE", "PA", "SUPINE", "85 kVp", "AP ERECT")
    assert kinds == {"name", "number", "birth"}


def test_truth_is_plain_json(hospital: Any) -> None:
    truth = hospital.lines("truth/images.jsonl")[0]
    assert list(truth) == ["file", "patient_id", "header", "burned_in"]
    assert json.loads(json.dumps(truth)) == truth

"""From a folder of DICOM files to a certified dataset."""

from __future__ import annotations

import io
import itertools
import json
import os
import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.encaps import encapsulate

from cloister.deid import clean_images as module
from cloister.deid.clean_images import clean_images, header_text
from cloister.deid.date_shift import date_shift
from cloister.deid.images import clean_file as clean_file_module
from cloister.deid.images import dicom_file, pixels
from cloister.deid.images.burned_in_text import Box
from cloister.deid.images.dicom_file import RefusedImageError, read_dicom, read_identity
from cloister.deid.images.dicom_headers import CleanHeader
from cloister.deid.patient_record import PatientRecord
from cloister.deid.verification import listed_identifiers, survivors
from cloister.study.dataset import Certificate, verify_dataset
from cloister.study.errors import DataError, InputError, MissingFileError
from cloister.study.keys import SiteKey
from cloister.study.population import patient_key

Draw = Callable[..., NDArray[np.float32]]
Write = Callable[..., Path]


@pytest.fixture
def clean(tmp_path: Path, site_key: SiteKey, patients_file: Path) -> Callable[..., tuple[Path, Certificate]]:
    def run(name: str = "out", **options: Any) -> tuple[Path, Certificate]:
        settings: dict[str, Any] = {"site_key": site_key, "collection": "main", "patients": patients_file} | options
        return tmp_path / name, clean_images(tmp_path / "images", tmp_path / name, **settings)

    return run


def quarantine(folder: Path) -> list[tuple[int, str]]:
    lines = (folder / "quarantine.jsonl").read_text().splitlines()
    return [(entry["position"], entry["code"]) for entry in map(json.loads, lines)]


def test_images_become_a_verified_dataset_without_their_patient(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw, site_key: SiteKey, maria: PatientRecord
) -> None:
    with_text = write_dicom_file("00482913_20210504.dcm", draw_text(["KOWALSKI^MARIA", "MRN 00482913"]))
    without = write_dicom_file("plain.dcm", draw_text([], seed=1))
    labels = [{"file": with_text.name, "label": "copd"}, {"file": without.name, "label": "pneumonia"}]
    (with_text.parent / "labels.jsonl").write_text("".join(json.dumps(label) + "\n" for label in labels))
    folder, certificate = clean()
    verify_dataset(folder, site_key)
    rows = pq.read_table(folder / "images.parquet").to_pylist()
    assert [row["label"] for row in rows] == ["copd", "pneumonia"]
    assert {row["patient_key"] for row in rows} == {patient_key(site_key, "main", "north-hospital", "482913")}
    shift = date_shift(site_key, "main", "north-hospital", "00482913")
    assert {row["date"] for row in rows} == {(date(2021, 5, 4) + shift).isoformat()}
    for row in rows:
        assert survivors(header_text(folder / row["file"]), listed_identifiers(maria), shortest=4) == 0
    hidden, untouched = (pydicom.dcmread(folder / row["file"]) for row in rows)
    assert untouched.PixelData == pydicom.dcmread(without).PixelData
    assert np.unique(hidden.pixel_array[6:34, 6:90]).size == 1
    assert certificate.findings["BURNED_IN_TEXT"] >= 2
    assert certificate.known_identifiers_surviving == 0


@pytest.mark.parametrize(
    ("photometric", "bits"), [("MONOCHROME1", 8), ("MONOCHROME1", 12), ("MONOCHROME2", 12), ("MONOCHROME2", 16)]
)
def test_text_is_hidden_in_every_pixel_format(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw, photometric: str, bits: int
) -> None:
    write_dicom_file("x.dcm", draw_text(["KOWALSKI^MARIA", "MRN 00482913"]), photometric=photometric, bits=bits)
    folder, _ = clean()
    (path,) = (folder / "images").iterdir()
    dataset = pydicom.dcmread(path)
    region = dataset.pixel_array[6:34, 6:90]
    assert np.unique(region).size == 1
    black = dataset.pixel_array.max() if photometric == "MONOCHROME1" else dataset.pixel_array.min()
    assert region.flat[0] == black


def test_overlay_bits_above_the_stored_ones_are_cleared(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw
) -> None:
    picture = draw_text([])
    stored = np.round(picture * 4095).astype(np.uint16)
    stored[10:20, 10:60] |= 0x8000
    write_dicom_file("x.dcm", picture, bits=12, PixelData=stored.tobytes())
    folder, _ = clean()
    (path,) = (folder / "images").iterdir()
    assert (pydicom.dcmread(path).pixel_array == (stored & 0x0FFF)).all()


def test_a_label_finds_its_image_however_its_path_is_written(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw
) -> None:
    folder = write_dicom_file("sub/a.dcm", draw_text([])).parent.parent
    (folder / "labels.jsonl").write_text('{"file": ".//sub/./a.dcm", "label": "copd"}\n')
    output, _ = clean()
    assert [row["label"] for row in pq.read_table(output / "images.parquet").to_pylist()] == ["copd"]


@pytest.mark.parametrize("name", ["sub/../a.dcm", "../images/a.dcm", "{folder}/a.dcm", "labels.jsonl", "A.dcm", "sub"])
def test_a_label_that_matches_no_image_is_refused(
    name: str, clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw
) -> None:
    folder = write_dicom_file("a.dcm", draw_text([])).parent
    (folder / "sub").mkdir()
    label = {"file": name.format(folder=folder), "label": "copd"}
    (folder / "labels.jsonl").write_text(json.dumps(label) + "\n")
    with pytest.raises(DataError, match="line 1: labels a file that is not there"):
        clean()


def test_one_image_labelled_in_two_spellings_is_labelled_twice(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw
) -> None:
    folder = write_dicom_file("a.dcm", draw_text([])).parent
    (folder / "labels.jsonl").write_text('{"file": "a.dcm", "label": "x"}\n{"file": "./a.dcm", "label": "y"}\n')
    with pytest.raises(DataError, match="line 2: labels a file for the second time"):
        clean()


def test_the_default_issuer_is_that_of_listed_patients_and_another_one_makes_another_dataset(
    clean: Callable[..., Any],
    write_dicom_file: Write,
    write_lines: Callable[..., Path],
    draw_text: Draw,
    site_key: SiteKey,
) -> None:
    write_dicom_file("x.dcm", draw_text([]), IssuerOfPatientID="")
    patients = write_lines("p.jsonl", {"patient_id": "482913", "names": ["Maria Kowalski"]})
    folder, _ = clean(patients=patients, default_issuer="south")
    (row,) = pq.read_table(folder / "images.parquet").to_pylist()
    assert row["patient_key"] == patient_key(site_key, "main", "south", "482913")
    with pytest.raises(InputError):
        clean(patients=patients, default_issuer="north")


def test_hostile_files_go_to_quarantine_and_the_others_go_on(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw
) -> None:
    picture = draw_text([], seed=2)
    good = write_dicom_file("a.dcm", picture)
    folder = good.parent
    (folder / "b-truncated.dcm").write_bytes(
        write_dicom_file("b-truncated.dcm", picture, StudyInstanceUID="1.7").read_bytes()[:20_000]
    )
    (folder / "c-garbage.dcm").write_bytes(b"not dicom at all" * 50)
    (folder / "d-empty.dcm").write_bytes(b"")
    (folder / "e-picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    write_dicom_file("f-no-patient.dcm", picture, PatientID="")
    write_dicom_file("f-no-number.dcm", picture, PatientID="½", SpecificCharacterSet="ISO_IR 192")
    with pytest.warns(UserWarning, match="utf_7"):
        write_dicom_file("f-half.dcm", picture, PatientID="7\ud800", SpecificCharacterSet="utf_7")
    write_dicom_file("g-report.dcm", picture, SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11")
    (folder / "h-link.dcm").symlink_to(good)
    write_dicom_file("i-one.dcm", picture, StudyInstanceUID="1.9", PatientID="111111")
    write_dicom_file("i-two.dcm", picture, StudyInstanceUID="1.9", PatientID="222222")
    write_dicom_file("j-twin.dcm", picture, SOPInstanceUID="1.8.1", StudyInstanceUID="1.8")
    write_dicom_file("j-twin2.dcm", picture, SOPInstanceUID="1.8.1", StudyInstanceUID="1.8")
    write_dicom_file("k-short.dcm", picture, Rows=512, StudyInstanceUID="1.10")
    write_dicom_file("l-other-issuer.dcm", picture, IssuerOfPatientID="elsewhere", StudyInstanceUID="1.11")
    (folder / "m-label.dcm").write_bytes(write_dicom_file("m-label.dcm", picture, StudyInstanceUID="1.12").read_bytes())
    (folder / "labels.jsonl").write_text('{"file": "m-label.dcm", "label": "Maria Kowalski"}\n')
    head = bytes(128) + b"DICM"
    os.mkfifo(folder / "m-pipe.dcm")
    (folder / "n-head.dcm").write_bytes(head + b"\x02\x00\x00\x00UL\x04\x00")
    output, certificate = clean()
    codes = dict(quarantine(output))
    names = sorted(p.name for p in folder.iterdir() if p.name != "labels.jsonl")
    found = {name.split(".")[0]: codes.get(position) for position, name in enumerate(names, 1)}
    assert found.pop("n-head") in {"truncated", "unsupported-sop-class", "bad-header"}
    assert found == {
        "a": None,
        "b-truncated": "truncated",
        "c-garbage": "not-dicom",
        "d-empty": "not-dicom",
        "e-picture": "unsupported-format",
        "f-no-patient": "no-patient-id",
        "f-no-number": "no-patient-id",
        "f-half": "bad-header",
        "g-report": "unsupported-sop-class",
        "h-link": "link",
        "i-one": "multiple-patients-in-study",
        "i-two": "multiple-patients-in-study",
        "j-twin": "duplicate-instance",
        "j-twin2": "duplicate-instance",
        "k-short": "truncated",
        "l-other-issuer": "ambiguous-patient",
        "m-label": "label-not-a-category",
        "m-pipe": "unreadable-file",
    }
    assert (certificate.records_in, certificate.records_out) == (19, 1)


def test_a_file_whose_name_is_not_utf_8_is_cleaned_or_kept_back_as_any_other(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw
) -> None:
    good = write_dicom_file("a.dcm", draw_text([], seed=2))
    (good.parent / os.fsdecode(b"b\xff.dcm")).write_bytes(b"not dicom at all")
    good.rename(good.parent / os.fsdecode(b"a\xe9.dcm"))
    folder, certificate = clean()
    assert quarantine(folder) == [(2, "not-dicom")]
    assert (certificate.records_in, certificate.records_out) == (2, 1)
    assert len(list((folder / "images").iterdir())) == 1


def test_an_image_that_does_not_go_into_memory_stops_no_other_one(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        write_dicom_file(f"{number}.dcm", draw_text([], seed=number), StudyInstanceUID=f"1.{number}")

    def full_at(number: int, really: Callable[..., Any]) -> Callable[..., Any]:
        calls = itertools.count()

        def call(*arguments: Any, **options: Any) -> Any:
            if next(calls) == number:
                raise MemoryError
            return really(*arguments, **options)

        return call

    monkeypatch.setattr(clean_file_module, "pictures", full_at(0, pixels.pictures))
    monkeypatch.setattr(pydicom, "dcmwrite", full_at(1, pydicom.dcmwrite))
    monkeypatch.setattr(pydicom, "dcmread", full_at(3, pydicom.dcmread))
    output, certificate = clean()
    assert [code for _, code in quarantine(output)] == ["too-large"] * 3
    assert certificate.records_out == len(list((output / "images").iterdir())) == 1


def test_a_deflated_file_is_measured_before_it_is_inflated(
    write_dicom_file: Write, draw_text: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_dicom_file("x.dcm", draw_text([]))
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.DeflatedExplicitVRLittleEndian
    dataset.save_as(path)
    assert read_dicom(path).PixelData == dataset.PixelData
    dataset.Rows, dataset.Columns, dataset.PixelData = 8000, 8000, bytes(64_000_000)
    dataset.save_as(path)
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(dicom_file, "LARGEST_BYTES", 10_000_000)
    tracemalloc.start()
    for read in (read_dicom, read_identity):
        with pytest.raises(RefusedImageError, match="too-large"):
            read(path)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "changes", [{"Rows": 65535, "Columns": 65535}, {"Rows": 2, "Columns": 2, "NumberOfFrames": 6000}]
)
@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.5"])
def test_more_pixels_or_frames_than_there_is_room_for_are_not_decoded(
    clean: Callable[..., Any],
    write_dicom_file: Write,
    draw_text: Draw,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, int],
    syntax: str,
) -> None:
    path = write_dicom_file("x.dcm", draw_text([]), **changes, PixelData=encapsulate([bytes(24_000)]))
    path.write_bytes(path.read_bytes().replace(b"1.2.840.10008.1.2.1\0", syntax.encode().ljust(20, b"\0"), 1))
    monkeypatch.setattr(pydicom.dataset.Dataset, "decompress", lambda *_, **__: pytest.fail("decoded"))
    output, _ = clean()
    assert quarantine(output) == [(1, "too-large")]


def jpeg_2000(columns: int, rows: int) -> bytes:
    content = io.BytesIO()
    Image.new("L", (columns, rows)).save(content, "JPEG2000", no_jp2=True)
    return content.getvalue()


def test_compressed_frames_larger_than_the_header_says_are_not_decoded(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two kilobytes of them take gigabytes."""
    path = write_dicom_file("x.dcm", draw_text([]), Rows=16, Columns=16)
    dataset = pydicom.dcmread(path)
    dataset.PixelData = encapsulate([jpeg_2000(1600, 1600)])
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.JPEG2000Lossless
    dataset.save_as(path)
    monkeypatch.setattr(pydicom.dataset.Dataset, "decompress", lambda *_, **__: pytest.fail("decoded"))
    output, _ = clean()
    assert quarantine(output) == [(1, "undecodable-pixels")]


def test_frames_that_the_header_does_not_count_are_left_behind(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decoder of all of them takes memory that the header gives no reason to have."""
    path = write_dicom_file("x.dcm", draw_text([]), Rows=16, Columns=16, NumberOfFrames=2)
    dataset = pydicom.dcmread(path)
    dataset.PixelData = encapsulate([jpeg_2000(16, 16)] * 7)
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.JPEG2000Lossless
    dataset.save_as(path)
    decoded, really = [], pydicom.pixels.decoders.pillow._decode_frame

    def decode(frame: bytes, runner: object) -> object:
        decoded.append(frame)
        return really(frame, runner)

    monkeypatch.setitem(pydicom.pixels.decoders.JPEG2000LosslessDecoder._available, "pillow", decode)
    output, certificate = clean()
    assert certificate.records_out == 1
    assert len(decoded) == 2
    (image,) = (output / "images").iterdir()
    assert pydicom.dcmread(image).pixel_array.shape == (2, 16, 16)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint16, np.int32])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2", "RGB", "YBR_FULL"])
def test_a_picture_is_the_stored_values_between_two_percentiles_however_they_are_counted(
    kind: type[np.generic], photometric: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pixels, "_PIXELS_AT_ONCE", 1000)
    dataset = pydicom.dataset.Dataset()
    dataset.PhotometricInterpretation = photometric
    samples = 1 if photometric.startswith("MONO") else 3
    rng = np.random.default_rng(3)
    for most in (1, 7, int(np.iinfo(np.dtype(kind).name).max)):
        frames = rng.integers(0, most, (3, 40, 37, samples), kind, endpoint=True)
        seen = (frames[..., 0] if photometric == "YBR_FULL" else frames.mean(axis=-1)).astype(np.float32)
        black, white = np.percentile(seen, (0.5, 99.8))
        expected = np.clip((seen - black) / max(white - black, 1), 0, 1)
        expected = ((1 - expected if photometric == "MONOCHROME1" else expected) * 255).astype(np.uint8)
        np.testing.assert_array_equal(pixels.pictures(dataset, frames), expected)


@pytest.mark.parametrize(
    ("photometric", "fill"), [("MONOCHROME1", 200), ("MONOCHROME2", 100), ("RGB", 0), ("YBR_FULL", (0, 128, 128))]
)
def test_text_is_hidden_in_every_frame_and_nothing_else_is(photometric: str, fill: int | tuple[int, ...]) -> None:
    dataset = pydicom.dataset.Dataset()
    samples = 1 if photometric.startswith("MONO") else 3
    frames = np.random.default_rng(3).integers(100, 200, (5, 20, 30, samples), np.uint8, endpoint=True)
    dataset.PhotometricInterpretation, before = photometric, frames.copy()
    pixels.hide(dataset, frames, [Box(3, 2, 12, 6), Box(20, 10, 30, 20)])
    hidden = np.zeros((20, 30), bool)
    hidden[2:6, 3:12] = hidden[10:20, 20:30] = True
    stored = np.frombuffer(dataset.PixelData, np.uint8).reshape(before.shape)
    for frame, original in zip(stored, before, strict=True):
        assert (frame[hidden] == np.array(fill)).all()
        np.testing.assert_array_equal(frame[~hidden], original[~hidden])


def test_a_large_picture_takes_a_few_bytes_a_pixel() -> None:
    dataset = pydicom.dataset.Dataset()
    dataset.PhotometricInterpretation = "MONOCHROME2"
    frames = np.zeros((1, 6000, 6000, 1), np.uint8)
    tracemalloc.start()
    pixels.pictures(dataset, frames)
    assert tracemalloc.get_traced_memory()[1] < 3 * frames.size
    tracemalloc.stop()


def test_a_storage_class_that_is_taken_back_after_the_pixels_stops_no_other_image(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw
) -> None:
    """Whoever asks whose image it is stops before the pixels; whoever cleans it reads on, and the last value counts."""
    write_dicom_file("a.dcm", draw_text([]))
    path = write_dicom_file("b.dcm", draw_text([]))
    empty_class = b"\x08\x00\x16\x00UI\x00\x00"
    path.write_bytes(path.read_bytes() + empty_class)
    output, certificate = clean()
    assert quarantine(output) == [(2, "bad-header")]
    assert certificate.records_out == len(list((output / "images").iterdir())) == 1


@pytest.mark.parametrize("share", [0.002, 0.01, 0.05, 0.3, 0.7, 0.999])
def test_a_file_cut_anywhere_is_refused_with_a_code(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw, share: float
) -> None:
    path = write_dicom_file("x.dcm", draw_text([]))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    output, certificate = clean()
    assert certificate.records_out == 0
    assert len(quarantine(output)) == 1


def test_the_verification_catches_what_a_broken_cleaner_leaves(
    clean: Callable[..., Any],
    write_dicom_file: Write,
    draw_text: Draw,
    monkeypatch: pytest.MonkeyPatch,
    site_key: SiteKey,
) -> None:
    """Sabotage: a header cleaner that keeps everything."""
    monkeypatch.setattr(clean_file_module, "clean_header", lambda source, _: CleanHeader(source, 0, None))
    write_dicom_file("x.dcm", draw_text([]))
    folder, certificate = clean()
    assert certificate.quarantined == {"identifier-survived": 1}
    assert not list((folder / "images").iterdir())
    verify_dataset(folder, site_key)


def test_two_processes_give_the_bytes_of_one(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw
) -> None:
    for number in range(9):
        write_dicom_file(f"{number}.dcm", draw_text([f"ACC {number}12345"], seed=number))
    one, _ = clean("one")
    two, _ = clean("two", workers=2)
    first = {path.name: path.read_bytes() for path in (one / "images").iterdir()}
    assert first == {path.name: path.read_bytes() for path in (two / "images").iterdir()}
    assert len(first) == 9


def test_the_same_input_is_not_redone(
    clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_dicom_file("x.dcm", draw_text([]))
    _, certificate = clean()
    monkeypatch.setattr(module, "clean_file", lambda _: pytest.fail("cleaned again"))
    assert clean()[1] == certificate
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(InputError, match="another input"):
        clean()


def test_wrong_arguments_are_typed_errors(clean: Callable[..., Any], write_dicom_file: Write, draw_text: Draw) -> None:
    with pytest.raises(MissingFileError):
        clean()
    path = write_dicom_file("x.dcm", draw_text([]))
    with pytest.raises(InputError, match="workers"):
        clean(workers=0)
    (path.parent / "labels.jsonl").write_text('{"file": "none.dcm", "label": "copd"}\n')
    with pytest.raises(DataError, match="line 1"):
        clean()

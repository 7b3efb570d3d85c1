import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cloister.simulation.hospitals import (
    CONDITIONS,
    PROFILES,
    generate_hospital,
    generate_mixture,
)
from cloister.study.errors import DataError, InputError

NORTH = PROFILES["north-hospital"]
SITES = [profile for name, profile in PROFILES.items() if name != "public"]


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    generate_hospital(tmp_path / "a", NORTH, 12, 5)
    generate_hospital(tmp_path / "b", NORTH, 12, 5)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_another_seed_gives_other_patients(tmp_path: Path) -> None:
    generate_hospital(tmp_path / "a", NORTH, 12, 5, images=False)
    generate_hospital(tmp_path / "b", NORTH, 12, 6, images=False)
    first, second = ((tmp_path / name / "patients.jsonl").read_text().splitlines() for name in "ab")
    assert not set(first) & set(second)


def test_more_patients_only_add_to_fewer(tmp_path: Path) -> None:
    generate_hospital(tmp_path / "few", NORTH, 8, 5)
    generate_hospital(tmp_path / "many", NORTH, 20, 5)
    few, many = contents(tmp_path / "few"), contents(tmp_path / "many")
    images = {name: digest for name, digest in few.items() if name.endswith(".dcm")}
    assert images
    assert images.items() <= many.items()
    for file in ("patients.jsonl", "notes.jsonl", "truth/notes.jsonl", "truth/images.jsonl", "images/labels.jsonl"):
        assert (tmp_path / "many" / file).read_text().startswith((tmp_path / "few" / file).read_text())


def test_notes_do_not_depend_on_whether_images_are_made(tmp_path: Path) -> None:
    generate_hospital(tmp_path / "with", NORTH, 10, 5)
    generate_hospital(tmp_path / "without", NORTH, 10, 5, images=False)
    assert (tmp_path / "with/notes.jsonl").read_bytes() == (tmp_path / "without/notes.jsonl").read_bytes()
    assert not list((tmp_path / "without/images").glob("*.dcm"))


DIGEST_OF_A_STAY = """
import hashlib
from cloister.simulation.hospitals import PROFILES, draw_stay

stay = draw_stay("riverside-hospital", [PROFILES["riverside-hospital"]], 17, 3)
everything = (stay.patient, sorted(stay.course.present), stay.notes, stay.images)
digest = hashlib.sha256(repr(everything).encode()).hexdigest()
print(digest)
"""


def test_a_patient_is_the_same_in_any_process() -> None:
    here: dict[str, str] = {}
    exec(DIGEST_OF_A_STAY, here)  # noqa: S102
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", DIGEST_OF_A_STAY]
        there = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert there.stdout.strip() == here["digest"], there.stderr


def test_a_folder_that_is_there_is_taken_as_it_is(tmp_path: Path) -> None:
    first = generate_hospital(tmp_path / "h", NORTH, 6, 5)
    calls: list[int] = []
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert generate_hospital(tmp_path / "h", NORTH, 6, 5, progress=calls.append) == first
    assert calls == []
    assert times == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}


@pytest.mark.parametrize(("patients", "seed", "images"), [(7, 5, True), (6, 4, True), (6, 5, False)])
def test_a_folder_with_another_hospital_is_refused(tmp_path: Path, patients: int, seed: int, images: bool) -> None:
    generate_hospital(tmp_path / "h", NORTH, 6, 5)
    before = contents(tmp_path)
    with pytest.raises(InputError, match=str(tmp_path / "h")):
        generate_hospital(tmp_path / "h", NORTH, patients, seed, images=images)
    with pytest.raises(InputError, match="name = 'north-hospital'"):
        generate_hospital(tmp_path / "h", PROFILES["public"], 6, 5)
    assert contents(tmp_path) == before


def test_somebody_elses_folder_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "h").mkdir()
    (tmp_path / "h/thesis.txt").write_text("five years of work")
    with pytest.raises(InputError, match="not a synthetic hospital"):
        generate_hospital(tmp_path / "h", NORTH, 6, 5)
    assert (tmp_path / "h/thesis.txt").read_text() == "five years of work"
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="not a synthetic hospital"):
        generate_hospital(tmp_path / "file", NORTH, 6, 5)


def test_a_summary_that_says_something_else_is_named(tmp_path: Path) -> None:
    generate_hospital(tmp_path / "h", NORTH, 6, 5)
    path = tmp_path / "h/truth/summary.json"
    whole = json.loads(path.read_text())
    for content in ("{", "[1]", json.dumps({key: whole[key] for key in whole if key != "notes"})):
        path.write_text(content)
        with pytest.raises(DataError, match=path.name):
            generate_hospital(tmp_path / "h", NORTH, 6, 5)


def test_a_stopped_generation_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(done: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate_hospital(tmp_path / "h", NORTH, 9, 5, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_progress_counts_every_patient(tmp_path: Path) -> None:
    calls: list[int] = []
    generate_hospital(tmp_path / "h", NORTH, 9, 5, images=False, progress=calls.append)
    assert calls == list(range(1, 10))


@pytest.mark.parametrize("patients", [0, -3, 10**8])
def test_impossible_numbers_of_patients_are_refused(tmp_path: Path, patients: int) -> None:
    with pytest.raises(InputError, match=str(patients)):
        generate_hospital(tmp_path / "h", NORTH, patients, 5)
    assert list(tmp_path.iterdir()) == []


def test_a_mixture_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no hospitals"):
        generate_mixture(tmp_path / "h", [], 6, 5)


def test_the_files_keep_to_the_contract(hospital: Any) -> None:
    record_keys = ["patient_id", "issuer", "names", "birth_date", "sex", "addresses", "phones", "emails", "ids"]
    patients = hospital.lines("patients.jsonl")
    notes = hospital.lines("notes.jsonl")
    images = hospital.lines("images/labels.jsonl")
    assert all(list(patient) == [*record_keys, "relatives"] for patient in patients)
    assert all(list(note) == ["id", "patient_id", "date", "type", "language", "text", "label"] for note in notes)
    assert {note["type"] for note in notes} == {"admission", "progress", "radiology", "discharge"}
    assert {note["label"] for note in notes} | {image["label"] for image in images} == set(CONDITIONS)
    assert {image["file"] for image in images} == {path.name for path in (hospital.folder / "images").glob("*.dcm")}
    assert [note["id"] for note in notes] == [truth["id"] for truth in hospital.lines("truth/notes.jsonl")]
    assert [image["file"] for image in images] == [truth["file"] for truth in hospital.lines("truth/images.jsonl")]


def test_record_numbers_note_ids_and_file_names_are_unique(hospital: Any) -> None:
    for file, key in (("patients.jsonl", "patient_id"), ("notes.jsonl", "id"), ("images/labels.jsonl", "file")):
        values = [line[key] for line in hospital.lines(file)]
        assert len(values) == len(set(values))


def test_record_numbers_stay_unique_when_punctuation_case_and_zeros_are_dropped(hospitals: dict[str, Any]) -> None:
    from cloister.study.population import canonical_patient

    patients = hospitals["held-out"].lines("patients.jsonl")
    assert len({canonical_patient(p["issuer"], p["patient_id"]) for p in patients}) == len(patients)


def test_one_patient_has_one_condition_everywhere(hospital: Any) -> None:
    labels: dict[str, set[str]] = {}
    for note in hospital.lines("notes.jsonl"):
        labels.setdefault(note["patient_id"], set()).add(note["label"])
    label_of_file = {image["file"]: image["label"] for image in hospital.lines("images/labels.jsonl")}
    for truth in hospital.lines("truth/images.jsonl"):
        labels[truth["patient_id"]].add(label_of_file[truth["file"]])
    assert all(len(found) == 1 for found in labels.values())


def test_the_mixture_holds_every_style_and_scanner_and_none_of_the_hospitals_patients(
    hospitals: dict[str, Any],
) -> None:
    import pydicom

    mixture = hospitals["held-out"]
    titles = {profile.title for profile in SITES}
    text = " ".join(note["text"] for note in mixture.lines("notes.jsonl"))
    files = (mixture.folder / "images").glob("*.dcm")
    seen = {pydicom.dcmread(path, stop_before_pixels=True).InstitutionName for path in files}
    assert seen == titles
    assert all(text.count(marker) for marker in ("c/o ", "tells us of", "ROS POSITIVE"))
    known = {
        json.dumps(patient["names"]) + patient["birth_date"]
        for profile in SITES
        for patient in hospitals[profile.name].lines("patients.jsonl")
    }
    assert not known & {json.dumps(p["names"]) + p["birth_date"] for p in mixture.lines("patients.jsonl")}
    assert {p["issuer"] for p in mixture.lines("patients.jsonl")} == {"held-out"}


def test_the_summary_counts_what_is_there(hospital: Any) -> None:
    summary = hospital.summary
    notes = hospital.lines("notes.jsonl")
    assert summary.patients == len(hospital.lines("patients.jsonl")) == sum(summary.patients_of.values())
    assert summary.notes == len(notes)
    assert summary.images == len(hospital.lines("images/labels.jsonl"))
    assert summary.characters == sum(len(note["text"]) for note in notes)

"""Synthetic hospitals on disk: raw records as a real hospital has them, and the truth about what identifies.

    patients.jsonl                 the structured record, one patient a line
    notes.jsonl                    clinical notes with their label
    images/*.dcm, labels.jsonl     chest radiographs
    truth/notes.jsonl              every identifier planted in the notes, with its place
    truth/images.jsonl             every identifier planted in headers and pixels
    truth/summary.json             what was generated, from which seed

A folder is filled under another name and renamed at the end: one that exists is complete. The same arguments give
the same bytes; a patient does not depend on how many are asked for. Asking again for what is there costs nothing.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TextIO

from cloister.simulation.hospitals.conditions import Condition
from cloister.simulation.hospitals.course import Course, draw_course
from cloister.simulation.hospitals.dicom_files import DicomFile, draw_images
from cloister.simulation.hospitals.notes import Note, write_notes
from cloister.simulation.hospitals.people import Patient, draw_patient
from cloister.simulation.hospitals.profiles import BALANCED, HospitalProfile
from cloister.simulation.hospitals.seeds import stream
from cloister.study import atomic
from cloister.study.canonical import sha256_of
from cloister.study.errors import DataError, InputError
from cloister.study.untrusted_json import parse_json

GENERATOR_VERSION = 1
"""Raised whenever the same arguments give other bytes."""
SUMMARY_FILE = "truth/summary.json"

Progress = Callable[[int], None]

_RECORD_NUMBERS = 9_999_991  # a prime: multiples of a step visit every number once
_STEP = 3_779_153


@dataclass(frozen=True)
class Stay:
    """Everything about one patient."""

    patient: Patient
    course: Course
    notes: tuple[Note, ...]
    images: tuple[DicomFile, ...]


@dataclass(frozen=True)
class HospitalSummary:
    """What a generated folder holds."""

    folder: Path
    name: str
    seed: int
    patients: int
    notes: int
    images: int
    characters: int
    patients_of: dict[Condition, int]
    """How many patients have each condition."""


def generate_hospital(
    folder: Path,
    profile: HospitalProfile,
    patients: int,
    seed: int,
    *,
    images: bool = True,
    notes_per_patient: int | None = None,
    progress: Progress | None = None,
) -> HospitalSummary:
    """Write one hospital's raw records.

    Args:
        folder: where to; the parent is created if needed.
        profile: which hospital.
        patients: how many; more patients only add to fewer.
        seed: of everything that is drawn.
        images: whether to write radiographs, too; notes are the same either way.
        notes_per_patient: how many of each patient's first notes are written; all if None.
        progress: called with the number of patients done, after each.

    Returns:
        The summary; also of a folder that already holds exactly this.

    Raises:
        InputError: there is no patient to make, or the folder exists and holds something else.
        OSError: the disk is full or the folder cannot be written; nothing is left behind.
    """
    return _generate(folder, profile.name, (profile,), patients, seed, images, notes_per_patient, progress)


def generate_mixture(
    folder: Path,
    profiles: Sequence[HospitalProfile],
    patients: int,
    seed: int,
    *,
    name: str = "held-out",
    images: bool = True,
    notes_per_patient: int | None = None,
    progress: Progress | None = None,
) -> HospitalSummary:
    """Write records that mix the styles and scanners of several hospitals, for a held-out set.

    The patients are nobody's at those hospitals: they are drawn under `name`, which is also their issuer. Every
    condition is equally frequent in every style, so that to recognise the style is no help.

    Args and errors as for `generate_hospital`; patients take the profiles in turn.
    """
    if not profiles:
        raise InputError("A mixture of no hospitals was asked for.", "Name at least one profile.")
    mixed = tuple(replace(profile, issuer=name, case_mix=BALANCED) for profile in profiles)
    return _generate(folder, name, mixed, patients, seed, images, notes_per_patient, progress)


def draw_stay(name: str, profiles: Sequence[HospitalProfile], index: int, seed: int, *, images: bool = True) -> Stay:
    """Draw one patient with notes and images, without anybody else.

    Args:
        name: of the hospital or mixture.
        profiles: its styles; patient `index` takes the one at `index` modulo their number.
        index: the patient's ordinal, from 0.
        seed: of everything that is drawn.
        images: whether to draw radiographs.
    """
    profile = profiles[index % len(profiles)]
    record_number = _record_number(name, profile, index, seed)
    patient = draw_patient(stream(seed, name, index, "person"), record_number, profile.issuer, profile.town)
    course = draw_course(stream(seed, name, index, "course"), profile.case_mix, index)
    notes = write_notes(stream(seed, name, index, "notes"), profile, patient, course, f"{name}-{index:07d}")
    drawn = draw_images(stream(seed, name, index, "images"), profile, patient, course) if images else []
    return Stay(patient, course, tuple(notes), tuple(drawn))


def _record_number(name: str, profile: HospitalProfile, index: int, seed: int) -> str:
    """Unique within the issuer: all layouts of a mixture are fed from one sequence."""
    start = int(stream(seed, name, "record-numbers").random() * _RECORD_NUMBERS)
    number = f"{(start + index * _STEP) % _RECORD_NUMBERS:07d}"
    if profile.record_numbers == "eight-digits":
        return f"0{number}"
    if profile.record_numbers == "letter":
        return f"M{number}"
    if profile.record_numbers == "dashed":
        return f"{number[:3]}-{number[3:5]}-{number[5:]}"
    return number


def _generate(
    folder: Path,
    name: str,
    profiles: tuple[HospitalProfile, ...],
    patients: int,
    seed: int,
    images: bool,
    notes_per_patient: int | None,
    progress: Progress | None,
) -> HospitalSummary:
    if not 1 <= patients <= _RECORD_NUMBERS:
        raise InputError(f"{patients} patients: not between 1 and {_RECORD_NUMBERS}.", "Ask for a number in range.")
    asked = {
        "generator_version": GENERATOR_VERSION,
        "name": name,
        "profiles_sha256": sha256_of([asdict(profile) for profile in profiles]),
        "patients_asked": patients,
        "seed": seed,
        "with_images": images,
        "notes_per_patient": notes_per_patient,
    }
    if folder.exists():
        return _existing(folder, asked)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        counts = _write(unfinished, name, profiles, patients, seed, images, notes_per_patient, progress)
        atomic.write_json(unfinished / SUMMARY_FILE, {**asked, **counts})
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return _existing(folder, asked)


def _write(
    folder: Path,
    name: str,
    profiles: tuple[HospitalProfile, ...],
    patients: int,
    seed: int,
    images: bool,
    notes_per_patient: int | None,
    progress: Progress | None,
) -> dict[str, object]:
    """Fill a folder patient by patient, in constant memory."""
    (folder / "truth").mkdir()
    (folder / "images").mkdir()
    conditions: Counter[Condition] = Counter()
    notes_written = images_written = characters = 0
    encode = json.JSONEncoder(ensure_ascii=False).encode
    with ExitStack() as files:

        def create(file: str) -> TextIO:
            return files.enter_context((folder / file).open("w", encoding="utf-8", newline="\n"))

        records, notes, notes_truth = create("patients.jsonl"), create("notes.jsonl"), create("truth/notes.jsonl")
        labels, images_truth = create("images/labels.jsonl"), create("truth/images.jsonl")
        for index in range(patients):
            stay = draw_stay(name, profiles, index, seed, images=images)
            records.write(encode(stay.patient.record()) + "\n")
            kept = stay.notes[:notes_per_patient]
            for note in kept:
                notes.write(encode(note.record()) + "\n")
                notes_truth.write(encode(note.truth()) + "\n")
                characters += len(note.text)
            for image in stay.images:
                with (folder / "images" / image.name).open("xb") as file:
                    file.write(image.content)
                labels.write(encode(image.record()) + "\n")
                images_truth.write(encode(image.truth()) + "\n")
            conditions[stay.course.condition] += 1
            notes_written += len(kept)
            images_written += len(stay.images)
            if progress is not None:
                progress(index + 1)
    return {
        "notes": notes_written,
        "images": images_written,
        "characters": characters,
        "patients_of": dict(sorted(conditions.items())),
    }


def _existing(folder: Path, asked: dict[str, object]) -> HospitalSummary:
    """The summary of a folder that holds exactly what is asked for."""
    path = folder / SUMMARY_FILE
    remedy = "Name another folder, or remove this one."
    try:
        held = dict(parse_json(path.read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{folder}: exists, but is not a synthetic hospital.", remedy) from None
    except (ValueError, TypeError):
        raise DataError(f"{path}: not valid JSON.", remedy) from None
    different = [key for key, value in asked.items() if held.get(key) != value]
    if different:
        key = different[0]
        raise InputError(
            f"{folder}: holds a synthetic hospital with {key} = {held.get(key)!r}, not {asked[key]!r}.", remedy
        )
    try:
        return HospitalSummary(
            folder=folder,
            name=held["name"],
            seed=held["seed"],
            patients=held["patients_asked"],
            notes=held["notes"],
            images=held["images"],
            characters=held["characters"],
            patients_of=held["patients_of"],
        )
    except KeyError as missing:
        raise DataError(f"{path}: lacks {missing}.", remedy) from None

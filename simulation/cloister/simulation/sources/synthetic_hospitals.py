"""Made-up hospitals as a data source: the sites of the roster, a held-out mixture of them all, and public data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cloister.simulation.hospitals.hospital import generate_hospital, generate_mixture
from cloister.simulation.hospitals.profiles import PUBLIC, profile_for
from cloister.simulation.sources.source_data import RawData, SourceData
from cloister.study.schema import Study, SyntheticHospitals

_PUBLIC_PATIENTS_FOR_TOKENIZER = 200


def prepare(study: Study, output: Path, progress: Callable[[int, int], None]) -> SourceData:
    """Generate the hospitals below `output`; those already there are kept.

    Args:
        study: its `simulation.data` says how many patients; the data seed decides which.
        output: a folder for the raw records.
        progress: called with patients done and patients in all.
    """
    settings = study.simulation.data if study.simulation else None
    if not isinstance(settings, SyntheticHospitals):
        raise TypeError("the study's data source is not synthetic-hospitals")
    seed = study.seeds.data
    profiles = {name: profile_for(name, index) for index, name in enumerate(sorted(settings.patients))}
    public_patients = public_patients_for(study)
    total = sum(settings.patients.values()) + settings.heldout_patients + public_patients
    images, notes = study.data.kind in {"images", "notes-and-images"}, settings.notes_per_patient
    done = 0

    def tick(_: int) -> None:
        nonlocal done
        done += 1
        progress(done, total)

    sites = {}
    for name, profile in profiles.items():
        folder = output / name
        generate_hospital(
            folder, profile, settings.patients[name], seed, images=images, notes_per_patient=notes, progress=tick
        )
        sites[name] = _raw(folder, images)
    heldout = output / "heldout"
    mixed = list(profiles.values())
    generate_mixture(
        heldout,
        mixed,
        settings.heldout_patients,
        seed + 1,
        images=images,
        notes_per_patient=notes,
        progress=tick,
    )
    public = public_records(output / "public", public_patients, seed + 2, images=images, progress=tick)
    progress(total, total)
    return SourceData(sites, _raw(heldout, images), public=public)


def public_records(
    folder: Path, patients: int, seed: int, *, images: bool, progress: Callable[[int], None] | None = None
) -> RawData:
    """Records of the public hospital, which no site resembles: for tokenizers and warm starts."""
    generate_hospital(folder, PUBLIC, patients, seed, images=images, progress=progress)
    return _raw(folder, images)


def public_patients_for(study: Study) -> int:
    """How many public patients a study's base needs."""
    warm_start = study.task.warm_start
    return warm_start.patients if warm_start else _PUBLIC_PATIENTS_FOR_TOKENIZER


def _raw(folder: Path, images: bool) -> RawData:
    return RawData(
        notes=folder / "notes.jsonl",
        images=folder / "images" if images else None,
        patients=folder / "patients.jsonl",
    )

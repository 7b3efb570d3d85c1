"""Made-up hospitals as a data source: the sites of the roster, a held-out mixture of them all, and public data."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cloister.simulation.hospitals.hospital import HospitalSummary, generate_hospital, generate_mixture
from cloister.simulation.hospitals.profiles import PUBLIC, profile_for
from cloister.simulation.parallel_jobs import Progress, run_jobs
from cloister.simulation.sources.source_data import RawData, SourceData
from cloister.study.schema import Study, SyntheticHospitals

Generate = Callable[..., HospitalSummary]
"""Takes how many patients, and a progress of its own."""

_PUBLIC_PATIENTS_FOR_TOKENIZER = 200


def prepare(study: Study, output: Path, progress: Progress) -> SourceData:
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
    mixed, public, heldout = list(profiles.values()), output / "public", output / "heldout"
    images = study.data.kind in {"images", "notes-and-images"}
    hospital = partial(generate_hospital, images=images, notes_per_patient=settings.notes_per_patient)
    mixture = partial(generate_mixture, images=images, notes_per_patient=settings.notes_per_patient)
    asked: list[tuple[int, Generate]] = [
        (settings.patients[name], partial(hospital, output / name, profile, seed=seed))
        for name, profile in profiles.items()
    ]
    asked += [
        (settings.heldout_patients, partial(mixture, heldout, mixed, seed=seed + 1)),
        (public_patients_for(study), partial(generate_hospital, public, PUBLIC, seed=seed + 2, images=images)),
    ]
    # The large ones first, so that at the end no core waits for another.
    asked.sort(key=lambda each: -each[0])
    done = {number: (0, patients) for number, (patients, _) in enumerate(asked)}
    run_jobs({number: partial(_generate, *each) for number, each in enumerate(asked)}, done, progress)
    sites = {name: _raw(output / name, images) for name in profiles}
    return SourceData(sites, _raw(heldout, images), public=_raw(public, images))


def public_records(folder: Path, patients: int, seed: int, *, images: bool) -> RawData:
    """Records of the public hospital, which no site resembles: for tokenizers and warm starts."""
    generate_hospital(folder, PUBLIC, patients, seed, images=images)
    return _raw(folder, images)


def public_patients_for(study: Study) -> int:
    """How many public patients a study's base needs."""
    warm_start = study.task.warm_start
    return warm_start.patients if warm_start else _PUBLIC_PATIENTS_FOR_TOKENIZER


def _generate(patients: int, generate: Generate, progress: Progress) -> None:
    generate(patients=patients, progress=lambda done: progress(done, patients))


def _raw(folder: Path, images: bool) -> RawData:
    return RawData(
        notes=folder / "notes.jsonl",
        images=folder / "images" if images else None,
        patients=folder / "patients.jsonl",
    )

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cloister.simulation.sources.mts_dialog import class_of, prepare
from cloister.simulation.sources.source_data import RawData, SourceData
from cloister.study.errors import DataError, MissingFileError
from cloister.study.schema import Study

SITES = ("east", "heldout", "west")
MakeStudy = Callable[..., Study]


def notes_of(data: RawData) -> list[dict[str, Any]]:
    assert data.notes is not None
    return [json.loads(line) for line in data.notes.read_text(encoding="utf-8").splitlines()]


def all_parts(source: SourceData) -> dict[str, list[dict[str, Any]]]:
    return {"(coordinator)": notes_of(source.heldout)} | {site: notes_of(d) for site, d in source.sites.items()}


def test_every_wanted_section_is_in_exactly_one_place(dialogues: Path, make_study: MakeStudy, tmp_path: Path) -> None:
    parts = all_parts(prepare(make_study("mts-dialog", SITES), dialogues, tmp_path / "out"))

    ids = [note["id"] for notes in parts.values() for note in notes]
    assert len(ids) == len(set(ids)) == 100 + 10  # LABS is not among the study's classes
    assert {note["label"] for notes in parts.values() for note in notes} == {
        "allergy", "cc", "fam-sochx", "genhx", "pastsurgical",
    }  # fmt: skip
    assert all(note["patient_id"] == note["id"] for notes in parts.values() for note in notes)
    assert "in two lines" in parts["east"][0]["text"]


def test_the_coordinator_holds_the_validation_file_and_a_share_of_the_training_file(
    dialogues: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    source = prepare(make_study("mts-dialog", SITES, heldout_share=0.25), dialogues, tmp_path / "out")

    origins = [note["id"].partition("-")[0] for note in notes_of(source.heldout)]
    assert origins.count("validation") == 10
    assert origins.count("training") == 25
    assert all(note["id"].startswith("training-") for data in source.sites.values() for note in notes_of(data))


def test_the_data_seed_decides_and_nothing_else(dialogues: Path, make_study: MakeStudy, tmp_path: Path) -> None:
    study = make_study("mts-dialog", SITES)
    again = study.model_copy(update={"seeds": study.seeds.model_copy(update={"model": 7, "training": 7})})
    other = study.model_copy(update={"seeds": study.seeds.model_copy(update={"data": 7})})

    first, second, third = (
        all_parts(prepare(each, dialogues, tmp_path / name))
        for each, name in ((study, "a"), (again, "b"), (other, "c"))
    )

    assert first == second
    assert first != third


def test_a_class_without_records_is_refused(dialogues: Path, make_study: MakeStudy, tmp_path: Path) -> None:
    study = make_study("mts-dialog", SITES)
    wrong = study.model_copy(update={"data": study.data.model_copy(update={"classes": ("cc", "FAM/SOCHX")})})

    with pytest.raises(DataError, match="'FAM/SOCHX'"):
        prepare(wrong, dialogues, tmp_path / "out")


def test_missing_and_garbled_files_are_named(dialogues: Path, make_study: MakeStudy, tmp_path: Path) -> None:
    study = make_study("mts-dialog", SITES)
    training = dialogues / "MTS-Dialog-TrainingSet.csv"
    content = training.read_text(encoding="utf-8-sig")

    training.write_text(content + "120,///,text,dialogue\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"TrainingSet\.csv, line 362: section_header = '///'"):
        prepare(study, dialogues, tmp_path / "out")
    training.write_text(content + '120,CC,"open', encoding="utf-8")
    with pytest.raises(DataError, match=r"TrainingSet\.csv: not a CSV file"):
        prepare(study, dialogues, tmp_path / "out")
    training.unlink()
    with pytest.raises(MissingFileError, match=r"TrainingSet\.csv"):
        prepare(study, dialogues, tmp_path / "out")


def test_headings_become_class_names() -> None:
    assert class_of("FAM/SOCHX") == "fam-sochx"
    assert class_of("OTHER_HISTORY ") == "other-history"


def test_published_data_are_split_without_loss(
    published: Callable[[str], Path], make_study: MakeStudy, tmp_path: Path
) -> None:
    """Counts of the published file: 60 + 77 + 351 + 282 + 63 training and 4 + 4 + 22 + 20 + 8 validation records."""
    source = prepare(make_study("mts-dialog", SITES), published("mts_dialog"), tmp_path)

    sizes = {site: len(notes_of(data)) for site, data in source.sites.items()}
    assert len(notes_of(source.heldout)) == round(0.2 * 833) + 58
    assert sum(sizes.values()) == 833 - round(0.2 * 833)
    assert max(sizes.values()) - min(sizes.values()) <= 1

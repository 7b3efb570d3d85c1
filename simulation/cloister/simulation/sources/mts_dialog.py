"""MTS-Dialog: sections of clinical notes, to be told apart by what they are about.

Each record is one section of a note written from one doctor-patient dialogue; the label is the section's heading.
The data name no patients, so each record is a patient of its own; they name no hospitals, so the records are split
over the roster with differing label shares (see `cloister.simulation.partition`). (Data: Ben Abacha, Yim, Fan, Lin
2023, "An empirical study of clinical note generation from doctor-patient encounters", EACL; CC BY 4.0.)

Only headings that `data.classes` names are used: several of the twenty have hardly any records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cloister.simulation.partition import dirichlet_partition
from cloister.simulation.sources.csv_rows import read_csv_rows
from cloister.simulation.sources.source_data import RawData, SourceData
from cloister.study import atomic
from cloister.study.errors import DataError
from cloister.study.schema import FolderData, Study

TRAINING_FILE = "MTS-Dialog-TrainingSet.csv"
VALIDATION_FILE = "MTS-Dialog-ValidationSet.csv"
STATEMENT = "MTS-Dialog (Ben Abacha et al. 2023), CC BY 4.0."
NOTES_FILE = "notes.jsonl"

_COLUMNS = ("ID", "section_header", "section_text")


@dataclass(frozen=True)
class _Section:
    id: str
    text: str
    label: str


def prepare(study: Study, data: Path, output: Path) -> SourceData:
    """Write `sites/<site>/notes.jsonl` and `heldout/notes.jsonl` below `output`.

    The held-out set is the published validation file and `heldout_share` of the training file, drawn by the study's
    data seed.

    Raises:
        MissingFileError: one of the two files is missing.
        DataError: a class of the study has no records, or a file is not as it was published.
    """
    source = study.simulation.data if study.simulation else None
    settings = source if isinstance(source, FolderData) else FolderData(source="mts-dialog")
    classes = study.data.classes
    training = _read(data / TRAINING_FILE, "training", classes)
    validation = _read(data / VALIDATION_FILE, "validation", classes)
    absent = set(classes) - {section.label for section in training}
    if absent:
        raise DataError(
            f"data.classes: no record of {data / TRAINING_FILE} has the heading {min(absent)!r}.",
            "Name headings of MTS-Dialog in lower case, with `-` for any other character, such as 'fam-sochx'.",
        )
    heldout, kept = _hold_out(training, settings.heldout_share, study.seeds.data)
    partition = dirichlet_partition(
        [section.label for section in kept], study.federation.sites, settings.dirichlet_alpha, study.seeds.data
    )
    return SourceData(
        sites={
            site: _write(output / "sites" / site, [kept[position] for position in positions])
            for site, positions in partition.items()
        },
        heldout=_write(output / "heldout", heldout + validation),
    )


def class_of(section_header: str) -> str:
    """A heading as the name of a class: `FAM/SOCHX` is `fam-sochx`."""
    return re.sub(r"[^a-z0-9]+", "-", section_header.lower()).strip("-")


def _read(path: Path, prefix: str, classes: Sequence[str]) -> list[_Section]:
    sections = []
    for row in read_csv_rows(path, _COLUMNS, header=True):
        section = _Section(
            id=f"{prefix}-{row.values['ID']}",
            text=row.values["section_text"].strip(),
            label=class_of(row.values["section_header"]),
        )
        if not section.label:
            raise row.fault("section_header", "a heading")
        if section.label in classes and section.text:
            sections.append(section)
    return sections


def _hold_out(sections: Sequence[_Section], share: float, seed: int) -> tuple[list[_Section], list[_Section]]:
    order = np.random.default_rng(seed).permutation(len(sections))
    drawn = set(order[: round(share * len(sections))].tolist())
    heldout = [section for position, section in enumerate(sections) if position in drawn]
    return heldout, [section for position, section in enumerate(sections) if position not in drawn]


def _write(folder: Path, sections: Sequence[_Section]) -> RawData:
    lines = [
        json.dumps(
            {
                "id": section.id,
                "patient_id": section.id,
                "issuer": "mts-dialog",
                "language": "en",
                "label": section.label,
                "text": section.text,
            },
            ensure_ascii=False,
        )
        for section in sections
    ]
    path = folder / NOTES_FILE
    atomic.write_text(path, "\n".join(lines) + "\n")
    return RawData(notes=path, statement=STATEMENT)

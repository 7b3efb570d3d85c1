"""From where a hospital keeps its notes to `notes.jsonl` and `patients.jsonl`, which everything else here reads.

What is written is as confidential as what was read: the files are the owner's alone.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO

from cloister.deid.folder_files import files_below
from cloister.deid.note_sources.item import Item, Refused, SourceNote
from cloister.deid.note_sources.tables import Columns
from cloister.deid.patient_record import PatientRecord
from cloister.study import atomic
from cloister.study.errors import InputError, MissingFileError

Source = Literal["csv", "parquet", "texts", "hl7", "fhir"]
NOTES_FILE, PATIENTS_FILE, REFUSED_FILE = "notes.jsonl", "patients.jsonl", "refused.jsonl"
SUFFIXES: dict[str, Source] = {
    ".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".hl7": "hl7", ".json": "fhir", ".ndjson": "fhir",
}  # fmt: skip
_TOLD_EVERY = 100


@dataclass(frozen=True)
class ImportSummary:
    """How many notes and patients were written, how many of the notes name no patient, and what was refused and why."""

    notes: int
    without_patient: int
    patients: int
    refused: dict[str, int]


def import_notes(
    source: Path,
    output: Path,
    *,
    kind: Source | None = None,
    columns: Columns | None = None,
    patient_folders: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportSummary:
    """Read a source and write `notes.jsonl`, `patients.jsonl` (HL7 and FHIR) and `refused.jsonl` into a new folder.

    Args:
        source: a file, or a folder with files of one kind.
        output: the folder; it must not exist, and appears only when everything is in it.
        kind: what the source is; told by the files' names if None.
        columns: of tables.
        patient_folders: see `text_folder`.
        progress: called with the number of notes read.

    Raises:
        MissingFileError: there is no such source.
        InputError: the output exists, or it cannot be told what the source is.
        DataError: a table has not the columns asked for.
        OSError: the disk is full; nothing is left behind.
    """
    if not source.exists():
        raise MissingFileError(source, "file or folder of notes")
    if output.exists():
        raise InputError(f"{output}: exists already.", "Choose another --output, or remove it first.")
    items = _items(source, kind or kind_of(source), columns or Columns(), patient_folders)
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=output.parent, prefix=f".{output.name}."))
    try:
        summary = _write(items, unfinished, progress)
        unfinished.rename(output)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return summary


def kind_of(source: Path) -> Source:
    """What a source is, by the names of its files.

    Raises:
        InputError: they are of several kinds, or of none that is known.
    """
    files = files_below(source) if source.is_dir() else [source]
    known = {SUFFIXES.get(file.suffix.lower(), "texts") for file in files}
    if len(known) == 1 and (source.is_dir() or known != {"texts"}):
        return known.pop()
    raise InputError(
        f"{source}: cannot tell what it is ({', '.join(sorted(known)) or 'an empty folder'}).",
        "Say --from csv, parquet, texts, hl7 or fhir; texts are a folder.",
    )


def _items(source: Path, kind: Source, columns: Columns, patient_folders: bool) -> Iterator[Item]:
    if kind == "texts":
        from cloister.deid.note_sources.text_folder import read_text_files

        if not source.is_dir():
            raise InputError(f"{source}: is not a folder.", "Texts are read from a folder, a file a note.")
        yield from read_text_files(source, patient_folders)
        return
    files, refused = _files_of(source, kind)
    yield from refused
    if kind == "fhir":
        from cloister.deid.note_sources.fhir_resources import FhirResources

        yield from FhirResources(tuple(files)).items()
        return
    for file in files:
        if kind == "hl7":
            from cloister.deid.note_sources.hl7_messages import read_hl7

            yield from read_hl7(file)
        else:
            from cloister.deid.note_sources.tables import read_csv, read_parquet

            yield from (read_csv if kind == "csv" else read_parquet)(file, columns)


def _files_of(source: Path, kind: Source) -> tuple[list[Path], list[Refused]]:
    """The files to read; those of a folder that are of another kind, and links and pipes, are refused."""
    if not source.is_dir():
        return [source], []
    files: list[Path] = []
    refused: list[Refused] = []
    for path in files_below(source):
        if path.is_symlink():
            refused.append(Refused(path, 0, "link"))
        elif SUFFIXES.get(path.suffix.lower()) != kind:
            refused.append(Refused(path, 0, "unsupported-format"))
        elif not path.is_file():
            refused.append(Refused(path, 0, "unreadable-file"))
        else:
            files.append(path)
    return files, refused


def _write(items: Iterator[Item], folder: Path, progress: Callable[[int], None] | None) -> ImportSummary:
    patients: dict[tuple[str, str], dict[str, Any]] = {}
    reasons: Counter[str] = Counter()
    notes, without_patient = 0, 0
    with _private(folder / NOTES_FILE) as written, _private(folder / REFUSED_FILE) as refused:
        for item in items:
            if isinstance(item, SourceNote):
                written.write(json.dumps(item.values) + "\n")
                notes += 1
                without_patient += "patient_id" not in item.values
                if progress is not None and notes % _TOLD_EVERY == 0:
                    progress(notes)
            elif isinstance(item, Refused):
                reasons[item.reason] += 1
                place = {"file": str(item.file), "place": item.place, "reason": item.reason}
                refused.write(json.dumps(place) + "\n")
            else:
                _merge(patients.setdefault(item.canonical, {}), item)
        for file in (written, refused):
            file.flush()
            os.fsync(file.fileno())
    if patients:
        lines = (json.dumps(_merged(known).model_dump(mode="json")) for known in patients.values())
        atomic.write_bytes(folder / PATIENTS_FILE, ("\n".join(lines) + "\n").encode(), mode=0o600)
    return ImportSummary(notes, without_patient, len(patients), dict(sorted(reasons.items())))


def _private(path: Path) -> TextIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii")


def _merge(known: dict[str, Any], record: PatientRecord) -> None:
    """Everything that any message or resource says of a patient; what contradicts is kept beside.

    In what is known, lists are by the JSON of their values, and ids are names by value: thousands may be added.
    """
    for key, value in record.model_dump(mode="json").items():
        if isinstance(value, list):
            known.setdefault(key, {}).update((json.dumps(each), each) for each in value)
        elif key == "ids":
            _merge_ids(known, value.values())
        elif known.get(key) in {None, ""}:
            known[key] = value
        elif key == "birth_date" and value not in {None, known[key]}:
            # Only one can be the date of birth; the other is searched for as it stands.
            _merge_ids(known, [value])


def _merge_ids(known: dict[str, Any], values: Iterable[str]) -> None:
    ids = known.setdefault("ids", {})
    for value in values:
        ids.setdefault(value, f"id {len(ids) + 1}")


def _merged(known: dict[str, Any]) -> PatientRecord:
    lists = {key: [*value.values()] for key, value in known.items() if isinstance(value, dict)}
    ids = {name: value for value, name in known.get("ids", {}).items()}
    return PatientRecord.model_validate({**known, **lists, "ids": ids})

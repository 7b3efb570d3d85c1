"""Cleaning a notes file into a dataset folder."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cloister.deid.categories import MAX_DISTINCT, categories, is_category
from cloister.deid.certification import Progress, Tally, certify, check_collection, input_digest
from cloister.deid.dataset_folder import finished, new_dataset
from cloister.deid.notes_input import Note, RefusedNote, read_notes
from cloister.deid.patient_record import AmbiguousPatient, PatientRecord, PatientRegister, read_patients
from cloister.deid.patients import Patients, reference
from cloister.deid.quarantine import Reason
from cloister.deid.text.cleaner import clean_text
from cloister.deid.text.detector import DEFAULT_THRESHOLDS
from cloister.deid.text.replace import Mode
from cloister.deid.verification import listed_identifiers, survivors
from cloister.study.canonical import sha256_of_file
from cloister.study.dataset import Certificate
from cloister.study.errors import CertificateError, DataError, MissingFileError
from cloister.study.keys import SiteKey

if TYPE_CHECKING:
    import pyarrow as pa

NOTES_FILE = "notes.parquet"
COLUMNS = ("patient_key", "example_id", "date", "type", "language", "text", "label")
_ROWS_IN_MEMORY = 2000
_PROGRESS_EVERY = 50
_NO_PATIENT = "cloister: note without patient"
"""Issuer of the patient that a note without patient_id is to itself."""


@dataclass(frozen=True)
class _Row:
    patient_key: str
    example_id: str
    date: str | None
    type: str | None
    language: str
    text: str
    label: str | None


@dataclass(frozen=True)
class _Overview:
    """What a first look at the whole file tells."""

    records: int
    types: frozenset[str] | None
    labels: frozenset[str] | None


def clean_notes(
    notes: Path,
    output: Path,
    *,
    site_key: SiteKey,
    collection: str,
    patients: Path | None = None,
    mode: Mode = "surrogate",
    default_issuer: str = "",
    progress: Progress | None = None,
) -> Certificate:
    """De-identify a `notes.jsonl` file.

    Args:
        notes: one JSON object a line, see `notes_input`.
        output: the dataset folder to write. One that is finished and came from the same input is not redone.
        site_key: the site's secret.
        collection: the collection that the notes belong to.
        patients: what the site's record knows of the patients, see `patient_record`.
        mode: `surrogate` writes realistic replacements, `tag` writes `[NAME]` and the like.
        default_issuer: issuer of record numbers that name none.
        progress: called with the number of notes done and in all.

    Returns:
        The dataset's certificate.

    Raises:
        MissingFileError: there is no notes or patients file.
        DataError: the notes file holds nothing, or the patients file a line that is no record.
        InputError: the collection's name is not one, or `output` holds something else.
    """
    check_collection(collection)
    digest = _digest(notes, patients, site_key, collection, mode, default_issuer)
    done = finished(output, site_key, digest)
    if done is not None:
        return done
    register = read_patients(patients, default_issuer) if patients is not None else PatientRegister()
    overview = _look_over(notes)
    run = _Run(register, Patients(site_key, collection), overview, mode, default_issuer, site_key, collection)
    with new_dataset(output) as folder:
        run.clean(notes, folder, progress)
        run.verify(folder / NOTES_FILE)
        return certify(
            folder,
            "notes",
            COLUMNS,
            run.tally,
            site_key=site_key,
            collection=collection,
            digest=digest,
            thresholds={str(label): score for label, score in DEFAULT_THRESHOLDS.items()},
        )


class _Run:
    """One run over one file."""

    def __init__(
        self,
        register: PatientRegister,
        patients: Patients,
        overview: _Overview,
        mode: Mode,
        default_issuer: str,
        site_key: SiteKey,
        collection: str,
    ) -> None:
        self.tally = Tally()
        self._register = register
        self._patients = patients
        self._overview = overview
        self._mode = mode
        self._default_issuer = default_issuer
        self._key = site_key.subkey("reference", collection)
        self._lines = array("I")
        self._records: dict[str, PatientRecord] = {}
        self._ledger_ids: dict[str, str] = {}

    def clean(self, notes: Path, folder: Path, progress: Progress | None) -> None:
        """Clean every note into `notes.parquet`."""
        with _writer(folder / NOTES_FILE) as write:
            for item in read_notes(notes):
                self.tally.records_in += 1
                if isinstance(item, RefusedNote):
                    self._keep_back(item.id or f"line {item.line}", item.line, item.reason)
                else:
                    row = self._clean_note(item)
                    if isinstance(row, _Row):
                        write(row)
                        self._lines.append(item.line)
                    else:
                        self._keep_back(item.id, item.line, row)
                if progress is not None and self.tally.records_in % _PROGRESS_EVERY == 0:
                    progress(self.tally.records_in, self._overview.records)
        if progress is not None:
            progress(self.tally.records_in, self._overview.records)

    def verify(self, path: Path) -> None:
        """Read what was written; quarantine what still holds an identifier of its patient; read again."""
        remaining = list(self._surviving(path))
        if remaining:
            _rewrite_without(path, frozenset(example for _, example in remaining))
            for index, example in remaining:
                self.tally.quarantine.add(example, self._lines[index], "identifier-survived")
            remaining = list(self._surviving(path))
        if remaining:
            raise CertificateError("An identifier survived in notes that were taken out of the dataset.")
        self.tally.identifiers_surviving = len(remaining)
        self._count_members(path)

    def _clean_note(self, note: Note) -> _Row | Reason:
        if note.type is not None and (self._overview.types is None or note.type not in self._overview.types):
            return "type-not-a-category"
        if note.label is not None and (self._overview.labels is None or note.label not in self._overview.labels):
            return "label-not-a-category"
        record = self._record_of(note)
        if isinstance(record, AmbiguousPatient):
            return "ambiguous-patient"
        patient = self._patients.of(record)
        try:
            shifted = (note.date + patient.shift).isoformat() if note.date is not None else None
        except OverflowError:
            return "bad-date"
        surrogates = patient.surrogates if self._mode == "surrogate" else None
        cleaned = clean_text(note.text, patient.known, surrogates, note.date)
        self.tally.findings.update(cleaned.findings)
        self._ledger_ids[patient.key] = patient.ledger_id
        if note.patient_id is not None:
            self._records[patient.key] = record
        example = reference(self._key, "note", note.id)
        return _Row(patient.key, example, shifted, note.type, note.language, cleaned.text, note.label)

    def _record_of(self, note: Note) -> PatientRecord | AmbiguousPatient:
        if note.patient_id is None:
            return PatientRecord(patient_id=reference(self._key, "note", note.id), issuer=_NO_PATIENT)
        return self._register.find(note.issuer or self._default_issuer, note.patient_id)

    def _keep_back(self, record: str, line: int, reason: Reason) -> None:
        self.tally.quarantine.add(reference(self._key, "note", record), line, reason)

    def _surviving(self, path: Path) -> Iterator[tuple[int, str]]:
        """Row number and id of the written examples that still hold an identifier of their patient."""
        latest, listed = "", None
        for index, row in enumerate(_read(path)):
            key = row["patient_key"] or ""
            if key != latest:
                record = self._records.get(key)
                latest, listed = key, listed_identifiers(record) if record is not None else None
            written = "\n".join(value for column, value in row.items() if value and column not in _PSEUDONYMS)
            if listed is not None and survivors(written, listed):
                yield index, row["example_id"] or ""

    def _count_members(self, path: Path) -> None:
        for row in _read(path):
            key = row["patient_key"] or ""
            self.tally.records_out += 1
            if key not in self.tally.members:
                self.tally.members[key] = self._ledger_ids[key]
                if key in self._records:
                    self.tally.identifiers_checked += listed_identifiers(self._records[key]).count


_PSEUDONYMS = frozenset({"patient_key", "example_id"})


def _digest(
    notes: Path, patients: Path | None, site_key: SiteKey, collection: str, mode: Mode, default_issuer: str
) -> str:
    try:
        hashes = [sha256_of_file(path) if path is not None else "" for path in (notes, patients)]
    except FileNotFoundError as problem:
        raise MissingFileError(problem.filename) from None
    except IsADirectoryError as problem:
        raise DataError(f"{problem.filename}: is a folder.", "Name the file itself (one JSON object a line).") from None
    return input_digest(site_key, collection, "notes", *hashes, mode, default_issuer)


def _look_over(notes: Path) -> _Overview:
    records = 0
    types: set[str | None] = set()
    labels: set[str | None] = set()
    for item in read_notes(notes):
        records += 1
        if isinstance(item, Note):
            # One value more than a category may have tells all; a column of free text must not fill the memory.
            for column, value in ((types, item.type), (labels, item.label)):
                if len(column) <= 2 * MAX_DISTINCT and (value is None or is_category(value)):
                    column.add(value)
    if not records:
        raise DataError(f"{notes}: holds no notes.", "One JSON object a line, with `id` and `text`.")
    return _Overview(records, categories(types), categories(labels))


@contextmanager
def _writer(path: Path) -> Iterator[Callable[[_Row], None]]:
    """Writes rows to Parquet, a group of rows at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema()
    rows: list[_Row] = []

    def flush() -> None:
        writer.write_table(pa.Table.from_pylist([asdict(row) for row in rows], schema=schema))
        rows.clear()

    def write(row: _Row) -> None:
        rows.append(row)
        if len(rows) >= _ROWS_IN_MEMORY:
            flush()

    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield write
        flush()


def _schema() -> pa.Schema:
    import pyarrow as pa

    optional = {"date", "type", "label"}
    return pa.schema([pa.field(name, pa.string(), nullable=name in optional) for name in COLUMNS])


def _read(path: Path) -> Iterator[dict[str, str | None]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_ROWS_IN_MEMORY):
            yield from batch.to_pylist()


def _rewrite_without(path: Path, examples: frozenset[str]) -> None:
    """Write the table again without some examples, and put it in the old one's place."""
    partial = path.with_name(f".{path.name}")
    with _writer(partial) as write:
        for row in _read(path):
            if row["example_id"] not in examples:
                write(_Row(**row))  # type: ignore[arg-type]
    partial.replace(path)

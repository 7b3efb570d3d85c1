"""Cleaning a notes file into a dataset folder.

The file is read once to learn which notes can be used, whose they are and where they stand (some fifty bytes a note
stay in memory). Then patient after patient is cleaned, all notes of one together, so that what one of them gives away
is found in the others. The work goes in chunks, in this process or in several; a chunk that is done lies whole in a
folder beside the output, and a run that was killed goes on after the last one. The rows stand in the order in which
the file first names each patient, then in the order of the file, however many processes there were.
"""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cloister.deid.categories import MAX_DISTINCT, categories, is_category
from cloister.deid.certification import Progress, Tally, certify, check_collection, input_digest
from cloister.deid.dataset_folder import finished, new_dataset
from cloister.deid.note_chunks import COLUMNS, Chunk, CleanedRow, Group, Place, Settings, read_part
from cloister.deid.note_engines import Engine, clean_chunks
from cloister.deid.notes_input import Note, read_notes
from cloister.deid.patient_record import PatientRecord, PatientRegister, read_patients
from cloister.deid.patients import reference
from cloister.deid.quarantine import Reason
from cloister.deid.text.adapters.detectors_file import identities, read_detectors, settings_digest
from cloister.deid.text.language import SUPPORTED
from cloister.deid.text.profiles import profile_named
from cloister.deid.text.replace import Mode
from cloister.deid.text.site_identifiers import SiteIdentifiers
from cloister.deid.verification import Listed, listed_identifiers, survivors
from cloister.study import atomic
from cloister.study.canonical import sha256_of_file
from cloister.study.dataset import AddedDetector, Certificate
from cloister.study.errors import CertificateError, CloisterError, DataError, InputError, MissingFileError
from cloister.study.keys import SiteKey
from cloister.study.population import canonical_patient, ledger_id, patient_key

if TYPE_CHECKING:
    import pyarrow as pa

_LOG = logging.getLogger(__name__)

NOTES_FILE = "notes.parquet"
AUTO = "auto"
"""In place of a language: that of each note is recognised."""
_ROWS_IN_MEMORY = 2000
_NOTES_IN_CHUNK, _BYTES_IN_CHUNK = 200, 4 * 1024 * 1024
"""A chunk is full when it holds this much; the notes of one patient are never parted."""


def clean_notes(
    notes: Path,
    output: Path,
    *,
    site_key: SiteKey,
    collection: str,
    patients: Path | None = None,
    mode: Mode = "surrogate",
    default_issuer: str = "",
    profile: str = "safe-harbor",
    language: str = AUTO,
    keep_unsupported: bool = False,
    all_patients: bool = True,
    jobs: int = 1,
    engine: Engine = "process",
    detectors: Path | None = None,
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
        profile: what has to go: `safe-harbor`, `limited-dataset` or `maximal`.
        language: of notes that name none; `auto` recognises it note by note.
        keep_unsupported: whether notes in other languages are cleaned as English ones rather than kept back.
        all_patients: whether the rare identifiers of all listed patients are looked for in every note.
        jobs: how many processes work; the result is the same, byte by byte.
        engine: where they work, see `note_engines`.
        detectors: a file that names further detectors, see `text.adapters.detectors_file`.
        progress: called with the number of notes done and in all.

    Returns:
        The dataset's certificate.

    Raises:
        MissingFileError: there is no notes, patients or detectors file, or no model where the latter names one.
        DataError: the notes file holds nothing, or the patients file a line that is no record.
        InputError: the collection's name, the profile or the language is none, a detector cannot be loaded, or
            `output` holds something else.
    """
    check_collection(collection)
    if language not in {AUTO, *SUPPORTED}:
        raise InputError(f"--language {language}: not supported.", f"Choose {AUTO} or one of {', '.join(SUPPORTED)}.")
    chosen = profile_named(profile)
    added = read_detectors(detectors) if detectors is not None else ()
    identified = identities(added)
    options = [mode, default_issuer, profile, language, str(keep_unsupported), str(all_patients)]
    if added:
        options.append(settings_digest(added, identified))
    digest = _digest(notes, patients, site_key, collection, tuple(options))
    parts = output.parent / f".{output.name}.parts"
    done = finished(output, site_key, digest)
    if done is not None:
        shutil.rmtree(parts, ignore_errors=True)
        return done
    register = read_patients(patients, default_issuer) if patients is not None else PatientRegister()
    overview = _look_over(notes, default_issuer)
    site = SiteIdentifiers.of(register.records.values() if all_patients else ())
    settings = Settings(
        notes=notes,
        site_key=site_key,
        collection=collection,
        mode=mode,
        profile=profile,
        language=language,
        keep_unsupported=keep_unsupported,
        types=overview.types,
        labels=overview.labels,
        site=site,
        others=added,
    )
    run = _Run(register, overview, settings, default_issuer)
    with new_dataset(output) as folder:
        _prepare(parts, digest)
        run.clean(parts, jobs, engine, progress)
        run.assemble(parts, folder / NOTES_FILE)
        run.verify(folder / NOTES_FILE)
        certificate = certify(
            folder,
            "notes",
            COLUMNS,
            run.tally,
            site_key=site_key,
            collection=collection,
            digest=digest,
            thresholds={str(label): score for label, score in chosen.thresholds.items()},
            profile=profile,
            mode=mode,
            detectors=run.detectors(identified),
        )
    shutil.rmtree(parts, ignore_errors=True)
    nobodys = overview.patients.count(None)
    if nobodys:
        _LOG.warning(
            "%d of %d notes name no patient: each counts as a patient of its own in the privacy accounting.",
            nobodys,
            overview.records,
        )
    return certificate


@dataclass
class _Overview:
    """What a first look at the whole file tells.

    `patients` numbers the patients in the order in which the file first names them, by issuer and record number as
    written there; None stands for a note without patient, each a patient to itself. `places` and `numbers` tell for
    every usable note where it stands and whose it is. `refused` are lines that cannot be used.
    """

    records: int
    types: frozenset[str] | None
    labels: frozenset[str] | None
    patients: list[tuple[str, str] | None]
    places: list[Place]
    numbers: list[int]
    refused: list[tuple[str, int, Reason]]


class _Run:
    """One run over one file."""

    def __init__(self, register: PatientRegister, overview: _Overview, settings: Settings, default_issuer: str) -> None:
        self.tally = Tally(records_in=overview.records)
        self._register = register
        self._overview = overview
        self._settings = settings
        self._default_issuer = default_issuer
        self._key = settings.site_key.subkey("reference", settings.collection)
        self._lines: list[int] = []
        self._unanswered: Counter[str] = Counter()
        for record, line, reason in overview.refused:
            self.tally.quarantine.add(reference(self._key, "note", record), line, reason)

    def clean(self, parts: Path, jobs: int, engine: Engine, progress: Progress | None) -> None:
        """Clean every chunk that is not done yet into a part of its own."""
        done = len(self._overview.refused)
        if progress is not None:
            progress(done, self._overview.records)
        waiting = []
        for chunk in self._chunks():
            if read_part(parts, chunk.number) is None:
                waiting.append(chunk.number)
            else:
                done += chunk.notes
        wanted = frozenset(waiting)
        left = (chunk for chunk in self._chunks() if chunk.number in wanted)
        for cleaned in clean_chunks(self._settings, parts, left, jobs=jobs, engine=engine):
            done += cleaned
            if progress is not None:
                progress(done, self._overview.records)

    def assemble(self, parts: Path, path: Path) -> None:
        """Put the parts together, in order, into one table."""
        with _writer(path) as write:
            for chunk in self._chunks():
                part = read_part(parts, chunk.number)
                if part is None:
                    raise CloisterError(f"{parts}: part {chunk.number} has gone.", "Run it again.")
                for row in part.rows:
                    write(row)
                self._lines.extend(part.lines)
                self.tally.findings.update(part.findings)
                self._unanswered.update(part.unanswered)
                for record, line, reason in part.kept_back:
                    self.tally.quarantine.add(record, line, reason)

    def detectors(self, identified: tuple[AddedDetector, ...]) -> tuple[AddedDetector, ...]:
        """The detectors that the site added, with what they left unanswered."""
        return tuple(
            each.model_copy(update={"unanswered": self._unanswered[f"{each.kind}:{each.name}"]}) for each in identified
        )

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

    def _chunks(self) -> Iterator[Chunk]:
        """The work in equal shares, always the same for the same file."""
        groups: list[Group] = []
        notes, size, number = 0, 0, 0
        for group in self._groups():
            groups.append(group)
            notes += len(group.places)
            size += sum(place.size for place in group.places)
            if notes >= _NOTES_IN_CHUNK or size >= _BYTES_IN_CHUNK:
                yield Chunk(number, tuple(groups))
                groups, notes, size, number = [], 0, 0, number + 1
        if groups:
            yield Chunk(number, tuple(groups))

    def _groups(self) -> Iterator[Group]:
        overview = self._overview
        order = sorted(range(len(overview.numbers)), key=overview.numbers.__getitem__)
        start = 0
        while start < len(order):
            number = overview.numbers[order[start]]
            end = start
            while end < len(order) and overview.numbers[order[end]] == number:
                end += 1
            patient = overview.patients[number]
            record = None if patient is None else self._register.find(patient[0] or self._default_issuer, patient[1])
            yield Group(record, tuple(overview.places[index] for index in order[start:end]))
            start = end

    def _surviving(self, path: Path) -> Iterator[tuple[int, str]]:
        """Row number and id of the written examples that still hold an identifier of their patient."""
        records = self._records_by_key()
        latest: str | None = None
        listed: Listed | None = None
        for index, row in enumerate(_read(path)):
            key = row["patient_key"] or ""
            if key != latest:
                record = records.get(key)
                latest, listed = key, listed_identifiers(record) if record is not None else None
            written = "\n".join(value for column, value in row.items() if value and column not in _PSEUDONYMS)
            if listed is not None and survivors(written, listed):
                yield index, row["example_id"] or ""

    def _count_members(self, path: Path) -> None:
        records = self._records_by_key()
        site_key, collection = self._settings.site_key, self._settings.collection
        for row in _read(path):
            key = row["patient_key"] or ""
            self.tally.records_out += 1
            if key in self.tally.members:
                continue
            record = records.get(key)
            if record is not None:
                self.tally.identifiers_checked += listed_identifiers(record).count
            else:
                record = self._settings.patient_of_note(row["example_id"] or "")
                if patient_key(site_key, collection, record.issuer, record.patient_id) != key:
                    raise CertificateError("The dataset holds a note of nobody's.")
            self.tally.members[key] = ledger_id(site_key, record.issuer, record.patient_id)

    def _records_by_key(self) -> dict[str, PatientRecord]:
        site_key, collection = self._settings.site_key, self._settings.collection
        found = (
            self._register.find(patient[0] or self._default_issuer, patient[1])
            for patient in self._overview.patients
            if patient is not None
        )
        return {
            patient_key(site_key, collection, record.issuer, record.patient_id): record
            for record in found
            if isinstance(record, PatientRecord)
        }


_PSEUDONYMS = frozenset({"patient_key", "example_id"})


def _prepare(parts: Path, digest: str) -> None:
    """A folder for the parts of this very work; parts of another one go."""
    marker = parts / "work"
    if not marker.is_file() or marker.read_bytes() != digest.encode("ascii"):
        shutil.rmtree(parts, ignore_errors=True)
        atomic.write_bytes(marker, digest.encode("ascii"))
        parts.chmod(0o700)


def _digest(notes: Path, patients: Path | None, site_key: SiteKey, collection: str, options: tuple[str, ...]) -> str:
    for path in (notes, patients):
        if path is not None and path.exists() and not path.is_file() and not path.is_dir():
            # It is read several times; and a pipe that nobody writes to would keep the run waiting.
            raise DataError(f"{path}: is no regular file.", "Write what it holds to a file, and name that.")
    try:
        hashes = [sha256_of_file(path) if path is not None else "" for path in (notes, patients)]
    except FileNotFoundError as problem:
        raise MissingFileError(problem.filename) from None
    except IsADirectoryError as problem:
        raise DataError(f"{problem.filename}: is a folder.", "Name the file itself (one JSON object a line).") from None
    return input_digest(site_key, collection, "notes", *hashes, *options)


def _look_over(notes: Path, default_issuer: str) -> _Overview:
    overview = _Overview(0, None, None, [], [], [], [])
    known: dict[tuple[str, str], int] = {}
    types: set[str | None] = set()
    labels: set[str | None] = set()
    for item in read_notes(notes):
        overview.records += 1
        if not isinstance(item, Note):
            overview.refused.append((item.id or f"line {item.line}", item.line, item.reason))
            continue
        # One value more than a category may have tells all; a column of free text must not fill the memory.
        for column, value in ((types, item.type), (labels, item.label)):
            if len(column) <= 2 * MAX_DISTINCT and (value is None or is_category(value)):
                column.add(value)
        number = len(overview.patients)
        if item.patient_id is not None:
            number = known.setdefault(canonical_patient(item.issuer or default_issuer, item.patient_id), number)
        if number == len(overview.patients):
            overview.patients.append(None if item.patient_id is None else (item.issuer, item.patient_id))
        overview.numbers.append(number)
        overview.places.append(Place(item.line, item.offset, item.size))
    if not overview.records:
        raise DataError(f"{notes}: holds no notes.", "One JSON object a line, with `id` and `text`.")
    overview.types, overview.labels = categories(types), categories(labels)
    return overview


@contextmanager
def _writer(path: Path) -> Iterator[Callable[[CleanedRow], None]]:
    """Writes rows to Parquet, a group of rows at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema()
    rows: list[CleanedRow] = []

    def flush() -> None:
        writer.write_table(pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows], schema=schema))
        rows.clear()

    def write(row: CleanedRow) -> None:
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
                write(tuple(row[column] for column in COLUMNS))
    partial.replace(path)

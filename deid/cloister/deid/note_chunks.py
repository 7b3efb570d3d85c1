"""Cleaning one share of the notes: some patients, all notes of each together.

A share that is done is one file, `000012.json`, written whole or not at all: rows, counts, and what was kept back
under its code. It holds nothing that the dataset will not hold.

An error that nobody had foreseen costs the note in which it happens, not the run: the note is kept back, and what is
told of the error is its kind and place in the code, never its text, which may quote the note.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pydantic import TypeAdapter, ValidationError

from cloister.deid.notes_input import Note, read_note_at
from cloister.deid.patient_record import AmbiguousPatient, PatientRecord
from cloister.deid.patients import Patient, Patients, reference
from cloister.deid.quarantine import Reason
from cloister.deid.text.adapters.detectors_file import Settings as DetectorSettings
from cloister.deid.text.adapters.detectors_file import load, with_absolute_paths
from cloister.deid.text.adapters.other_detector import OtherDetectors
from cloister.deid.text.cleaner import CleanedText, clean_text, find_identifiers
from cloister.deid.text.documents import UnreadableError
from cloister.deid.text.finding import Finding
from cloister.deid.text.language import SUPPORTED, detect_language
from cloister.deid.text.profiles import profile_named
from cloister.deid.text.reach import Reach
from cloister.deid.text.repeats import SureIdentifiers
from cloister.deid.text.replace import Mode
from cloister.deid.text.site_identifiers import SiteIdentifiers
from cloister.study import atomic
from cloister.study.errors import CloisterError
from cloister.study.keys import SiteKey

COLUMNS = ("patient_key", "example_id", "date", "type", "language", "text", "label")
CleanedRow = tuple[str | None, ...]
"""One value a column."""

DOCUMENT_PARTS = "DOCUMENT_PARTS"
"""Among the counts of findings: parts of documents, such as comments and metadata, that were not written back."""

_LOG = logging.getLogger(__name__)
_FALLBACK = "en"
"""Language of notes whose words do not tell it."""
_UNKNOWN = "und"
"""ISO 639-2: what stands as the language of a note in none that is supported."""
_NO_PATIENT = "cloister: note without patient"
"""Issuer of the patient that a note without patient_id is to itself."""


class Place(NamedTuple):
    """Where a note stands in the file: line number, offset and size in bytes."""

    line: int
    offset: int
    size: int


@dataclass(frozen=True)
class Group:
    """The notes of one patient, whose record is None where they name none."""

    record: PatientRecord | AmbiguousPatient | None
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Chunk:
    """A share of the work."""

    number: int
    groups: tuple[Group, ...]

    @property
    def notes(self) -> int:
        """How many notes it holds."""
        return sum(len(group.places) for group in self.groups)


@dataclass(frozen=True)
class Settings:
    """What is the same for every share; handed to every process."""

    notes: Path
    site_key: SiteKey
    collection: str
    mode: Mode
    profile: str
    language: str
    keep_unsupported: bool
    types: frozenset[str] | None
    labels: frozenset[str] | None
    site: SiteIdentifiers
    others: tuple[DetectorSettings, ...] = ()

    def patient_of_note(self, example: str) -> PatientRecord:
        """The patient that a note without patient is to itself."""
        return PatientRecord(patient_id=example, issuer=_NO_PATIENT)

    def with_absolute_paths(self) -> Settings:
        """For processes that work in another folder."""
        return replace(self, notes=self.notes.absolute(), others=tuple(map(with_absolute_paths, self.others)))


@dataclass(frozen=True)
class Part:
    """What became of a share: rows with the lines they come from, counts by label, and what was kept back.

    `unanswered` counts, by detector, passages that one which the site added gave no usable answer about.
    """

    rows: list[CleanedRow]
    lines: list[int]
    findings: dict[str, int]
    kept_back: list[tuple[str, int, Reason]]
    unanswered: dict[str, int]


_PART = TypeAdapter(Part)


class NoteCleaner:
    """Cleans shares, one after the other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._patients = Patients(settings.site_key, settings.collection)
        self._profile = profile_named(settings.profile)
        self._key = settings.site_key.subkey("reference", settings.collection)

    @cached_property
    def _others(self) -> OtherDetectors | None:
        """Loaded with the first share, so that an error on the way reaches whoever waits for it."""
        return load(self._settings.others) if self._settings.others else None

    def clean_into(self, parts: Path, chunk: Chunk) -> int:
        """Clean a share and write its part; the number of its notes."""
        part = Part([], [], {}, [], {})
        findings: Counter[str] = Counter()
        with self._settings.notes.open("rb") as file:
            for group in chunk.groups:
                self._clean_group(file, group, part, findings)
        part.findings.update(sorted(findings.items()))
        if self._others is not None:
            part.unanswered.update(self._others.take_unanswered())
        atomic.write_bytes(_part_file(parts, chunk.number), json.dumps(vars(part)).encode(), mode=0o600)
        return chunk.notes

    def _clean_group(self, file: BinaryIO, group: Group, part: Part, findings: Counter[str]) -> None:
        """Twice over the notes of a patient: what is surely an identifier in one of them is one in all."""
        sure = SureIdentifiers()
        found: list[list[Finding] | None] = []
        for place in group.places if len(group.places) > 1 else ():
            note = read_note_at(file, *place)
            found.append(self._first_look(group, note))
            sure = sure.with_findings(note.visible, found[-1] or ())
        for number, place in enumerate(group.places):
            note = read_note_at(file, *place)
            first = found[number] if found else None
            row = self._row(group, note, sure, first, findings)
            if isinstance(row, tuple):
                part.rows.append(row)
                part.lines.append(note.line)
            else:
                part.kept_back.append((reference(self._key, "note", note.id), note.line, row))

    def _first_look(self, group: Group, note: Note) -> list[Finding] | None:
        """What a note tells by itself; None for one that is kept back."""
        try:
            patient, language = self._patient(group, note), self._language(note)
            if self._refusal(group, note, language) is not None or patient is None:
                return None
            return self._find(note, patient, language or _FALLBACK, SureIdentifiers())
        except CloisterError:
            raise
        except Exception:  # noqa: BLE001 (the note is looked at again for its row, and kept back there)
            return None

    def _row(
        self, group: Group, note: Note, sure: SureIdentifiers, first: list[Finding] | None, findings: Counter[str]
    ) -> CleanedRow | Reason:
        try:
            return self._clean_note(group, note, sure, first, findings)
        except CloisterError:  # concerns every note: a model that is not there, for instance
            raise
        except UnreadableError as problem:
            return problem.reason
        except Exception as problem:  # noqa: BLE001 (whatever it is, the other notes are none the worse for it)
            _LOG.warning("Line %d: kept back after %s.", note.line, where_it_happened(problem))
            return "cleaning-failed"

    def _clean_note(
        self, group: Group, note: Note, sure: SureIdentifiers, first: list[Finding] | None, findings: Counter[str]
    ) -> CleanedRow | Reason:
        patient, language = self._patient(group, note), self._language(note)
        refusal = self._refusal(group, note, language)
        if refusal is not None or patient is None:
            return refusal or "ambiguous-patient"
        try:
            shifted = (note.date + patient.shift).isoformat() if note.date is not None else None
        except OverflowError:
            return "bad-date"
        if first is not None and not _adds(sure, note.visible, first):
            found = first
        else:
            found = self._find(note, patient, language or _FALLBACK, sure)
        cleaned = self._replaced(note, patient, language or _FALLBACK, sure, found)
        findings.update(cleaned.findings)
        if cleaned.parts_removed:
            findings[DOCUMENT_PARTS] += cleaned.parts_removed
        example = reference(self._key, "note", note.id)
        return (patient.key, example, shifted, note.type, language or _UNKNOWN, cleaned.text, note.label)

    def _find(self, note: Note, patient: Patient, language: str, sure: SureIdentifiers) -> list[Finding]:
        return find_identifiers(
            note.visible,
            patient.known,
            language=language,
            profile=self._profile,
            sure=sure,
            site=self._settings.site,
            others=self._others,
        )

    def _replaced(
        self, note: Note, patient: Patient, language: str, sure: SureIdentifiers, found: list[Finding]
    ) -> CleanedText:
        surrogates = patient.surrogates if self._settings.mode == "surrogate" else None
        return clean_text(
            note.text,
            patient.known,
            surrogates,
            note.date,
            language=language,
            profile=self._profile,
            sure=sure,
            site=self._settings.site,
            others=self._others,
            found=found,
        )

    def _refusal(self, group: Group, note: Note, language: str | None) -> Reason | None:
        settings = self._settings
        if note.type is not None and (settings.types is None or note.type not in settings.types):
            return "type-not-a-category"
        if note.label is not None and (settings.labels is None or note.label not in settings.labels):
            return "label-not-a-category"
        if isinstance(group.record, AmbiguousPatient):
            return "ambiguous-patient"
        if language is None and not settings.keep_unsupported:
            return "unsupported-language"
        return None

    def _patient(self, group: Group, note: Note) -> Patient | None:
        if isinstance(group.record, AmbiguousPatient):
            return None
        record = group.record
        if record is None:
            record = self._settings.patient_of_note(reference(self._key, "note", note.id))
        return self._patients.of(record)

    def _language(self, note: Note) -> str | None:
        """The language that the note names, else the one that was asked for, else what it is written in."""
        if note.language is not None:
            return note.language if note.language in SUPPORTED else None
        if self._settings.language in SUPPORTED:
            return self._settings.language
        return detect_language(note.visible, _FALLBACK)


def read_part(parts: Path, number: int) -> Part | None:
    """What became of a share; None if it is not done, or damage to its file has made it as good as not done."""
    try:
        part = _PART.validate_json(_part_file(parts, number).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    whole = len(part.rows) == len(part.lines) and all(len(row) == len(COLUMNS) for row in part.rows)
    return part if whole else None


def where_it_happened(problem: BaseException) -> str:
    """The kind of an error and the line of code that raised it; nothing of its text, which may quote a note."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    kind = type(problem).__name__
    return kind if trace is None else f"{kind} ({Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno})"


def _part_file(parts: Path, number: int) -> Path:
    return parts / f"{number:06d}.json"


def _adds(sure: SureIdentifiers, text: str, found: list[Finding]) -> bool:
    """Whether the patient's other notes tell of anything in this one that was not found in it."""
    told = Reach.of(found)
    return any(not told.covers(finding) for finding in sure.find(text))

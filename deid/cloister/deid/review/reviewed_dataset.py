"""A dataset under review: its notes beside the originals, the sample that is drawn from it, the log beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cloister.deid.notes_input import Note, read_notes
from cloister.deid.patient_record import AmbiguousPatient, PatientRegister, read_patients
from cloister.deid.patients import reference
from cloister.deid.review.alignment import align
from cloister.deid.review.decisions import DecisionLog, Entry, Part
from cloister.deid.review.sample import CANDIDATES_PER_NOTE, most_uncertain, random_order
from cloister.deid.review.session import Review, ReviewNote, drawn
from cloister.deid.review.shown_spans import shown_spans
from cloister.deid.text.detector import detect
from cloister.deid.text.documents import UnreadableError, read_document
from cloister.deid.text.finding import LABELS, Finding, Label
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.profiles import profile_named
from cloister.study.dataset import Certificate, Manifest, verify_dataset
from cloister.study.errors import DataError, InputError
from cloister.study.keys import SiteKey

_CANDIDATE_SHARE = 0.4
"""Lowest score of a candidate, as a share of its label's threshold."""


@dataclass(frozen=True)
class CleanedNote:
    """A note of the dataset; its text as a reader sees it, without the markup of its format."""

    patient: str
    language: str
    text: str


@dataclass(frozen=True)
class ReviewedDataset:
    """A verified dataset of notes, with what a review needs to know of it."""

    folder: Path
    manifest: Manifest
    certificate: Certificate
    site_key: SiteKey
    references: tuple[str, ...]
    """Of its notes."""

    @classmethod
    def open(cls, folder: Path, site_key: SiteKey) -> ReviewedDataset:
        """Verify a dataset and list its notes.

        Raises:
            MissingFileError: a file of the dataset is missing.
            CertificateError: it was altered, or made with another key.
            InputError: it holds no notes that Cloister cleaned.
        """
        manifest, certificate = verify_dataset(folder, site_key)
        if certificate.basis != "cloister" or [table.kind for table in manifest.tables] != ["notes"]:
            raise InputError(f"{folder}: not a dataset of notes that `cloister deid text` wrote.", "Name such a one.")
        rows = _rows(folder / manifest.tables[0].file, ["example_id"])
        return cls(folder, manifest, certificate, site_key, tuple(row["example_id"] for row in rows))

    @property
    def identity(self) -> str:
        """What stays the same when reviewed notes go to quarantine: the digest of the input."""
        return self.certificate.input_digest or self.certificate.manifest_sha256

    @property
    def table(self) -> Path:
        """The notes."""
        return self.folder / self.manifest.tables[0].file

    @property
    def reference_key(self) -> bytes:
        """The sub-key of the notes' references."""
        return self.site_key.subkey("reference", self.certificate.collection)

    @property
    def log_file(self) -> Path:
        """Where decisions are kept: beside the dataset, whose own files are certified and stay as they are."""
        return self.folder.parent / f"{self.folder.name}.review.jsonl"

    @contextmanager
    def log(self) -> Iterator[DecisionLog]:
        """The open log of this dataset's review. Raises as `DecisionLog.open` does."""
        with DecisionLog.open(self.log_file, self.site_key, self.certificate.collection, self.identity) as log:
            yield log

    def ordered(self, seen: Collection[str] = ()) -> list[str]:
        """References in the keyed random order, with those that were `seen` and have left the dataset since."""
        return random_order({*self.references, *seen}, self.reference_key, self.identity)

    def cleaned(self, wanted: Collection[str]) -> dict[str, CleanedNote]:
        """Reference -> note as it is in the dataset, for those wanted that are there."""
        return {
            row["example_id"]: CleanedNote(row["patient_key"], row["language"], _visible(row["text"]))
            for row in _rows(self.table, ["example_id", "patient_key", "language", "text"])
            if row["example_id"] in wanted
        }

    def originals(self, notes: Path, wanted: Collection[str]) -> dict[str, Note]:
        """Reference -> original note.

        Raises:
            MissingFileError: there is no notes file.
            DataError: it does not hold one of the notes wanted.
        """
        key = self.reference_key
        found = {}
        for item in read_notes(notes):
            if isinstance(item, Note) and (name := reference(key, "note", item.id)) in wanted:
                found[name] = item
        if missing := len(set(wanted) - found.keys()):
            raise DataError(
                f"{notes}: does not hold {missing} of the notes to review.", "Name the file that the dataset came from."
            )
        return found


class NoteLoader:
    """Shows notes: original and cleaned form side by side, with what the detectors say now.

    Args:
        dataset: under review.
        notes: the original notes file.
        patients: what the site's record knows of the patients; as given to `cloister deid text`.
        wanted: references of the notes that may be shown, all in the dataset.

    Raises:
        MissingFileError: there is no notes or patients file.
        DataError: the notes file lacks a note, or the patients file has a line that is no record.
    """

    def __init__(self, dataset: ReviewedDataset, notes: Path, patients: Path | None, wanted: Collection[str]) -> None:
        self._register = read_patients(patients) if patients is not None else PatientRegister()
        self._cleaned = dataset.cleaned(wanted)
        self.originals: Mapping[str, Note] = dataset.originals(notes, wanted)
        self._profile = profile_named(dataset.certificate.engine.profile)
        given = dataset.certificate.thresholds
        self._thresholds: dict[Label, float] = {label: given.get(label, 0.0) for label in LABELS}

    def load(self, name: str) -> ReviewNote:
        """A note by its reference."""
        note, cleaned = self.originals[name], self._cleaned[name]
        known = self._known(note)
        findings = self._find(note.visible, known, cleaned.language, 1.0)
        candidates = self._find(note.visible, known, cleaned.language, _CANDIDATE_SHARE)
        alignment = align(note.visible, cleaned.text)
        document = read_document(note.text)
        spans = shown_spans(alignment, findings, candidates, document.unwritten())
        return ReviewNote(name, alignment, tuple(spans), tuple(document.unwritten()), document.removed)

    def patient(self, name: str) -> str:
        """The patient key of a note by its reference."""
        return self._cleaned[name].patient

    def _find(self, text: str, known: KnownIdentifiers | None, language: str, share: float) -> list[Finding]:
        thresholds = {label: threshold * share for label, threshold in self._thresholds.items()}
        return detect(text, known, thresholds, language, profile=self._profile)

    def _known(self, note: Note) -> KnownIdentifiers | None:
        if note.patient_id is None:
            return None
        record = self._register.find(note.issuer, note.patient_id)
        return None if isinstance(record, AmbiguousPatient) else KnownIdentifiers(record)


def open_review(
    dataset: ReviewedDataset, log: DecisionLog, notes: Path, patients: Path | None, *, sample: int, uncertain: int
) -> Review:
    """Draw the sample, or go on with the one in the log, and make the notes ready.

    Args:
        dataset: under review.
        log: its open log.
        notes: the original notes file.
        patients: what the site's record knows of the patients; as given to `cloister deid text`.
        sample: how many notes the uniform part has; more than before enlarges it, fewer changes nothing.
        uncertain: how many notes with uncertain findings to show besides; likewise.

    Raises:
        MissingFileError: there is no notes or patients file.
        DataError: the notes file lacks a note, or the patients file has a line that is no record.
    """
    order = dataset.ordered(drawn(log.entries, "uniform") + drawn(log.entries, "uncertain"))
    _draw(log, "uniform", order[:sample])
    uniform = drawn(log.entries, "uniform")
    more = max(0, uncertain - len(drawn(log.entries, "uncertain")))
    taken = {*uniform, *drawn(log.entries, "uncertain")}
    there = frozenset(dataset.references)
    candidates = [name for name in order if name not in taken and name in there][: more * CANDIDATES_PER_NOTE]
    loader = NoteLoader(dataset, notes, patients, {*candidates, *(taken & there)})

    def uncertainty(name: str) -> int:
        return sum(span.uncertain for span in loader.load(name).spans)

    _draw(log, "uncertain", most_uncertain(candidates, more, uncertainty))
    shown = dict.fromkeys(uniform + drawn(log.entries, "uncertain"))
    return Review([name for name in shown if name in there], loader.load, log)


def _draw(log: DecisionLog, part: Part, names: Collection[str]) -> None:
    before = frozenset(drawn(log.entries, part))
    fresh = tuple(name for name in names if name not in before)
    if fresh:
        log.append(Entry(action="sample", part=part, notes=fresh))


def _visible(text: str) -> str:
    """What a reader sees of a cleaned note."""
    try:
        return read_document(text).text
    except UnreadableError:
        return text


def _rows(path: Path, columns: list[str]) -> Iterator[dict[str, str]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=columns):
            yield from batch.to_pylist()

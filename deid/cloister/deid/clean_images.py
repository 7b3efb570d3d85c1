"""Cleaning a folder of images into a dataset folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import date, datetime
from multiprocessing import get_context
from pathlib import Path, PurePosixPath

from cloister.deid.categories import categories
from cloister.deid.certification import Progress, Tally, certify, check_collection, input_digest
from cloister.deid.dataset_folder import finished, new_dataset
from cloister.deid.folder_files import files_below
from cloister.deid.images.burned_in_text import PIXEL_THRESHOLD, REGION_THRESHOLD, model_path
from cloister.deid.images.clean_file import CleanedImage, ImageJob, clean_file
from cloister.deid.images.dicom_file import ImageIdentity, RefusedImageError, read_identity
from cloister.deid.images.dicom_headers import HeaderRules
from cloister.deid.patient_record import AmbiguousPatient, PatientRecord, PatientRegister, PersonName, read_patients
from cloister.deid.patients import Patient, Patients, reference
from cloister.deid.quarantine import Reason
from cloister.deid.verification import listed_identifiers, survivors
from cloister.study.canonical import sha256_of_file
from cloister.study.dataset import Certificate
from cloister.study.errors import CloisterError, DataError, InputError, MissingFileError
from cloister.study.keys import SiteKey
from cloister.study.untrusted_json import parse_json

IMAGES_FILE, IMAGES_FOLDER, LABELS_FILE = "images.parquet", "images", "labels.jsonl"
COLUMNS = ("patient_key", "example_id", "date", "modality", "file", "label")
_DICOM_PREFIX_AT, _DICOM_PREFIX = 128, b"DICM"
_SHORTEST_IN_BYTES = 4
"""Two or three letters stand by chance in every header's bytes."""
_CHUNK = 4


@dataclass(frozen=True)
class _Image:
    """One file of the input that is to be cleaned."""

    position: int
    name: str
    path: Path
    patient: Patient
    label: str | None
    example: str


def clean_images(
    folder: Path,
    output: Path,
    *,
    site_key: SiteKey,
    collection: str,
    patients: Path | None = None,
    default_issuer: str = "",
    workers: int = 1,
    progress: Progress | None = None,
) -> Certificate:
    """De-identify a folder of DICOM files.

    Args:
        folder: the files, in sub-folders or not, and optionally `labels.jsonl` with `file` and `label` a line.
        output: the dataset folder to write. One that is finished and came from the same input is not redone.
        site_key: the site's secret.
        collection: the collection that the images belong to; the same as the notes'.
        patients: what the site's record knows of the patients, see `patient_record`.
        default_issuer: issuer of record numbers that name none; the same as the notes'.
        workers: processes to share the images out over.
        progress: called with the number of images done and in all.

    Returns:
        The dataset's certificate.

    Raises:
        MissingFileError: there is no such folder or patients file.
        DataError: the folder holds no files, or a line of the labels or patients file is wrong.
        InputError: `workers` is not positive, the collection's name is not one, or `output` holds something else.
        OSError: the folder, or one in it, cannot be read.
    """
    check_collection(collection)
    if workers < 1:
        raise InputError(f"workers = {workers}: at least one is needed.", "Give a positive number.")
    files = _files(folder)
    digest = _digest(folder, files, patients, site_key, collection, default_issuer)
    done = finished(output, site_key, digest)
    if done is not None:
        return done
    model_path()
    register = read_patients(patients, default_issuer) if patients is not None else PatientRegister()
    labels = _read_labels(folder, frozenset(files))
    run = _Run(site_key, collection, register, labels, default_issuer)
    with new_dataset(output) as target:
        (target / IMAGES_FOLDER).mkdir()
        images = run.intake(folder, files)
        cleaned = run.clean(images, target, workers, len(files), progress)
        run.verify(cleaned, target)
        _write_table(run.rows, target / IMAGES_FILE)
        thresholds = {"text-pixel": PIXEL_THRESHOLD, "text-region": REGION_THRESHOLD}
        return certify(
            target,
            "images",
            COLUMNS,
            run.tally,
            site_key=site_key,
            collection=collection,
            digest=digest,
            thresholds=thresholds,
        )


class _Run:
    """One run over one folder."""

    def __init__(
        self,
        site_key: SiteKey,
        collection: str,
        register: PatientRegister,
        labels: dict[str, str | None],
        default_issuer: str,
    ) -> None:
        self.tally = Tally()
        self.rows: list[dict[str, str | None]] = []
        self._register = register
        self._patients = Patients(site_key, collection)
        self._labels = labels
        self._default_issuer = default_issuer
        self._categories = categories(labels.values())
        self._reference_key = site_key.subkey("reference", collection)
        self._uid_key = site_key.subkey("uid", collection)

    def intake(self, folder: Path, files: list[str]) -> list[_Image]:
        """Look at every file: whose it is, and whether it can be taken at all."""
        identities: dict[str, ImageIdentity] = {}
        for position, name in enumerate(files, 1):
            self.tally.records_in += 1
            try:
                identity = _identity(folder / name)
                identities[name] = replace(identity, issuer=identity.issuer or self._default_issuer)
            except RefusedImageError as refusal:
                self._keep_back(name, position, refusal.reason)
        patients_of_study: dict[str, set[tuple[str, str]]] = {}
        for identity in identities.values():
            if identity.study_uid:
                whose = PatientRecord(patient_id=identity.patient_id, issuer=identity.issuer).canonical
                patients_of_study.setdefault(identity.study_uid, set()).add(whose)
        instances = Counter(identity.instance_uid for identity in identities.values())
        images = []
        for position, name in enumerate(files, 1):
            if name not in identities:
                continue
            identity = identities[name]
            if len(patients_of_study.get(identity.study_uid, ())) > 1:
                self._keep_back(name, position, "multiple-patients-in-study")
            elif instances[identity.instance_uid] > 1:
                self._keep_back(name, position, "duplicate-instance")
            else:
                image = self._image(folder, name, position, identity)
                if isinstance(image, _Image):
                    images.append(image)
                else:
                    self._keep_back(name, position, image)
        return images

    def clean(
        self, images: list[_Image], target: Path, workers: int, total: int, progress: Progress | None
    ) -> list[tuple[_Image, CleanedImage]]:
        """Clean every image into `images/`."""
        jobs = [
            ImageJob(
                source=image.path,
                target=target / IMAGES_FOLDER / f"{image.example}.dcm",
                rules=HeaderRules(image.patient.key, image.patient.shift, self._uid_key),
            )
            for image in images
        ]
        done = total - len(images)
        kept = []
        for image, result in zip(images, _run_jobs(jobs, workers), strict=True):
            done += 1
            if progress is not None:
                progress(done, total)
            if result.refused is not None:
                self._keep_back(image.name, image.position, result.refused)
                continue
            self.tally.findings["HEADER"] += result.elements_removed
            self.tally.findings["BURNED_IN_TEXT"] += result.texts_hidden
            kept.append((image, result))
        return kept

    def verify(self, cleaned: list[tuple[_Image, CleanedImage]], target: Path) -> None:
        """Read what was written; remove and quarantine what still holds an identifier of its patient."""
        for image, result in cleaned:
            path = target / IMAGES_FOLDER / f"{image.example}.dcm"
            listed = listed_identifiers(image.patient.record)
            header = header_text(path)
            found = survivors(header, listed, shortest=_SHORTEST_IN_BYTES) + survivors(image.label or "", listed)
            if found:
                path.unlink()
                self._keep_back(image.name, image.position, "identifier-survived")
                continue
            self.tally.identifiers_surviving += found
            self._add_row(image, result)
            self.tally.records_out += 1
            if image.patient.key not in self.tally.members:
                self.tally.members[image.patient.key] = image.patient.ledger_id
                self.tally.identifiers_checked += listed.count

    def _image(self, folder: Path, name: str, position: int, identity: ImageIdentity) -> _Image | Reason:
        label = self._labels.get(name)
        if label is not None and (self._categories is None or label not in self._categories):
            return "label-not-a-category"
        found = self._register.find(identity.issuer, identity.patient_id)
        if isinstance(found, AmbiguousPatient):
            return "ambiguous-patient"
        known = found if found.names else _with_header(found, identity)
        example = reference(self._reference_key, "image", name)
        return _Image(position, name, folder / name, self._patients.of(known), label, example)

    def _keep_back(self, name: str, position: int, reason: Reason) -> None:
        self.tally.quarantine.add(reference(self._reference_key, "image", name), position, reason)

    def _add_row(self, image: _Image, result: CleanedImage) -> None:
        values = (
            image.patient.key,
            image.example,
            result.date.isoformat() if result.date is not None else None,
            result.modality,
            f"{IMAGES_FOLDER}/{image.example}.dcm",
            image.label,
        )
        self.rows.append(dict(zip(COLUMNS, values, strict=True)))


def header_text(path: Path) -> str:
    """All bytes of a DICOM file before its pixel data, each as the character of the same number; then as UTF-8."""
    import pydicom

    with path.open("rb") as file:
        pydicom.dcmread(file, stop_before_pixels=True)
        end = file.tell()
        file.seek(0)
        content = file.read(end)
    return content.decode("latin-1") + "\n" + content.decode("utf-8", "replace")


def _files(folder: Path) -> list[str]:
    """The files to clean, relative to the folder, sorted; that of the labels is none.

    Raises:
        MissingFileError: there is no such folder.
        DataError: it holds no files.
        OSError: it, or a folder in it, cannot be read.
    """
    if not folder.is_dir():
        raise MissingFileError(folder, "folder of images")
    names = sorted(path.relative_to(folder).as_posix() for path in files_below(folder, hidden=True))
    images = [name for name in names if name != LABELS_FILE]
    if not images:
        raise DataError(f"{folder}: holds no images.", "Name the folder that holds the DICOM files.")
    return images


def _identity(path: Path) -> ImageIdentity:
    if path.is_symlink():
        raise RefusedImageError("link")
    if not path.is_file():  # a pipe, for instance, would keep the run waiting
        raise RefusedImageError("unreadable-file")
    try:
        with path.open("rb") as file:
            file.seek(_DICOM_PREFIX_AT)
            is_dicom = file.read(len(_DICOM_PREFIX)) == _DICOM_PREFIX
    except OSError:
        raise RefusedImageError("unreadable-file") from None
    if not is_dicom:
        raise RefusedImageError("not-dicom" if path.suffix.lower() in {".dcm", ""} else "unsupported-format")
    return read_identity(path)


def _with_header(record: PatientRecord, identity: ImageIdentity) -> PatientRecord:
    """Where the site's record lists no name, what the header itself says of the patient is what must not survive."""
    family, _, rest = identity.patient_name.partition("^")
    given = rest.replace("^", " ").strip()
    names = (PersonName(given=given, family=family.strip()),) if identity.patient_name else ()
    born: date | None = None
    try:
        born = datetime.strptime(identity.birth_date, "%Y%m%d").date()
    except ValueError:
        born = None
    return record.model_copy(update={"names": names, "birth_date": record.birth_date or born})


def _read_labels(folder: Path, files: frozenset[str]) -> dict[str, str | None]:
    path = folder / LABELS_FILE
    labels: dict[str, str | None] = {}
    if not path.is_file():
        return labels
    remedy = 'One JSON object a line: {"file": "…", "label": "…"}.'
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if not raw.strip():
                continue
            try:
                values = parse_json(raw.decode("utf-8"))
                name, label = values["file"], values["label"]
            except (ValueError, KeyError, TypeError):
                raise DataError(f"{path}, line {number}: not a label.", remedy) from None
            if not isinstance(name, str) or not isinstance(label, str | int | None) or isinstance(label, bool):
                raise DataError(f"{path}, line {number}: file or label is not a string.", remedy)
            name = PurePosixPath(name).as_posix()  # `find` prints ./a.dcm
            if name in labels:
                raise DataError(f"{path}, line {number}: labels a file for the second time.", remedy)
            if name not in files:
                raise DataError(f"{path}, line {number}: labels a file that is not there.", "Correct or remove it.")
            labels[name] = None if label is None else str(label)
    return labels


def _digest(
    folder: Path, files: list[str], patients: Path | None, site_key: SiteKey, collection: str, default_issuer: str
) -> str:
    parts = ["images", default_issuer]
    if patients is not None:
        if not patients.is_file():
            raise MissingFileError(patients, "patients file")
        parts.append(sha256_of_file(patients))
    for name in (LABELS_FILE, *files):
        path = folder / name
        readable = path.is_file() and not path.is_symlink()
        parts += [name, sha256_of_file(path) if readable else ""]
    return input_digest(site_key, collection, *parts)


def _run_jobs(jobs: list[ImageJob], workers: int) -> Iterator[CleanedImage]:
    if workers == 1 or len(jobs) < 2 * _CHUNK:
        yield from map(clean_file, jobs)
        return
    try:
        # Spawned, not forked: the detector's session does not survive a fork.
        with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=get_context("spawn")) as pool:
            yield from pool.map(clean_file, jobs, chunksize=_CHUNK)
    except BrokenProcessPool:
        raise CloisterError(
            "A process that cleaned images was killed.", "Free memory or use fewer workers, and run it again."
        ) from None


def _write_table(rows: Iterable[dict[str, str | None]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    optional = {"date", "modality", "label"}
    schema = pa.schema([pa.field(name, pa.string(), nullable=name in optional) for name in COLUMNS])
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path, compression="zstd")

"""What a hospital's own record knows of its patients: `patients.jsonl`, one JSON object a line.

These are the identifiers that must not survive in a patient's cleaned data. Unknown keys are refused: an identifier
under a misspelt key would be an identifier that nobody searches for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from cloister.study.errors import DataError, MissingFileError
from cloister.study.population import canonical_patient, is_record_number
from cloister.study.untrusted_json import parse_json
from cloister.study.utf8 import has_utf8

_REMEDY = (
    "One JSON object a line with `patient_id` and, where known, issuer, names, birth_date, sex, addresses, phones, "
    "emails, ids, relatives, providers."
)


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_utf_8(text: str) -> str:
    if not has_utf8(text):
        raise PydanticCustomError("utf_8", "is not UTF-8")
    return text


Text = Annotated[str, AfterValidator(_as_utf_8)]
"""What a file of patients can hold: a source may decode to half characters, or escape them."""


def _as_record_number(text: str) -> str:
    if not is_record_number(text):
        raise PydanticCustomError("record_number", "holds no letter or digit")
    return text


_TITLE = re.compile(
    r"(?:(?:dr|prof|mr|mrs|ms|miss|herr|frau|sr|sra|srta|don|doña|mme|mlle|med)\b\.?,?\s*|(?:m|d|dña)\.\s*)+",
    re.IGNORECASE,
)
# From the first of several blanks only: from each of them, the search would take the square of their number.
_DEGREE = re.compile(r"(?:,\s*|(?<!\s)\s+)(?:MD|M\.D\.|DO|PhD|Ph\.D\.|RN|NP|PA-C|DDS|FACS|MBBS)(?=\W*$|\s*,)")
_WORD = re.compile(r"\S+")
_PARTICLE = re.compile(
    "van|von|der|den|de|del|della|di|da|do|dos|das|du|la|le|el|al|bin|ibn|abu|ter|ten|zu|zum", re.IGNORECASE
)


def _as_name(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = _DEGREE.sub("", _TITLE.sub("", value.strip(), count=1) if _TITLE.match(value.strip()) else value.strip())
    if "^" in text:  # DICOM's PN: family, given, middle, prefix, suffix
        family, given, middle, *_ = *text.split("^"), "", ""
        return {"given": f"{given} {middle}".strip(), "family": family.strip()}
    family, comma, given = text.partition(",")
    if comma:
        return {"given": given.strip(), "family": family.strip()}
    given, _, family = text.strip().rpartition(" ")
    start = _particles_at(given)
    particles = given[start:].strip()
    return {"given": given[:start].strip(), "family": f"{particles} {family}" if particles else family}


def _particles_at(given: str) -> int:
    """Where the particles begin that a text ends in; its length if it ends in none."""
    start = len(given)
    for word in reversed(list(_WORD.finditer(given))):
        if not _PARTICLE.fullmatch(word[0]):
            break
        start = word.start()
    return start


class PersonName(BaseModel):
    """A person's name. A plain string is read as `Given Family`, `Family, Given` or `Family^Given`.

    Titles and degrees around it are left out; particles (`van der`) belong to the family name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    given: Text = ""
    family: Text = ""

    @property
    def full(self) -> str:
        """Given name and family name, in this order."""
        return f"{self.given} {self.family}".strip()


RecordNumber = Annotated[Text, BeforeValidator(_as_text), AfterValidator(_as_record_number)]
Name = Annotated[PersonName, BeforeValidator(_as_name)]
TextOrNumber = Annotated[Text, BeforeValidator(_as_text)]


class PatientRecord(BaseModel):
    """One line of `patients.jsonl`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    patient_id: RecordNumber
    issuer: Text = ""
    names: tuple[Name, ...] = ()
    birth_date: date | None = None
    sex: Literal["F", "M", "O", "U"] | None = None
    addresses: tuple[Text, ...] = ()
    phones: tuple[TextOrNumber, ...] = ()
    emails: tuple[Text, ...] = ()
    ids: dict[Text, TextOrNumber] = Field(default_factory=dict)
    relatives: tuple[Name, ...] = ()
    providers: tuple[Name, ...] = ()

    @property
    def canonical(self) -> tuple[str, str]:
        """Issuer and normalised record number."""
        return canonical_patient(self.issuer, self.patient_id)


@dataclass(frozen=True)
class AmbiguousPatient:
    """A record number that cannot be told apart: several issuers have given it out, or only one that was not named."""


@dataclass(frozen=True)
class PatientRegister:
    """The records of a site's patients, found by issuer and record number."""

    records: Mapping[tuple[str, str], PatientRecord] = field(default_factory=dict)
    issuers: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def find(self, issuer: str, record_number: str) -> PatientRecord | AmbiguousPatient:
        """The record of a patient; one that holds the record number only, if the site lists none.

        Args:
            issuer: who issued the number; if empty, the only issuer that has given it out.
            record_number: the number, in any spelling, see `is_record_number`.

        Returns:
            The record; AmbiguousPatient where a wrong one could be taken.
        """
        key = canonical_patient(issuer, record_number)
        if key in self.records:
            return self.records[key]
        issuers = self.issuers.get(key[1], ())
        if not issuers:
            return PatientRecord(patient_id=record_number, issuer=issuer)
        # The number is listed, but under another issuer: taken for that patient only if there is no doubt.
        if len(issuers) == 1 and (not key[0] or not issuers[0]):
            return self.records[issuers[0], key[1]]
        return AmbiguousPatient()


def read_patients(path: Path, default_issuer: str = "") -> PatientRegister:
    """Read a `patients.jsonl` file.

    Args:
        path: the file.
        default_issuer: the issuer of record numbers whose line names none.

    Raises:
        MissingFileError: there is no such file.
        DataError: a line is not a patient record, or a patient is listed twice. The message names file, line and
            key, never a value: values here identify people.
    """
    records: dict[tuple[str, str], PatientRecord] = {}
    lines: dict[tuple[str, str], int] = {}
    issuers: dict[str, list[str]] = {}
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if not raw.strip():
                    continue
                record = _read_record(raw, f"{path}, line {number}", default_issuer)
                key = record.canonical
                if key in records:
                    raise DataError(
                        f"{path}, line {number}: the patient of line {lines[key]} again.",
                        "List each patient once, with all names and ids in that one line.",
                    )
                records[key], lines[key] = record, number
                issuers.setdefault(key[1], []).append(key[0])
    except FileNotFoundError:
        raise MissingFileError(path, "patients file") from None
    except IsADirectoryError:
        raise DataError(f"{path}: is a folder, not a patients file.", _REMEDY) from None
    return PatientRegister(records, issuers)


def _read_record(raw: bytes, where: str, default_issuer: str) -> PatientRecord:
    try:
        values = parse_json(raw.decode("utf-8"))
        json.dumps(values, ensure_ascii=False).encode()  # half a character may be escaped
    except UnicodeError:
        raise DataError(f"{where}: not UTF-8.", "Save the file as UTF-8.") from None
    except ValueError:
        raise DataError(f"{where}: not a JSON object.", _REMEDY) from None
    try:
        record = PatientRecord.model_validate(values)
    except ValidationError as problem:
        fault = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        key = ".".join(str(part) for part in fault["loc"]) or "the line"
        raise DataError(f"{where}: {key}: {fault['msg']}.", _REMEDY) from None
    return record if record.issuer or not default_issuer else record.model_copy(update={"issuer": default_issuer})

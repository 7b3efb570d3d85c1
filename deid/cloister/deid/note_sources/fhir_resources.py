"""FHIR resources (R4 and later): DiagnosticReport and DocumentReference give notes, Patient and others who is named.

A file holds one resource or bundle (`.json`), or one resource a line (`.ndjson`, the bulk export's form).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cloister.deid.categories import as_category
from cloister.deid.note_sources.encoded_text import text_of
from cloister.deid.note_sources.item import Item, Reason, Refused, SourceNote, usable_record
from cloister.deid.patient_record import PatientRecord
from cloister.deid.text.unescape import unescape
from cloister.study.population import is_record_number
from cloister.study.untrusted_json import parse_json
from cloister.study.utf8 import has_utf8

_LARGEST_FILE = 1024 * 1024 * 1024
_TEXTS = re.compile(r"text/|application/(?:rtf|x-rtf|xhtml\+xml|xml)|message/rfc822", re.IGNORECASE)
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)
_ON_ANY_SERVER = "*/"
_SEXES = {"female": "F", "male": "M", "other": "O", "unknown": "U"}

Json = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One resource, where it stands, and its address, if it is told."""

    file: Path
    place: int
    resource: Json
    url: str = ""

    @property
    def server(self) -> str:
        """Whose its id is; empty if that is not told."""
        return self.url.rsplit("/", 2)[0] if "://" in self.url else ""

    @property
    def names(self) -> tuple[str, ...]:
        """What others may call it: kind and id, its address, its identifiers; see `_references`."""
        identity, kind = _text(self.resource.get("id")), _text(self.resource.get("resourceType"))
        names = [f"{kind}/{identity}"] if identity else []
        anywhere = [_ON_ANY_SERVER + name for name in names if not self.server]
        return tuple(name for name in (*names, *anywhere, self.url, *_tokens([self.resource])) if name)


@dataclass
class FhirResources:
    """Everything in a set of files: who is named, and then, one after the other, the notes.

    Only what identifies people is kept in memory; notes are read a second time. A name such as `Patient/1` is one
    server's own: it is that of the same file, and of another file only if no two unlike patients bear it.
    """

    files: tuple[Path, ...]
    _people: dict[tuple[Path | None, str], list[PatientRecord]] = field(default_factory=dict)
    """Who bears a name in a file, and in all of them (None); two of them where there are several."""
    _staff: dict[str, dict[str, Json]] = field(default_factory=dict)
    """What those who bear a name are called, by its JSON: every file may tell it again."""
    _told: set[tuple[tuple[str, str], str]] = field(default_factory=set)
    """Which of the staff, by the name that they bear, a patient is known to have met."""

    def items(self) -> Iterator[Item]:
        """Patients first."""
        kin: list[Entry] = []
        for found in self._entries():
            if isinstance(found, Refused):
                yield found
                continue
            kind = _text(found.resource.get("resourceType"))
            if kind in {"Practitioner", "PractitionerRole"}:
                called = {json.dumps(each, sort_keys=True): each for each in _list(found.resource.get("name"))}
                for name in found.names:
                    self._staff.setdefault(name, {}).update(called)
            elif kind == "RelatedPerson":
                kin.append(found)
            elif kind == "Patient":
                record, problem = usable_record(_known(found.resource, found.server))
                if problem is not None:
                    yield Refused(found.file, found.place, problem)
                if record is not None:
                    self._add(found, record)
                    yield record
        for entry in kin:
            patients = self._bearers(entry.file, _references(entry.resource.get("patient")))
            if len(patients) > 1:
                yield Refused(entry.file, entry.place, "bad-patient")
            elif patients:
                yield _more_of(entry, patients[0], _of_kin(entry.resource))
        for found in self._entries():
            if isinstance(found, Entry) and _text(found.resource.get("resourceType")) in _READERS:
                yield from self._notes(found)

    def _add(self, entry: Entry, record: PatientRecord) -> None:
        numbered = bool(entry.server or _numbers(entry.resource))  # if not, an id without a server stands for a number
        for file in (entry.file, None) if numbered else (None,):
            for name in entry.names:
                bearers = self._people.setdefault((file, name), [])
                if len(bearers) > 1:  # nobody's already
                    continue
                if not any(record.canonical == each.canonical and (numbered or record == each) for each in bearers):
                    bearers.append(record)

    def _bearers(self, file: Path, names: list[str]) -> list[PatientRecord]:
        """The patients who bear the first of some names that anybody bears; those of the file, if it has any."""
        return next((found for name in names for each in (file, None) if (found := self._people.get((each, name)))), [])

    def _entries(self) -> Iterator[Entry | Refused]:
        for path in self.files:
            if path.stat().st_size > _LARGEST_FILE:
                yield Refused(path, 0, "too-large")
            elif path.suffix.lower() == ".ndjson":
                with path.open("rb") as file:
                    for number, line in enumerate(file, 1):
                        if line.strip():
                            yield from _read(path, number, line)
            else:
                yield from _read(path, 0, path.read_bytes())

    def _notes(self, entry: Entry) -> Iterator[Item]:
        resource = entry.resource
        values = self._about(resource) | {"id": _text(resource.get("id")) or f"{entry.file.stem}-{entry.place}"}
        contained = {f"#{_text(each.get('id'))}": each for each in _list(resource.get("contained"))}
        patient, problem = self._patient_of(entry, contained)
        if problem is not None:
            yield Refused(entry.file, entry.place, problem)
        if problem == "bad-patient":
            return
        if patient is not None:
            yield patient
            values |= {"patient_id": patient.patient_id, "issuer": patient.issuer}
            for names in self._named(patient, resource, contained):
                yield _more_of(entry, patient, {"providers": _names(names)})
        texts = list(_READERS[_text(resource.get("resourceType"))](resource))
        readable = [text for text in texts if text is not None and text.strip()]
        for number, text in enumerate(readable, 1):
            note = {**values, "text": text, "id": values["id"] if number == 1 else f"{values['id']}-{number}"}
            yield SourceNote({key: value for key, value in note.items() if value})
        if None in texts:
            yield Refused(entry.file, entry.place, "attachment")
        elif not readable:
            yield Refused(entry.file, entry.place, "missing-text")

    def _about(self, resource: Json) -> dict[str, str]:
        stamps = (_text(resource.get(key)) for key in ("date", "effectiveDateTime", "issued"))
        stamp = next((stamp for stamp in stamps if stamp), "")
        kind = resource.get("type") or resource.get("code")
        return {
            "date": stamp[:10] if re.match(r"\d{4}-\d{2}-\d{2}", stamp) else "",
            "type": as_category(_concept(kind)),
            "language": _text(resource.get("language")),
        }

    def _patient_of(self, entry: Entry, contained: dict[str, Json]) -> tuple[PatientRecord | None, Reason | None]:
        """Who the subject is: somebody in the source, in the resource itself, or a record number; or what is wrong."""
        if not entry.resource.get("subject"):
            return None, None
        subject = _list(entry.resource.get("subject"))
        names = _references(subject)
        patients = self._bearers(entry.file, names)
        if patients:
            return (patients[0], None) if len(patients) == 1 else (None, "bad-patient")
        # The id of what is contained is the resource's own: it stands for no record number.
        inner = [_known(contained[name]) for name in names if name in contained and _numbers(contained[name])]
        numbers = [{"patient_id": _text(each.get("value")), "issuer": _issuer(each)} for each in _identifiers(subject)]
        for known in (*inner, *numbers):
            record, problem = usable_record(known)
            if record is not None:
                return record, problem
        return None, "bad-patient"

    def _named(self, patient: PatientRecord, resource: Json, contained: dict[str, Json]) -> Iterator[list[Json]]:
        """The names of those who wrote, signed or performed, as far as they were not told of this patient already."""
        for key in ("author", "authenticator", "performer", "resultsInterpreter"):
            for each in _list(resource.get(key)):
                display = _text(each.get("display"))
                if display:
                    yield [{"text": display}]
                for name in _references(each):
                    if not self._staff.get(name):
                        yield _list(contained.get(name, {}).get("name"))
                    elif (patient.canonical, name) not in self._told:
                        self._told.add((patient.canonical, name))
                        yield [*self._staff[name].values()]


def _more_of(entry: Entry, patient: PatientRecord, known: Json) -> PatientRecord | Refused:
    """What others say of a patient, if it can be used."""
    record, _ = usable_record({"patient_id": patient.patient_id, "issuer": patient.issuer, **known})
    return Refused(entry.file, entry.place, "bad-patient") if record is None else record


def _of_kin(resource: Json) -> Json:
    return {
        "relatives": _names(_list(resource.get("name"))),
        "addresses": _addresses(resource),
        "phones": _contacts(resource, "phone"),
        "emails": _contacts(resource, "email"),
    }


def _read(path: Path, place: int, raw: bytes) -> Iterator[Entry | Refused]:
    text = text_of(raw)
    if text is None:
        yield Refused(path, place, "not-utf-8")
        return
    try:
        document = parse_json(text)
    except ValueError:
        yield Refused(path, place, "not-json")
        return
    if not isinstance(document, dict):
        yield Refused(path, place, "not-json")
        return
    if document.get("resourceType") != "Bundle":
        yield _entry(path, place, document, "")
        return
    for number, entry in enumerate(_list(document.get("entry")), 1):
        resource = entry.get("resource")
        if isinstance(resource, dict):
            yield _entry(path, place or number, resource, _text(entry.get("fullUrl")))


def _entry(path: Path, place: int, resource: Json, url: str) -> Entry | Refused:
    # JSON can escape half a character, which no file that is written can hold.
    usable = has_utf8(json.dumps([resource, url], ensure_ascii=False))
    return Entry(path, place, resource, url) if usable else Refused(path, place, "not-utf-8")


def _references(value: object) -> list[str]:
    """What a reference may mean: what is written; where that is an address, also what has none; what it identifies."""
    written = [name for each in _list(value) if (name := _text(each.get("reference")).split("/_history/")[0])]
    short = ["/".join(name.split("/")[-2:]) for name in written]
    others = [_ON_ANY_SERVER + last if "://" in name else last for name, last in zip(written, short, strict=True)]
    return list(dict.fromkeys((*written, *others, *_tokens(value))))


def _tokens(value: object) -> list[str]:
    """The identifiers of resources or references, as FHIR's searches write them: `system|value`."""
    pairs = ((_text(each.get("system")), _text(each.get("value"))) for each in _identifiers(value))
    return [f"{system}|{number}" for system, number in pairs if system and number]


def _identifiers(value: object) -> list[Json]:
    return [each for owner in _list(value) for each in _list(owner.get("identifier"))]


def _of_report(resource: Json) -> Iterator[str | None]:
    """DiagnosticReport: its forms; without a readable one, narrative and conclusion."""
    forms = [_attachment(each) for each in _list(resource.get("presentedForm"))]
    yield from forms
    conclusion = _text(resource.get("conclusion"))
    if not any(forms):
        yield "\n".join(part for part in (_narrative(resource), conclusion) if part)
    elif conclusion and not any(conclusion in (form or "") for form in forms):
        yield conclusion


def _of_document(resource: Json) -> Iterator[str | None]:
    """DocumentReference: its contents; the description, where there is one, is a text of its own."""
    for content in _list(resource.get("content")):
        for attachment in _list(content.get("attachment")):
            yield _attachment(attachment)
    description = _text(resource.get("description"))
    if description:
        yield description


_READERS = {"DiagnosticReport": _of_report, "DocumentReference": _of_document}


def _attachment(attachment: Json) -> str | None:
    """Its text; None where it is no text, or elsewhere."""
    kind, data = _text(attachment.get("contentType")), attachment.get("data")
    if not isinstance(data, str) or not _TEXTS.match(kind or "text/plain"):
        return None
    charset = _CHARSET.search(kind)
    try:
        return text_of(base64.b64decode(re.sub(r"\s", "", data), validate=True), charset[1] if charset else None)
    except (binascii.Error, ValueError):
        return None


def _narrative(resource: Json) -> str:
    text = resource.get("text")
    division = _text(text.get("div")) if isinstance(text, dict) else ""
    # Only where a tag ends can one begin: else every beginning would be followed to the end of the text.
    tagged, end, rest = division.rpartition(">")
    text = unescape(re.sub(r"<[^>]*>", "\n", tagged + end) + rest)
    return re.sub(r"\s+", lambda blanks: "\n" if "\n" in blanks[0] else blanks[0], text).strip()


def _known(resource: Json, server: str = "") -> Json:
    """A Patient, as what a site's record knows; without a number, the id that the server gave stands for one."""
    numbers = _numbers(resource)
    own = next((each for each in numbers if "MR" in _codes(each.get("type"))), numbers[0] if numbers else None)
    contacts = _list(resource.get("contact"))
    return {
        "patient_id": _text(own.get("value")) if own else _text(resource.get("id")),
        "issuer": _issuer(own) if own else server,
        "names": _names(_list(resource.get("name"))),
        "birth_date": birth if len(birth := _text(resource.get("birthDate"))) == 10 else None,
        "sex": _SEXES.get(_text(resource.get("gender"))),
        "addresses": [*_addresses(resource), *(text for each in contacts for text in _addresses(each))],
        "phones": [*_contacts(resource, "phone"), *(text for each in contacts for text in _contacts(each, "phone"))],
        "emails": [*_contacts(resource, "email"), *(text for each in contacts for text in _contacts(each, "email"))],
        "ids": {f"id {place}": _text(each.get("value")) for place, each in enumerate(numbers, 1) if each is not own},
        "relatives": [name for each in contacts for name in _names(_list(each.get("name")))],
    }


def _numbers(resource: Json) -> list[Json]:
    return [each for each in _identifiers(resource) if is_record_number(_text(each.get("value")))]


def _issuer(identifier: Json) -> str:
    assigner = identifier.get("assigner")
    display = _text(assigner.get("display")) if isinstance(assigner, dict) else ""
    return display or _text(identifier.get("system"))


def _names(names: list[Json]) -> list[dict[str, str] | str]:
    found: list[dict[str, str] | str] = []
    for name in names:
        given = " ".join(each for each in _strings(name.get("given")))
        family, text = _text(name.get("family")), _text(name.get("text"))
        if family or given:
            found.append({"family": family, "given": given})
        elif re.search(r"[^\W\d_]", text):
            found.append(text)
    return found


def _addresses(resource: Json) -> list[str]:
    found = []
    for address in _list(resource.get("address")):
        parts = [*_strings(address.get("line")), *(_text(address.get(key)) for key in ("city", "state", "postalCode"))]
        text = ", ".join(part for part in parts if part) or _text(address.get("text"))
        if text:
            found.append(text)
    return found


def _contacts(resource: Json, system: str) -> list[str]:
    """Phone and fax numbers, or addresses of mail."""
    wanted = {"phone", "fax", "sms", "pager"} if system == "phone" else {system}
    return [
        value
        for each in _list(resource.get("telecom"))
        if _text(each.get("system")) in wanted and (value := _text(each.get("value")))
    ]


def _concept(value: object) -> str:
    """What the first code of a concept that says it in words says; its free text could hold anything."""
    shown = [_text(coding.get("display")) for concept in _list(value) for coding in _list(concept.get("coding"))]
    return next((word for word in shown if word), "")


def _codes(value: object) -> set[str]:
    return {_text(coding.get("code")) for concept in _list(value) for coding in _list(concept.get("coding"))}


def _list(value: object) -> list[Json]:
    """The objects of a list, or the one object that stands in place of one."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]


def _strings(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

"""Everything that the pipeline needs to know of one patient in one collection, made from record and site key."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta

from cloister.deid.date_shift import date_shift
from cloister.deid.patient_record import PatientRecord
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.surrogates import Surrogates
from cloister.study.keys import SiteKey, keyed_hash
from cloister.study.population import ledger_id, patient_key

_KEPT_PATIENTS = 512


@dataclass(frozen=True)
class Patient:
    """A patient in one collection: pseudonym, ledger id, date shift, identifiers to look for, surrogates."""

    key: str
    ledger_id: str
    shift: timedelta
    record: PatientRecord
    known: KnownIdentifiers
    surrogates: Surrogates


class Patients:
    """Makes patients and keeps the latest ones, for notes come grouped by patient."""

    def __init__(self, site_key: SiteKey, collection: str) -> None:
        self._site_key = site_key
        self._collection = collection
        self._surrogate_key = site_key.subkey("surrogate", collection)
        self._made: OrderedDict[tuple[str, str], Patient] = OrderedDict()

    def of(self, record: PatientRecord) -> Patient:
        """The patient of a record."""
        patient = self._made.get(record.canonical)
        if patient is None:
            patient = self._made[record.canonical] = self._make(record)
            if len(self._made) > _KEPT_PATIENTS:
                self._made.popitem(last=False)
        else:
            self._made.move_to_end(record.canonical)
        return patient

    def _make(self, record: PatientRecord) -> Patient:
        key, collection = self._site_key, self._collection
        shift = date_shift(key, collection, record.issuer, record.patient_id)
        known = KnownIdentifiers(record)
        pseudonym = patient_key(key, collection, record.issuer, record.patient_id)
        return Patient(
            key=pseudonym,
            ledger_id=ledger_id(key, record.issuer, record.patient_id),
            shift=shift,
            record=record,
            known=known,
            surrogates=Surrogates(self._surrogate_key, pseudonym, known, shift),
        )


def reference(key: bytes, kind: str, name: str) -> str:
    """The keyed id of a note or file, for example ids and for the quarantine: 32 hexadecimal digits.

    Args:
        key: the collection's `reference` sub-key.
        kind: `note` or `image`.
        name: the note's id or the file's name.
    """
    return keyed_hash(key, kind, name).hex()[:32]

"""Surrogates: consistent for one patient, unlinkable between patients and keys, never an identifier of the patient."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.patient_record import PatientRecord
from cloister.deid.patients import Patients
from cloister.deid.text.finding import Label
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.surrogate_names import FAMILY_NAMES, GIVEN_NAMES
from cloister.deid.text.surrogates import Surrogates
from cloister.study.keys import SiteKey

VALUES: list[tuple[Label, str]] = [
    ("NAME", "Ahmed Al-Sayed"),
    ("PHONE", "(216) 555-0166"),
    ("EMAIL", "a.sayed@example.com"),
    ("ADDRESS", "331 Rue Royale, Dunmere, ME 04469"),
    ("ORGANIZATION", "St. Mary's Hospital"),
    ("MRN", "M-8243444"),
    ("SSN", "123-45-6789"),
    ("ACCOUNT", "V770021477"),
    ("HEALTH_PLAN", "W6399 86457 01"),
    ("URL", "https://portal.example.com/x"),
    ("IP", "10.1.2.3"),
    ("ID", "SN20481123"),
]


def surrogates(record: PatientRecord, key: bytes = b"k" * 32, patient: str = "P") -> Surrogates:
    return Surrogates(key, patient, KnownIdentifiers(record), timedelta(weeks=-10))


@pytest.mark.parametrize(("label", "value"), VALUES)
def test_a_surrogate_depends_on_key_patient_and_value_only(maria: PatientRecord, label: Label, value: str) -> None:
    made = surrogates(maria).replace(label, value, None)
    assert made == surrogates(maria).replace(label, value, None)
    assert made != value
    others = {surrogates(maria, patient=f"P{number}").replace(label, value, None) for number in range(20)} | {
        surrogates(maria, key=bytes([number]) * 32).replace(label, value, None) for number in range(20)
    }
    # By chance, some of 40 draws from 250 values agree with it; ten of them never do.
    assert len(others) > 30


@pytest.mark.parametrize(
    ("label", "value"), [("MRN", "M-8243444"), ("SSN", "123-45-6789"), ("PHONE", "(216) 555-0166")]
)
def test_the_layout_of_numbers_stays(maria: PatientRecord, label: Label, value: str) -> None:
    made = surrogates(maria).replace(label, value, None)
    assert [c if not c.isalnum() else c.isdigit() for c in made] == [
        c if not c.isalnum() else c.isdigit() for c in value
    ]


def test_parts_of_a_name_stay_together(maria: PatientRecord) -> None:
    made = surrogates(maria)
    full = made.replace("NAME", "Maria Kowalski", None)
    given_name, family = full.split()
    assert made.replace("NAME", "KOWALSKI, MARIA", None) == f"{family}, {given_name}".upper()
    assert made.replace("NAME", "kowalsky", None) == family.lower()
    assert made.replace("NAME", "M. Kowalski", None).endswith(family)


@given(st.sampled_from(GIVEN_NAMES), st.sampled_from(FAMILY_NAMES), st.sampled_from(VALUES))
@settings(max_examples=60)
def test_no_surrogate_holds_an_identifier_of_the_patient(given_name: str, family: str, item: tuple[Label, str]) -> None:
    record = PatientRecord.model_validate({"patient_id": "1234567", "names": [f"{given_name} {family}"]})
    known = KnownIdentifiers(record)
    assert not known.names_any(surrogates(record).replace(*item, None))


def test_an_age_over_89_becomes_90_plus_and_an_old_birth_date_is_generalised(maria: PatientRecord) -> None:
    assert surrogates(maria).replace("AGE", "97", None) == "90+"
    assert surrogates(maria).replace("DATE", "03/07/1921", date(2021, 5, 4)) == "[DATE]"


def test_a_month_that_is_somebody_s_name_is_not_written() -> None:
    record = PatientRecord.model_validate({"patient_id": "1234567", "names": ["June Miller"]})
    assert surrogates(record).replace("DATE", "August 24, 2021", date(2021, 9, 1)) == "2021-06-15"


def test_another_process_makes_the_same_surrogates(site_key: SiteKey, maria: PatientRecord) -> None:
    program = (
        "import sys; from cloister.deid.patient_record import PatientRecord; "
        "from cloister.deid.patients import Patients;"
        "from cloister.study.keys import SiteKey;"
        "p = Patients(SiteKey(bytes(range(32))), 'main').of(PatientRecord.model_validate_json(sys.argv[1]));"
        "print(p.key, p.shift.days, p.surrogates.replace('NAME', 'Maria Kowalski', None))"
    )
    output = subprocess.run(
        [sys.executable, "-c", program, maria.model_dump_json()],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7"},
    ).stdout.split(" ", 2)
    here = Patients(site_key, "main").of(maria)
    assert output == [here.key, str(here.shift.days), here.surrogates.replace("NAME", "Maria Kowalski", None) + "\n"]


def test_two_collections_share_no_pseudonym_and_no_surrogate(site_key: SiteKey, maria: PatientRecord) -> None:
    first, second = Patients(site_key, "one").of(maria), Patients(site_key, "two").of(maria)
    assert first.key != second.key
    assert first.surrogates.replace("MRN", "00482913", None) != second.surrogates.replace("MRN", "00482913", None)
    assert first.ledger_id == second.ledger_id

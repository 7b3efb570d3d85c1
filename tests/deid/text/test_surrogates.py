"""Surrogates: consistent for one patient, unlinkable between patients and keys, never an identifier of the patient."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.patient_record import PatientRecord
from cloister.deid.patients import Patients
from cloister.deid.text.finding import LABELS, Label
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.squeezed import squeeze
from cloister.deid.text.surrogates import Surrogates
from cloister.deid.text.surrogates.checksums import is_social_security_number, is_somebodys, luhn
from cloister.deid.text.surrogates.cultures import ROLES, cultures
from cloister.deid.text.surrogates.places import SPARSE_ZIP_AREAS
from cloister.study.keys import SiteKey

VALUES: list[tuple[Label, str]] = [
    ("NAME", "Ahmed Al-Sayed"),
    ("PHONE", "(216) 555-0166"),
    ("FAX", "+49 89 1234567"),
    ("EMAIL", "a.sayed@example.com"),
    ("ADDRESS", "331 Rue Royale, Dunmere, ME 04469"),
    ("ORGANIZATION", "St. Mary's Hospital"),
    ("MRN", "M-8243444"),
    ("SSN", "123-45-6789"),
    ("ACCOUNT", "V770021477"),
    ("HEALTH_PLAN", "W6399 86457 01"),
    ("LICENSE", "AB1234563"),
    ("VEHICLE", "1HGCM82633A004352"),
    ("DEVICE", "SN-20481123"),
    ("URL", "https://portal.example.com/x"),
    ("IP", "10.1.2.3"),
    ("ID", "SN20481123"),
]
GIVEN = cultures()["anglo"].words["given-female"] + cultures()["hispanic"].words["given-male"]
FAMILY = cultures()["anglo"].words["family"] + cultures()["german"].words["family"]
codes = st.from_regex(r"[A-Z0-9][A-Z0-9-]{4,16}[0-9]", fullmatch=True)


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
    # By chance, some of 40 draws from 60 values agree: 28.6 different ones are expected, 16 have a chance below 1e-6.
    assert len(others) > 16


def test_every_label_has_a_surrogate_or_its_tag(maria: PatientRecord) -> None:
    for label in LABELS:
        assert surrogates(maria).replace(label, "Qx-17 zeta", date(2021, 5, 4)) != "Qx-17 zeta"


@pytest.mark.parametrize("value", ["\uff9e", "Ruiz \uff9e", "\uff9e\uff9f"])
def test_a_mark_without_its_letter_has_no_surrogate(maria: PatientRecord, value: str) -> None:
    assert not {"\uff9e", "\uff9f"} & set(surrogates(maria).replace("NAME", value, None))


@pytest.mark.parametrize(
    ("label", "value"), [("MRN", "M-8243444"), ("SSN", "123-45-6789"), ("PHONE", "(216) 555-0166"), ("ID", "٤٥٦-78X")]
)
def test_the_layout_of_numbers_stays(maria: PatientRecord, label: Label, value: str) -> None:
    made = surrogates(maria).replace(label, value, None)
    assert [c if not c.isalnum() else c.isdigit() for c in made] == [
        c if not c.isalnum() else c.isdigit() for c in value
    ]
    assert [c.isascii() for c in made] == [c.isascii() for c in value]


def test_the_spellings_of_a_code_share_their_digits(maria: PatientRecord) -> None:
    made = surrogates(maria)
    digits = re.sub(r"\D", "", made.replace("ID", "77-210-04", None))
    assert made.replace("ID", "7721004", None) == digits
    assert made.replace("ID", "007721004", None) == "00" + digits


@given(codes)
@settings(max_examples=150)
def test_no_code_is_anybody_s(code: str) -> None:
    record = PatientRecord.model_validate({"patient_id": "1234567"})
    for label in ("ID", "LICENSE", "VEHICLE", "ACCOUNT"):
        made = surrogates(record).replace(label, code, None)
        assert made == f"[{label}]" or (squeeze(made) != squeeze(code) and not is_somebodys(made))


@given(st.from_regex(r"\d{3}-\d{2}-\d{4}", fullmatch=True))
def test_no_social_security_number_is_one(value: str) -> None:
    made = surrogates(PatientRecord.model_validate({"patient_id": "1234567"})).replace("SSN", value, None)
    assert not is_social_security_number(re.sub(r"\D", "", made))


@pytest.mark.parametrize(
    "code",
    [
        "4111 1111 1111 1111", "1234567893", "AB1234563", "1HGCM82633A004352", "943 476 5919", "12345678Z", "X1234567L",
        "255081416802538", "111222333", "86095742719", "DE89 3704 0044 0532 0130 00",
    ],
)  # fmt: skip
def test_published_examples_of_numbers_are_recognised(code: str) -> None:
    """Card, NPI, DEA, VIN, NHS, DNI, NIE, NIR, BSN, German tax id, IBAN: examples of the bodies that define them."""
    assert is_somebodys(code)
    assert luhn("79927398713")


def test_parts_of_a_name_stay_together(maria: PatientRecord) -> None:
    made = surrogates(maria)
    full = made.replace("NAME", "Maria Kowalski", None)
    given_name, family = full.split()
    assert made.replace("NAME", "KOWALSKI, MARIA", None) == f"{family}, {given_name}".upper()
    assert made.replace("NAME", "kowalsky", None) == family.lower()
    assert made.replace("NAME", "M. Kowalski", None) == f"{given_name[0]}. {family}"
    assert made.replace("NAME", "Dr. Maria Kowalski, MD", None) == f"Dr. {given_name} {family}, MD"
    assert made.replace("EMAIL", "maria.kowalski@gmail.com", None).split("@")[0].split(".")[0].isascii()


def test_nickname_and_apostrophe_stay_one_person() -> None:
    record = PatientRecord.model_validate({"patient_id": "1234567", "names": ["William O'Brien"], "sex": "M"})
    made = surrogates(record)
    family = made.replace("NAME", "O'Brien", None)
    assert made.replace("NAME", "OBRIEN", None) == family.upper()
    assert made.replace("NAME", "Mr. Brien", None) == f"Mr. {family}"
    assert made.replace("NAME", "Bill", None) != made.replace("NAME", "O'Brien", None)
    assert made.replace("NAME", "Bill O’Brien", None).split()[1] == family


def test_people_of_one_patient_stay_different_people() -> None:
    """Two listed names of one culture and role never share a surrogate, unless an identifier had to be avoided."""
    names = [{"given": given_name, "family": "Smith"} for given_name in cultures()["anglo"].words["given-male"][:12]]
    record = PatientRecord.model_validate({"patient_id": "1234567", "relatives": names})
    made = [surrogates(record, patient=f"P{n}") for n in range(30)]
    pairs = [
        (patient.replace("NAME", names[0]["given"], None), patient.replace("NAME", names[1]["given"], None))
        for patient in made
    ]
    assert sum(first == second for first, second in pairs) <= 3


@pytest.mark.parametrize(
    ("name", "sex", "culture"),
    [("Hannelore Müller", "F", "german"), ("Javier Rodríguez", "M", "hispanic"), ("Emily Wilson", "F", "anglo")],
)
def test_gender_and_culture_stay(name: str, sex: str, culture: str) -> None:
    record = PatientRecord.model_validate({"patient_id": "1234567", "names": [name], "sex": sex})
    words = cultures()[culture].words
    for number in range(10):
        given_name, family = surrogates(record, patient=str(number)).replace("NAME", name, None).split()
        assert given_name in words["given-female" if sex == "F" else "given-male"]
        assert family in words["family"]


def test_every_culture_offers_enough_names() -> None:
    for culture in cultures().values():
        assert all(len(culture.words[role]) >= 25 for role in ROLES)


@given(st.sampled_from(GIVEN), st.sampled_from(FAMILY), st.sampled_from(VALUES))
@settings(max_examples=60)
def test_no_surrogate_holds_an_identifier_of_the_patient(given_name: str, family: str, item: tuple[Label, str]) -> None:
    record = PatientRecord.model_validate({"patient_id": "1234567", "names": [f"{given_name} {family}"]})
    known = KnownIdentifiers(record)
    assert not known.names_any(surrogates(record).replace(*item, None))


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        ("Bahnhofstraße 12, 80331 München", "en", r"\w+straße \d\d, \d{5} [A-ZÄÖÜ]\w+"),
        ("Calle Mayor 3, 28040 Madrid", "en", r"Calle \w+ \d, \d{5} \w+"),
        ("12 rue Victor Hugo, 75011 Paris", "fr", r"\d\d rue \w+, \d{5} \w+"),
        ("14 Willow Street, Ashford, OH 44012", "en", r"\d\d \w+ Street, \w+, OH 44000"),
        ("Cheyenne, WY 82190-1234", "en", r"\w+, WY 00000-0000"),
        ("44012", "en", r"44000"),
    ],
)
def test_an_address_stays_one_of_its_country(value: str, language: str, expected: str) -> None:
    made = surrogates(PatientRecord.model_validate({"patient_id": "1234567"})).replace("ADDRESS", value, None, language)
    assert re.fullmatch(expected, made), made


def test_sparse_zip_areas_are_those_of_the_rule() -> None:
    """The seventeen of the guidance (census of 2000) are all among them."""
    of_2000 = "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893".split()  # noqa: SIM905
    assert set(of_2000) <= SPARSE_ZIP_AREAS


@pytest.mark.parametrize(
    ("value", "language", "reserved"),
    [
        ("(216) 334-5566", "en", r"\([2-9]\d\d\) 555-01\d\d"),
        ("334-5566", "en", r"555-01\d\d"),
        ("020 7123 4567", "en", r"016 3296 0\d{3}"),
        ("07911 123456", "en", r"07700 900\d{3}"),
        ("+44 7911 123456", "de", r"\+44 7700 900\d{3}"),
        ("01 42 34 56 78", "fr", r"01 99 00 \d\d \d\d"),
        ("+33 6 12 34 56 78", "en", r"\+33 6 39 98 \d\d \d\d"),
        ("0761 / 270-34010", "de", r"0302 / 312-5\d{4}"),
        ("089 1234567", "de", r"030 23125\d\d"),
        ("0171 2345678", "de", r"0171 39200\d\d"),
        ("+49 (0)30 1234567", "en", r"\+49 \(0\)30 23125\d\d"),
        ("+353 87 123 4567", "en", r"\+353 20 91\d \d{4}"),
        ("+61 412 345 678", "en", r"\+61 255 50\d \d{3}"),
    ],
)  # fmt: skip
def test_a_telephone_number_is_one_that_its_country_set_aside_for_fiction(
    maria: PatientRecord, value: str, language: str, reserved: str
) -> None:
    assert re.fullmatch(reserved, surrogates(maria).replace("PHONE", value, None, language))


def test_a_dutch_number_does_not_move_into_a_french_range(maria: PatientRecord) -> None:
    made = [surrogates(maria, patient=f"P{i}").replace("PHONE", "06 12345678", None, "nl") for i in range(40)]
    assert not all(number.startswith("06 3998") for number in made)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("97", "90+"), ("90", "90+"), ("93yo", "90+yo"), ("101-year-old", "90+-year-old"), ("ninety-two", "90+"),
        ("noventa y tres", "90+"), ("zweiundneunzig", "90+"), ("47", "45-49"), ("3 months", "[AGE]"),
    ],
)  # fmt: skip
def test_ages_become_90_plus_or_a_range(maria: PatientRecord, value: str, expected: str) -> None:
    assert surrogates(maria).replace("AGE", value, None) == expected


@pytest.mark.parametrize(
    "value",
    [
        "03/07/1921", "March 1921", "03/1921", "1921", "march 7, 1921 10:15", "3/7/'21 10:15",
        "3/1/1921 to 3/5/1941", "19210307", "1921-03-07T10:15:00", "Christmas 1921", "1898",
    ],
)  # fmt: skip
def test_no_part_of_a_date_tells_an_age_over_89(maria: PatientRecord, value: str) -> None:
    """45 CFR 164.514(b)(2)(i)(C): all elements of dates, including year, indicative of such age."""
    assert surrogates(maria).replace("DATE", value, date(2011, 5, 4)) == "[DATE]"
    if "'" not in value:
        assert surrogates(maria).replace("DATE", value, None) == "[DATE]"


def test_the_limit_moves_with_the_note_or_with_the_calendar(maria: PatientRecord) -> None:
    made = surrogates(maria)
    assert made.replace("DATE", "March 1930", date(2020, 1, 1)) == "[DATE]"
    assert made.replace("DATE", "March 1930", date(2019, 12, 31)) != "[DATE]"
    this_year = datetime.now(UTC).year
    assert made.replace("DATE", f"March {this_year - 90}", None) == "[DATE]"
    assert made.replace("DATE", f"March {this_year - 89}", None) != "[DATE]"


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


def test_two_keys_agree_no_more_often_than_chance(site_key: SiteKey) -> None:
    """A million possible values: of 300 pairs, even one that agrees has a chance of 3e-4; two, of 5e-8."""
    record = PatientRecord.model_validate({"patient_id": "1234567"})
    other = SiteKey(b"\x07" * 32)
    first, second = (Patients(key, "main").of(record).surrogates for key in (site_key, other))
    values = [f"{number:06d}" for number in range(100_000, 100_300)]
    assert sum(first.replace("ID", v, None) == second.replace("ID", v, None) for v in values) < 2


def test_two_collections_share_no_pseudonym_and_no_surrogate(site_key: SiteKey, maria: PatientRecord) -> None:
    first, second = Patients(site_key, "one").of(maria), Patients(site_key, "two").of(maria)
    assert first.key != second.key
    assert first.surrogates.replace("MRN", "00482913", None) != second.surrogates.replace("MRN", "00482913", None)
    assert first.ledger_id == second.ledger_id


def test_initials_become_the_initials_of_the_surrogate(maria: PatientRecord) -> None:
    made = surrogates(maria)
    first, second, _ = made.replace("NAME", "Maria Elena Kowalski", None).split()
    assert made.replace("NAME", "KOWALSKI, MARIA E.", None).split()[1:] == [first.upper(), f"{second[0]}."]

"""The patients file: read strictly, for an identifier under a wrong key is one that nobody searches for."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cloister.deid.patient_record import AmbiguousPatient, PatientRecord, PersonName, read_patients
from cloister.study.errors import DataError, MissingFileError


def test_names_are_read_from_strings_in_both_orders() -> None:
    record = PatientRecord.model_validate({"patient_id": 7, "names": ["Kowalski, Maria Elena", "Maria Elena Kowalski"]})
    assert record.names == (PersonName(given="Maria Elena", family="Kowalski"),) * 2
    assert record.patient_id == "7"


_OLD_DEGREE = re.compile(r"(?:,\s*|\s+)(?:MD|M\.D\.|DO|PhD|Ph\.D\.|RN|NP|PA-C|DDS|FACS|MBBS)(?=\W*$|\s*,)")
_OLD_PARTICLE = re.compile(
    r"(?:\s|^)((?:(?:van|von|der|den|de|del|della|di|da|do|dos|das|du|la|le|el|al|bin|ibn|abu|ter|ten|zu|zum)(?:\s+|$))+)$",
    re.IGNORECASE,
)


def read_at_leisure(value: str) -> tuple[str, str]:
    """Given and family name, by expressions that say it in one and take the square of the blanks and particles."""
    text = _OLD_DEGREE.sub("", value.strip())
    family, comma, given = text.partition(",")
    if comma:
        return given.strip(), family.strip()
    given, _, family = text.strip().rpartition(" ")
    particle = _OLD_PARTICLE.search(given)
    if particle is not None:
        given, family = given[: particle.start()], f"{particle[1].strip()} {family}"
    return given.strip(), family


@given(
    st.lists(
        st.sampled_from(
            ["Jo", "Berg", "van", "DER", "de", "la", "el", "MD", "PhD", "RN", ",", " ", "  ", "\t", "\n", "."]
        )
    ).map("".join)
)
def test_degrees_are_left_out_and_particles_belong_to_the_family(value: str) -> None:
    (name,) = PatientRecord.model_validate({"patient_id": "7", "names": [value]}).names
    assert (name.given, name.family) == read_at_leisure(value)


@pytest.mark.parametrize("between", [" ", "van ", "\tvan"])
def test_a_long_name_is_read_in_no_time(between: str) -> None:
    """Many minutes, where the time grew with the square of the length."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(20)
    try:
        PatientRecord.model_validate({"patient_id": "7", "names": [f"Jo {between * 200_000}x Berg"]})
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    "values",
    [
        {"names": ["Jo \ud800"]}, {"relatives": [{"given": "\udfff"}]}, {"issuer": "\ud800"}, {"emails": ["\ud800"]},
        {"phones": ["\ud800"]}, {"ids": {"a": "\ud800"}}, {"ids": {"\ud800": "a"}}, {"addresses": ["\ud800"]},
        {"patient_id": "7\ud800"},
    ],
)  # fmt: skip
def test_half_a_character_is_in_no_record(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="is not UTF-8"):
        PatientRecord.model_validate({"patient_id": "7", **values})


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"patient_id": "1", "phone": ["555"]}, "phone"),
        ({"names": ["A B"]}, "patient_id"),
        ({"patient_id": "--"}, "patient_id: holds no letter or digit"),
        ({"patient_id": "½"}, "patient_id: holds no letter or digit"),
        ({"patient_id": "1", "birth_date": "1951-13-40"}, "birth_date"),
        ([1, 2], "the line"),
        (b"{not json", "not a JSON object"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"patient_id": "7", "names": ["Jo \\ud800"]}', "not UTF-8"),
        (b"[" * 100_000, "not a JSON object"),
    ],
)
def test_a_wrong_line_is_named_without_showing_its_values(
    write_lines: Callable[..., Path], line: object, told: str
) -> None:
    path = write_lines("patients.jsonl", {"patient_id": "8812345"}, line)
    with pytest.raises(DataError) as caught:
        read_patients(path)
    assert f"{path}, line 2" in str(caught.value)
    assert told in str(caught.value)
    assert "1951" not in str(caught.value)


def test_a_patient_listed_twice_is_refused_in_any_spelling(write_lines: Callable[..., Path]) -> None:
    path = write_lines("patients.jsonl", {"patient_id": "0012-34"}, {"patient_id": "1234"})
    with pytest.raises(DataError, match="line 2: the patient of line 1 again"):
        read_patients(path)


def test_a_missing_file_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        read_patients(tmp_path / "none.jsonl")


def test_a_record_number_is_taken_for_a_patient_only_without_doubt(write_lines: Callable[..., Path]) -> None:
    path = write_lines(
        "patients.jsonl",
        {"patient_id": "1", "issuer": "north"},
        {"patient_id": "1", "issuer": "south"},
        {"patient_id": "2", "issuer": "north"},
        {"patient_id": "3"},
    )
    register = read_patients(path)
    assert isinstance(register.find("", "1"), AmbiguousPatient)
    assert isinstance(register.find("west", "2"), AmbiguousPatient)
    for issuer, number, expected in [
        ("South", "01", "south"),
        ("", "2", "north"),
        ("west", "3", ""),
        ("west", "9", "west"),
    ]:
        found = register.find(issuer, number)
        assert isinstance(found, PatientRecord)
        assert found.issuer == expected

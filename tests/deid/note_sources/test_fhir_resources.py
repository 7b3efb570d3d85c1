"""Whose a FHIR resource is: told for certain, or the resource is refused; never nobody, nor somebody else."""

import json
from typing import Any

import pytest
from tests.deid.note_sources.conftest import Import

Json = dict[str, Any]


def patient(number: str, name: str, **more: Any) -> Json:
    return {
        "resourceType": "Patient", "id": "1", "name": [{"family": name, "given": ["A"]}],
        "identifier": [{"system": "urn:st-mary", "value": number}], **more,
    }  # fmt: skip


def report(text: str, subject: Json | None = None, **more: Any) -> Json:
    written = {} if subject is None else {"subject": subject}
    return {"resourceType": "DiagnosticReport", "id": text, "conclusion": text, **written, **more}


def lines(*resources: Json) -> str:
    return "\n".join(map(json.dumps, resources))


def bundle(*resources: Json, server: str = "") -> str:
    entries: list[Json] = [
        {"resource": each} | ({"fullUrl": f"{server}/{each['resourceType']}/{each['id']}"} if server else {})
        for each in resources
    ]
    return json.dumps({"resourceType": "Bundle", "entry": entries})


PATIENT_7 = {"reference": "Patient/7"}


@pytest.mark.parametrize(
    "subject",
    [
        PATIENT_7,
        {"reference": "https://fhir.example.org/Patient/7/_history/2"},
        {"reference": "#p"},
        {"reference": "urn:uuid:7"},
        {"display": "Anna Arendt"},
    ],
)
def test_a_report_whose_patient_is_not_in_the_source_is_refused(subject: Json, imported: Import) -> None:
    found = imported({"DiagnosticReport.ndjson": lines(report("Of Anna.", subject), report("Of nobody."))})
    assert [note["text"] for note in found.notes] == ["Of nobody."]
    assert found.refused == [("DiagnosticReport.ndjson", 1, "bad-patient")]
    assert found.summary.without_patient == 1


def test_a_patient_named_by_record_number_alone_is_the_one_who_has_it(imported: Import) -> None:
    listed = {"identifier": {"system": "urn:insurer", "value": "N-1"}}
    unlisted = {"identifier": {"system": "urn:st-mary", "value": "222"}}
    anna = patient("111", "Arendt")
    anna["identifier"] += [{"system": "urn:insurer", "value": "N-1"}]
    found = imported({"x.ndjson": lines(report("Of Anna.", listed), report("Of Bernd.", unlisted), anna)})
    assert [(note["patient_id"], note["issuer"], note["text"]) for note in found.notes] == [
        ("111", "urn:st-mary", "Of Anna."), ("222", "urn:st-mary", "Of Bernd."),
    ]  # fmt: skip
    assert found.refused == []


def test_a_patient_within_the_report_is_known_with_all_that_it_says(imported: Import) -> None:
    found = imported({"x.json": json.dumps(report("Of Anna.", {"reference": "#p"}, contained=[
        patient("111", "Arendt", id="p")
    ]))})  # fmt: skip
    assert [note["patient_id"] for note in found.notes] == ["111"]
    assert found.patients["111"].names[0].family == "Arendt"


def test_a_date_of_birth_that_is_no_date_costs_nothing_else_of_the_record(imported: Import) -> None:
    anna = patient("111", "Arendt", birthDate="1951-03-00")
    found = imported({"x.ndjson": lines(anna, report("Of Anna.", {"reference": "Patient/1"}))})
    assert [note["patient_id"] for note in found.notes] == ["111"]
    assert (found.patients["111"].names[0].family, found.patients["111"].birth_date) == ("Arendt", None)
    assert found.refused == [("x.ndjson", 1, "bad-birth-date")]


def test_a_patient_who_cannot_be_used_takes_the_notes_along(imported: Import) -> None:
    anna = {"resourceType": "Patient", "id": "-", "name": [{"family": "Arendt"}]}
    found = imported({"x.ndjson": lines(anna, report("Of Anna.", {"reference": "Patient/-"}))})
    assert found.notes == []
    assert found.refused == [("x.ndjson", 1, "bad-patient"), ("x.ndjson", 2, "bad-patient")]

"""Whose a FHIR resource is: told for certain, or the resource is refused; never nobody, nor somebody else."""

import json
import time
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


SUBJECT = {"reference": "Patient/1"}


def test_the_same_name_in_two_files_is_the_patient_of_each_file(imported: Import) -> None:
    files = {
        "a.json": bundle(patient("111", "Arendt"), report("Of Anna.", SUBJECT)),
        "b.json": bundle(
            patient("222", "Brecht"),
            report("Of Bernd.", SUBJECT),
            {"resourceType": "RelatedPerson", "patient": SUBJECT, "name": [{"family": "Weigel"}]},
        ),
    }
    found = imported(files)
    assert [(note["patient_id"], note["text"]) for note in found.notes] == [("111", "Of Anna."), ("222", "Of Bernd.")]
    assert [[each.family for each in found.patients[number].relatives] for number in ("111", "222")] == [[], ["Weigel"]]
    assert found.refused == []


def test_a_name_that_two_unlike_patients_bear_is_nobodys(imported: Import) -> None:
    files = {
        "a.ndjson": lines(patient("111", "Arendt"), patient("222", "Brecht"), report("Of whom?", SUBJECT)),
        "b.ndjson": lines(report("Of which file's?", SUBJECT)),
        "c.ndjson": lines({"resourceType": "RelatedPerson", "patient": SUBJECT, "name": [{"family": "Weigel"}]}),
    }
    found = imported(files)
    assert found.notes == []
    assert set(found.refused) == {(name, place, "bad-patient") for name, place in (
        ("a.ndjson", 3), ("b.ndjson", 1), ("c.ndjson", 1)
    )}  # fmt: skip
    assert not any(record.relatives for record in found.patients.values())


def test_the_same_patient_in_two_files_is_one(imported: Import) -> None:
    files = {
        "a.ndjson": lines(patient("111", "Arendt")),
        "b.ndjson": lines(patient("111", "Blücher")),
        "c.ndjson": lines(report("Of Anna.", SUBJECT)),
    }
    found = imported(files)
    assert [note["patient_id"] for note in found.notes] == ["111"]
    assert [name.family for name in found.patients["111"].names] == ["Arendt", "Blücher"]


def test_another_servers_patient_is_another(imported: Import) -> None:
    of_b = {"reference": "https://b.example.org/Patient/1"}
    files = {
        "a.json": bundle(patient("111", "Arendt"), server="https://a.example.org"),
        "b.json": bundle(report("Of Bernd.", of_b)),
    }
    found = imported(files)
    assert found.notes == []
    assert found.refused == [("b.json", 1, "bad-patient")]


def test_a_patient_exported_without_the_servers_address_is_found_by_one_with_it(imported: Import) -> None:
    files = {
        "Patient.ndjson": lines(patient("111", "Arendt")),
        "Report.ndjson": lines(report("Of Anna.", {"reference": "https://a.example.org/Patient/1/_history/2"})),
    }
    assert [note["patient_id"] for note in imported(files).notes] == ["111"]


def test_who_wrote_is_searched_for_whichever_file_names_them(imported: Import) -> None:
    def practitioner(name: str) -> Json:
        return {"resourceType": "Practitioner", "id": "9", "name": [{"family": name}]}

    written = report("Of Anna.", SUBJECT, performer=[{"reference": "Practitioner/9"}])
    files = {
        "a.ndjson": lines(patient("111", "Arendt"), practitioner("Adeyemi"), written),
        "b.ndjson": lines(practitioner("Brandt")),
    }
    assert {name.family for name in imported(files).patients["111"].providers} == {"Adeyemi", "Brandt"}


def test_who_wrote_about_two_patients_is_searched_for_in_the_notes_of_both(imported: Import) -> None:
    staff = {"resourceType": "Practitioner", "id": "9", "name": [{"family": "Adeyemi"}]}
    both = {"1": patient("111", "Arendt"), "2": patient("222", "Brecht", id="2")}
    written = [
        report(f"Of {each}.", {"reference": f"Patient/{each}"}, performer=[{"reference": "Practitioner/9"}])
        for each in both
    ]
    found = imported({"x.json": bundle(staff, *both.values(), *written)})
    assert [note["patient_id"] for note in found.notes] == ["111", "222"]
    for known in found.patients.values():
        assert [name.family for name in known.providers] == ["Adeyemi"]


def test_a_resources_id_is_no_record_number_that_two_servers_share(imported: Import) -> None:
    files = {
        f"{name}.json": bundle(patient("", name, identifier=[]), report(f"Of {name}.", SUBJECT))
        for name in ("Arendt", "Brecht")
    }
    found = imported(files)
    assert found.notes == []
    assert set(found.refused) == {("Arendt.json", 2, "bad-patient"), ("Brecht.json", 2, "bad-patient")}


def test_a_resources_id_is_its_servers(imported: Import) -> None:
    files = {}
    for name in ("a", "b"):
        server = f"https://{name}.example.org/fhir"
        told = report(f"Of {name}.", {"reference": f"{server}/Patient/1"})
        files[f"{name}.json"] = bundle(patient("", name, identifier=[]), told, server=server)
    found = imported(files)
    assert [(note["patient_id"], note["issuer"]) for note in found.notes] == [
        ("1", "https://a.example.org/fhir"), ("1", "https://b.example.org/fhir"),
    ]  # fmt: skip
    assert found.refused == []


def test_a_patient_within_a_report_who_has_no_number_is_nobodys_namesake(imported: Import) -> None:
    inner = [patient("", name, id="p", identifier=[]) for name in ("Arendt", "Brecht")]
    found = imported(
        {"x.ndjson": lines(*(report(f"{n}", {"reference": "#p"}, contained=[p]) for n, p in enumerate(inner)))}
    )
    assert found.notes == []
    assert found.refused == [("x.ndjson", 1, "bad-patient"), ("x.ndjson", 2, "bad-patient")]


def test_a_narrative_shows_references_of_any_length(imported: Import) -> None:
    division = f"<div>Hb 12&#{'1' * 5_000};<br/>&#{'0' * 5_000}65;</div>"
    told = {**report(""), "text": {"div": division}}
    assert [note["text"] for note in imported({"x.json": json.dumps(told)}).notes] == ["Hb 12\ufffd\nA"]


@pytest.mark.parametrize("hostile", ["<" * 400_000, " " * 200_000, ">" + "<" * 400_000])
def test_a_narrative_is_read_in_linear_time(hostile: str, imported: Import) -> None:
    started = time.process_time()
    found = imported({"x.json": json.dumps({**report(""), "text": {"div": f"<p>a{hostile}b"}})})
    assert time.process_time() - started < 5
    (note,) = found.notes
    assert (note["text"][0], note["text"][-1]) == ("a", "b")


def test_thousands_who_bear_one_name_are_read_in_linear_time(imported: Import) -> None:
    started = time.process_time()
    crowd = [patient(f"A{number}", "Arendt") for number in range(4_000)]
    found = imported({"x.ndjson": lines(*crowd, report("Of whom?", SUBJECT))})
    assert time.process_time() - started < 5
    assert (len(found.patients), found.refused) == (4_000, [("x.ndjson", 4_001, "bad-patient")])


@pytest.mark.parametrize("name", ["Adeyemi", "Brandt {}"])
def test_staff_whom_thousands_of_resources_tell_again_are_read_in_linear_time(name: str, imported: Import) -> None:
    number = 4_000
    staff = [
        {"resourceType": "Practitioner", "id": "9", "name": [{"family": name.format(each)}]} for each in range(number)
    ]
    reports = [report(f"{each}", SUBJECT, performer=[{"reference": "Practitioner/9"}]) for each in range(number)]
    started = time.process_time()
    found = imported({"x.ndjson": lines(patient("111", "Arendt"), *staff, *reports)})
    assert time.process_time() - started < 10
    assert len(found.notes) == number
    assert {each.family for each in found.patients["111"].providers} == {name.format(each) for each in range(number)}


@pytest.mark.parametrize("form", ["x.json", "x.ndjson"])
def test_a_resource_with_half_a_character_costs_no_other(form: str, imported: Import) -> None:
    resources = (
        patient("111", "Arendt"), report("Of Anna.", SUBJECT, performer=[{"display": "B \ud800"}]),
        report("Of Anna, again.", SUBJECT), {"resourceType": "RelatedPerson", "patient": SUBJECT, "name": "\udc00"},
    )  # fmt: skip
    found = imported({form: bundle(*resources) if form == "x.json" else lines(*resources)})
    assert [(note["patient_id"], note["text"]) for note in found.notes] == [("111", "Of Anna, again.")]
    assert set(found.refused) == {(form, 2, "not-utf-8"), (form, 4, "not-utf-8")}


@pytest.mark.parametrize("kind", [["Patient"], {"Patient": 1}, 1, None])
def test_a_kind_that_is_no_word_is_no_resource_that_matters(kind: Any, imported: Import) -> None:
    entries = [{"resource": {"resourceType": kind}}, {"resource": patient("7", "Arendt")}]
    found = imported({"x.json": json.dumps({"resourceType": "Bundle", "entry": entries})})
    assert (len(found.patients), found.notes, found.refused) == (1, [], [])

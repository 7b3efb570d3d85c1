"""Whatever notes are kept in: each text comes out or is refused with a reason, and who is named is known."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cloister.deid.clean_notes import clean_notes
from cloister.deid.note_sources.import_notes import ImportSummary, import_notes, kind_of
from cloister.deid.note_sources.tables import Columns
from cloister.deid.notes_input import Note, read_notes
from cloister.deid.patient_record import PatientRecord, read_patients
from cloister.study.errors import CloisterError, DataError, InputError, MissingFileError
from cloister.study.keys import SiteKey

REPORT = (
    "MSH|^~\\&|RIS|ST MARY|X|Y|20240302101500||ORU^R01|MSG00042|P|2.5\r"
    "PID|1||88123^^^St Mary^MR~078-05-1120^^^SSA^SS||Kowalski^Maria^Zofia~Nowak^Maria||19510307|F|||"
    "12 Elm Street^^Springfield^IL^62704||(217) 555-0142^^^maria.k@example.org\r"
    "NK1|1|Kowalski^Jan|SPO||217-555-0199\r"
    "PV1|1|I|||||4711^Adeyemi^Tunde\r"
    "OBR|1|||71020^Chest X-ray|||20240301\r"
    "OBX|1|TX|||Ms. Kowalski, seen by Dr. Adeyemi \\T\\ team.~Husband Jan was called at 217-555-0199.\r"
    "OBX|2|FT|||No effusion.\\.br\\Impression: normal.\r"
    "OBR|2|||80048^Chemistry\r"
    "OBX|1|NM|NA^Sodium||141|mmol/L\r"
)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "entry": [
        {
            "resource": {
                "resourceType": "DocumentReference", "id": "doc-1", "date": "2024-03-02T10:00:00Z",
                "type": {"text": "of Maria", "coding": [{"display": "Discharge summary"}]},
                "subject": {"reference": "urn:uuid:1"}, "author": [{"reference": "Practitioner/9"}],
                "content": [
                    {"attachment": {"contentType": "text/plain; charset=utf-8", "data": encoded("Maria Kowalski, 7.")}},
                    {"attachment": {"contentType": "application/pdf", "data": encoded("%PDF")}},
                ],
            }
        },
        {
            "resource": {
                "resourceType": "DiagnosticReport", "id": "report-1", "effectiveDateTime": "2024-03-01",
                "subject": {"reference": "Patient/p"}, "performer": [{"display": "Dr. Ines Brandt"}],
                "conclusion": "No effusion. Discussed with Maria.",
            }
        },
        {"fullUrl": "urn:uuid:1", "resource": {
            "resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1951-03-07",
            "identifier": [
                {"value": "N-1", "system": "urn:insurer"},
                {"value": "88123", "type": {"coding": [{"code": "MR"}]}, "assigner": {"display": "St Mary"}},
            ],
            "name": [{"family": "Kowalski", "given": ["Maria", "Zofia"]}],
            "telecom": [{"system": "phone", "value": "217-555-0142"}, {"system": "email", "value": "m@example.org"}],
            "address": [{"line": ["12 Elm Street"], "city": "Springfield", "postalCode": "62704"}],
        }},
        {"resource": {"resourceType": "Practitioner", "id": "9", "name": [{"text": "Tunde Adeyemi"}]}},
        {"resource": {"resourceType": "RelatedPerson", "patient": {"reference": "Patient/p"},
                      "name": [{"family": "Kowalski", "given": ["Jan"]}]}},
    ],
}  # fmt: skip


def imported(
    source: Path, output: Path, **how: Any
) -> tuple[ImportSummary, list[dict[str, str]], list[dict[str, Any]]]:
    summary = import_notes(source, output, **how)
    notes = [json.loads(line) for line in (output / "notes.jsonl").read_text().splitlines()]
    refused = [json.loads(line) for line in (output / "refused.jsonl").read_text().splitlines()]
    assert summary.notes == len(notes)
    assert sum(summary.refused.values()) == len(refused)
    return summary, notes, refused


def only_patient(output: Path) -> PatientRecord:
    (record,) = read_patients(output / "patients.jsonl").records.values()
    return record


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def to_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return to_file


Write = Callable[[str, str | bytes], Path]


def test_an_hl7_message_gives_a_note_a_group_and_all_it_says_of_the_patient(write: Write, tmp_path: Path) -> None:
    _, notes, refused = imported(write("reports.hl7", REPORT), tmp_path / "raw")
    assert [note["id"] for note in notes] == ["MSG00042", "MSG00042-2"]
    assert notes[0]["text"] == (
        "Ms. Kowalski, seen by Dr. Adeyemi & team.\nHusband Jan was called at 217-555-0199.\n"
        "No effusion.\nImpression: normal."
    )
    assert notes[0] | {"text": ""} == {
        "id": "MSG00042", "patient_id": "88123", "issuer": "St Mary", "date": "2024-03-01", "type": "chest-x-ray",
        "text": "",
    }  # fmt: skip
    assert notes[1]["text"] == "Sodium: 141"
    assert refused == []
    patient = only_patient(tmp_path / "raw")
    assert (patient.patient_id, patient.issuer, str(patient.birth_date), patient.sex) == (
        "88123", "St Mary", "1951-03-07", "F",
    )  # fmt: skip
    assert [name.full for name in patient.names] == ["Maria Zofia Kowalski", "Maria Nowak"]
    assert [name.full for name in patient.relatives] == ["Jan Kowalski"]
    assert [name.full for name in patient.providers] == ["Tunde Adeyemi"]
    assert patient.addresses == ("12 Elm Street, Springfield, IL, 62704",)
    assert patient.phones == ("(217) 555-0142", "217-555-0199")
    assert patient.emails == ("maria.k@example.org",)
    assert list(patient.ids.values()) == ["078-05-1120"]


def test_messages_framed_for_the_wire_in_batches_and_with_any_line_end_are_the_same(
    write: Write, tmp_path: Path
) -> None:
    other = REPORT.replace("MSG00042", "MSG00043")
    plain = imported(write("a/x.hl7", REPORT + other), tmp_path / "plain")[1]
    framed = imported(write("b/x.hl7", f"\x0b{REPORT}\x1c\r\x0b{other}\x1c\r"), tmp_path / "framed")[1]
    batch = imported(write("c/x.hl7", f"FHS|^~\\&\rBHS|^~\\&\r{REPORT}{other}BTS|2\rFTS|1\r"), tmp_path / "batch")[1]
    lines = imported(write("d/x.hl7", (REPORT + other).replace("\r", "\r\n")), tmp_path / "lines")[1]
    assert plain == framed == batch == lines
    assert len(plain) == 4


def test_an_hl7_message_in_its_own_character_set_and_one_that_lies_about_it(write: Write, tmp_path: Path) -> None:
    # MSH-18 is the eighteenth field, counting the separator itself as the first.
    latin = REPORT.replace("|P|2.5\r", "|P|2.5||||||8859/1\r").replace("Kowalski^Maria", "Müller^Jürgen")
    source = write(
        "x.hl7", latin.encode("latin-1") + REPORT.replace("Elm", "\udcff").encode("utf-8", "surrogateescape")
    )
    _, notes, refused = imported(source, tmp_path / "raw")
    assert len(notes) == 2
    assert [(each["place"], each["reason"]) for each in refused] == [(2, "not-utf-8")]
    assert only_patient(tmp_path / "raw").names[0].full == "Jürgen Zofia Müller"


def test_a_document_inside_an_hl7_message_is_read_if_it_is_text(write: Write, tmp_path: Path) -> None:
    head = "MSH|^~\\&|A|B|||20240302||MDM^T02|7|P|2.5\rPID|1||5^^^H\rTXA|1|DS|TX|20240302\r"
    text = f"OBX|1|ED|||^TEXT^HTML^Base64^{encoded('<p>Maria</p>')}\r"
    scan = f"OBX|2|ED|||^AP^PDF^Base64^{encoded('%PDF')}\r"
    _, notes, refused = imported(write("m.hl7", head + text + scan), tmp_path / "raw")
    assert [note["text"] for note in notes] == ["<p>Maria</p>"]
    assert [each["reason"] for each in refused] == ["attachment"]


@pytest.mark.parametrize("form", ["bundle", "ndjson", "folder"])
def test_fhir_resources_give_notes_and_patients_in_any_order(form: str, write: Write, tmp_path: Path) -> None:
    resources = [entry["resource"] for entry in BUNDLE["entry"]]
    resources[0]["subject"] = {"reference": "urn:uuid:1" if form == "bundle" else "Patient/p"}
    if form == "bundle":
        source = write("b.json", json.dumps(BUNDLE))
    elif form == "ndjson":
        source = write("b.ndjson", "\n".join(map(json.dumps, resources)))
    else:
        for number, resource in enumerate(resources):
            source = write(f"f/{number}.json", json.dumps(resource)).parent
    _, notes, refused = imported(source, tmp_path / "raw")
    assert [(note["id"], note["text"]) for note in notes] == [
        ("doc-1", "Maria Kowalski, 7."), ("report-1", "No effusion. Discussed with Maria."),
    ]  # fmt: skip
    assert {note["patient_id"] for note in notes} == {"88123"}
    assert notes[0]["type"] == "discharge-summary"
    assert [each["reason"] for each in refused] == ["attachment"]
    patient = only_patient(tmp_path / "raw")
    assert patient.issuer == "St Mary"
    assert [name.full for name in patient.relatives] == ["Jan Kowalski"]
    assert {name.full for name in patient.providers} == {"Tunde Adeyemi", "Ines Brandt"}
    assert list(patient.ids.values()) == ["N-1"]


@pytest.mark.parametrize("name", ["x.hl7", "x.json"])
def test_what_the_source_knows_of_a_patient_does_not_survive_in_the_notes(
    name: str, write: Write, tmp_path: Path
) -> None:
    source = write(name, REPORT if name == "x.hl7" else json.dumps(BUNDLE))
    import_notes(source, tmp_path / "raw")
    raw = tmp_path / "raw"
    clean_notes(
        raw / "notes.jsonl", tmp_path / "clean", site_key=SiteKey(bytes(range(32))), collection="c",
        patients=raw / "patients.jsonl",
    )  # fmt: skip
    (cleaned,) = (tmp_path / "clean").glob("*.parquet")
    text = " ".join(pq.read_table(cleaned)["text"].to_pylist())
    for identifier in ("Maria", "Kowalski", "Adeyemi", "217-555-0199"):
        assert identifier not in text
    assert "No effusion" in text


def test_a_table_in_csv_and_in_parquet_is_the_same(write: Write, tmp_path: Path) -> None:
    rows = {
        "note": ["Seen by Dr. Brandt.\nStable.", 'He said "no"; left.', ""],
        "mrn": ["7", "8", "9"],
        "signature": ["I. Brandt", "", ""],
        "secret": ["not read"] * 3,
    }
    pq.write_table(pa.table(rows), tmp_path / "t.parquet")
    lines = ["note;mrn;signature;secret"]
    for cells in zip(*rows.values(), strict=True):
        lines.append(";".join('"' + cell.replace('"', '""') + '"' for cell in cells))
    columns = Columns(texts=("note", "signature"), patient_id="mrn")
    _, notes, refused = imported(write("t.csv", "\n".join(lines)), tmp_path / "a", columns=columns)
    assert imported(tmp_path / "t.parquet", tmp_path / "b", columns=columns)[1:] == (
        notes, [{**each, "file": str(tmp_path / "t.parquet")} for each in refused],
    )  # fmt: skip
    assert notes[0] == {
        "patient_id": "7", "id": "t-1", "text": "note: Seen by Dr. Brandt.\nStable.\nsignature: I. Brandt",
    }  # fmt: skip
    assert [(each["place"], each["reason"]) for each in refused] == [(3, "missing-text")]


def test_a_row_that_is_none_costs_no_other(write: Write, tmp_path: Path) -> None:
    source = write("t.csv", b"id,text\n1,fine\n2,one,cell more\n3,\xff\n\n5,fine too\n")
    _, notes, refused = imported(source, tmp_path / "raw")
    assert [note["id"] for note in notes] == ["1", "5"]
    assert [(each["place"], each["reason"]) for each in refused] == [(2, "not-a-table"), (3, "not-utf-8")]


def test_a_column_that_is_missing_is_named_with_those_there_are(write: Write, tmp_path: Path) -> None:
    source = write("t.csv", "id,body\n1,x\n")
    with pytest.raises(DataError, match="no column 'text'") as problem:
        import_notes(source, tmp_path / "raw")
    assert "'body'" in problem.value.remedy
    assert not (tmp_path / "raw").exists()


def test_a_folder_of_texts(write: Write, tmp_path: Path) -> None:
    folder = write("in/88123/visit.txt", "Seen.").parent.parent
    write("in/88123/letter.rtf", r"{\rtf1 Hello}")
    write("in/scan.pdf", "%PDF")
    write("in/latin.txt", "Müller".encode("latin-1"))
    write("in/empty.txt", " \n")
    (folder / "away.txt").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe.txt")
    _, notes, refused = imported(folder, tmp_path / "raw", kind="texts", patient_folders=True)
    assert [(note["id"], note.get("patient_id")) for note in notes] == [
        ("88123/letter.rtf", "88123"), ("88123/visit.txt", "88123"),
    ]  # fmt: skip
    assert {Path(each["file"]).name: each["reason"] for each in refused} == {
        "scan.pdf": "unsupported-format", "latin.txt": "not-utf-8", "empty.txt": "missing-text", "away.txt": "link",
        "pipe.txt": "unreadable-file",
    }  # fmt: skip


def test_a_pipe_among_messages_is_refused(write: Write, tmp_path: Path) -> None:
    folder = write("in/a.hl7", REPORT).parent
    os.mkfifo(folder / "b.hl7")
    _, notes, refused = imported(folder, tmp_path / "raw")
    assert notes
    assert [(Path(each["file"]).name, each["reason"]) for each in refused] == [("b.hl7", "unreadable-file")]


def test_the_output_is_the_owners_alone_and_never_overwritten(write: Write, tmp_path: Path) -> None:
    source = write("x.hl7", REPORT)
    import_notes(source, tmp_path / "raw")
    assert {path.stat().st_mode & 0o077 for path in [tmp_path / "raw", *(tmp_path / "raw").iterdir()]} == {0}
    with pytest.raises(InputError, match="exists already"):
        import_notes(source, tmp_path / "raw")


def test_what_a_source_is_must_be_clear(write: Write, tmp_path: Path) -> None:
    assert kind_of(write("a/x.hl7", REPORT)) == "hl7"
    write("a/y.csv", "id,text\n")
    for source in (tmp_path / "a", write("note.txt", "x")):
        with pytest.raises(InputError, match="cannot tell"):
            kind_of(source)
    with pytest.raises(MissingFileError):
        import_notes(tmp_path / "none", tmp_path / "raw")


def resource(number: str, family: str, kin: str) -> list[dict[str, Any]]:
    said = {"identifier": [{"value": number}], "name": [{"family": family}]}
    patient = {"reference": f"Patient/{number}"}
    return [
        {"resourceType": "Patient", "id": number, **said},
        {"resourceType": "RelatedPerson", "id": f"r{number}", "patient": patient, "name": [{"family": kin}]},
        {"resourceType": "DiagnosticReport", "id": number, "subject": patient, "conclusion": "Well."},
    ]


@pytest.mark.parametrize("kind", ["fhir", "hl7"])
def test_half_a_character_in_a_name_costs_no_other_patient(kind: str, write: Write, tmp_path: Path) -> None:
    if kind == "fhir":
        resources = (
            resource("111", "Are\ud800", "Paul") + resource("222", "Brecht", "We\udfff") + resource("333", "C", "D")
        )
        source = write("x.ndjson", "\n".join(map(json.dumps, resources)))
    else:
        messages = [
            f"MSH|^~\\&|LAB|N|||20240302||ORU^R01|{number}|P|2.5||||||{charset}\rPID|1||{number}||{family}^A\rOBX|1|TX|||Well."
            for number, family, charset in (
                ("111", "Are+2AA-", "UTF-7"),
                ("222", "Brecht", "ASCII"),
                ("333", "C", "ASCII"),
            )
        ]
        source = write("x.hl7", "\r".join(messages))
    summary, notes, refused = imported(source, tmp_path / "raw")
    assert [note["patient_id"] for note in notes] == ["222", "333"]
    assert {each["reason"] for each in refused} <= {"bad-patient", "not-utf-8"}
    assert summary.patients == len(read_patients(tmp_path / "raw" / "patients.jsonl").records) == 2


ANY = {
    "x.hl7": REPORT.encode(),
    "x.json": json.dumps(BUNDLE).encode(),
    "x.ndjson": b"\n".join(json.dumps(entry["resource"]).encode() for entry in BUNDLE["entry"]),
    "x.csv": b'id,text,patient_id\n1,"a, b\nc",7\n2,d,8\n',
}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(ANY)), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=3)), min_size=1, max_size=5)
)
@example("x.hl7", [(0.0, b"\n")])
def test_a_damaged_source_is_read_refused_or_a_typed_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, edits: list[tuple[float, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    data = bytearray(ANY[name])
    for where, new in edits:
        at = int(where * len(data))
        data[at : at + 1] = new
    (folder / name).write_bytes(data)
    try:
        summary = import_notes(folder / name, folder / "raw")
    except CloisterError:
        return
    assert all(isinstance(each, Note) or each.reason for each in read_notes(folder / "raw" / "notes.jsonl"))
    if summary.patients:
        assert len(read_patients(folder / "raw" / "patients.jsonl").records) == summary.patients

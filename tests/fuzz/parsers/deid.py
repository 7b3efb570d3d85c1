"""De-identification: notes and records in every format, images, annotated corpora, reviews, models that a site adds."""

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from tests.fuzz.parser import KEY, Build, Parser, Read, file_reader, folder_reader


def notes(_: Path) -> Parser:
    from cloister.deid.notes_input import read_notes

    return Parser(b'{"id": "1", "text": "Seen by Dr. Ruiz"}\n', file_reader("n.jsonl", read_notes))


def patients(_: Path) -> Parser:
    from cloister.deid.patient_record import read_patients

    genuine = b'{"patient_id": "7", "names": ["Jo Doe"], "birth_date": "1950-02-03", "phones": ["030 1"]}\n'
    return Parser(genuine, file_reader("p.jsonl", read_patients))


def detectors(_: Path) -> Parser:
    from cloister.deid.text.adapters.detectors_file import read_detectors

    genuine = b'[[detector]]\nname = "m"\nkind = "presidio"\nlowest = 0.5\n'
    return Parser(genuine, file_reader("d.toml", read_detectors))


def _imported(name: str) -> Read:
    from cloister.deid.note_sources.import_notes import import_notes

    return file_reader(name, lambda path: import_notes(path, path.parent / "raw"))


def hl7(_: Path) -> Parser:
    message = (
        b"MSH|^~\\&|A|B|||20240302||ORU^R01|7|P|2.5||||||UNICODE UTF-8\rPID|1||5^^^H^MR||Doe^Jo||19500203\rOBR|1\r"
        b"OBX|1|TX|||Seen by Dr. Ruiz\\.br\\stable\rOBX|2|ED|||^TEXT^PLAIN^Base64^U2VlbiBieSBEci4=\r"
    )
    return Parser(b"\x0b" + message + b"\x1c\r\x0b" + message + b"\x1c\r", _imported("m.hl7"))


def fhir(_: Path) -> Parser:
    patient = {
        "resourceType": "Patient", "id": "1", "birthDate": "1950-02-03", "name": [{"family": "Doe", "given": ["Jo"]}],
        "identifier": [{"system": "h", "value": "5"}], "telecom": [{"system": "phone", "value": "030 1"}],
    }  # fmt: skip
    content = [{"attachment": {"contentType": "text/plain", "data": "U2VlbiBieSBEci4="}}]
    subject = {"reference": "Patient/1"}
    entries = [
        {"resource": patient},
        {"resource": {"resourceType": "DocumentReference", "content": content, "subject": subject}},
        {"resource": {"resourceType": "DiagnosticReport", "conclusion": "fine", "subject": subject}},
    ]
    return Parser(json.dumps({"resourceType": "Bundle", "entry": entries}).encode(), _imported("r.json"))


def csv(_: Path) -> Parser:
    return Parser(b'id,text\n1,"a, b\nc"\n2,d\n', _imported("t.csv"))


def parquet(_: Path) -> Parser:
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(pa.table({"id": ["1", "2"], "text": ["seen by Dr. Ruiz", "stable"]}), buffer)
    return Parser(buffer.getvalue(), _imported("n.parquet"))


def _corpus(name: str) -> Read:
    from cloister.deid.evaluation.readers import read_corpus

    return file_reader(name, read_corpus)


def brat(_: Path) -> Parser:
    from cloister.deid.evaluation.readers import read_corpus

    return Parser(b"T1\tNAME 8 12\tRuiz\n", folder_reader("a.ann", {"a.txt": b"Seen by Ruiz."}, read_corpus))


def i2b2(_: Path) -> Parser:
    xml = (
        b'<?xml version="1.0"?><deIdi2b2><TEXT><![CDATA[Dr. Ruiz]]></TEXT><TAGS>'
        b'<NAME id="P0" start="4" end="8" text="Ruiz" TYPE="DOCTOR"/></TAGS></deIdi2b2>'
    )
    return Parser(xml, _corpus("x.xml"))


def presidio_research(_: Path) -> Parser:
    span = {"entity_type": "P", "entity_value": "Ruiz", "start_position": 4, "end_position": 8}
    return Parser(json.dumps([{"full_text": "Dr. Ruiz", "spans": [span]}]).encode(), _corpus("x.json"))


def spans(_: Path) -> Parser:
    from cloister.deid.evaluation.readers.notes_with_gold import read_spans

    genuine = b'{"id": "1", "spans": [{"start": 0, "end": 3, "label": "NAME"}]}\n'
    return Parser(genuine, file_reader("g.jsonl", read_spans))


def gold(_: Path) -> Parser:
    from cloister.deid.evaluation.readers.notes_with_gold import read_notes_with_gold

    annotated = b'{"id": "1", "text": "Dr. Ruiz"}\n'
    return Parser(
        b"id,start,end,label\n1,4,8,NAME\n",
        folder_reader(
            "g.csv",
            {"n.jsonl": annotated},
            lambda folder: read_notes_with_gold(folder / "n.jsonl", folder / "g.csv"),
        ),
    )


def _document(text: bytes) -> Build:
    def build(_: Path) -> Parser:
        from cloister.deid.text.documents import UnreadableError, read_document

        return Parser(text, lambda data, _: read_document(data.decode("utf-8", "replace")), (UnreadableError,))

    return build


def cleaning(_: Path) -> Parser:
    """A whole note, in a language that its first letter chooses: every recogniser, tagger and surrogate."""
    from cloister.deid.patient_record import PatientRecord
    from cloister.deid.text.cleaner import clean_text
    from cloister.deid.text.documents import UnreadableError
    from cloister.deid.text.known_identifiers import KnownIdentifiers
    from cloister.deid.text.language import SUPPORTED, detect_language
    from cloister.deid.text.surrogates import Surrogates

    record = PatientRecord.model_validate(
        {"patient_id": "7788-1", "names": ["Jo Doe-Smith"], "birth_date": "1950-02-03", "phones": ["030 1234567"]}
    )
    known = KnownIdentifiers(record)
    languages = sorted(SUPPORTED)

    def read(data: bytes, _: Path) -> object:
        text = data.decode("utf-8", "replace")
        detect_language(text)
        return clean_text(
            text,
            known,
            Surrogates(b"k" * 32, "p", known, timedelta(days=-70)),
            date(2020, 2, 29),
            language=languages[data[0] % len(languages) if data else 0],
        )

    genuine = (
        b"Dr. Ruiz saw Jo Doe-Smith (born 02/03/1950, MRN 7788-1) on Feb 29, 2020, aged 93.\nCall 030 1234567 or "
        b"fax 555-0199, jo@doe.org, http://doe.org, 12 Main Street, Springfield. Cf. 3 days ago."
    )
    return Parser(genuine, read, (UnreadableError,))


def _image(name: str) -> bytes:
    from pydicom.data import get_testdata_file

    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    return Path(path).read_bytes()


def image_identity(_: Path) -> Parser:
    from cloister.deid.images.dicom_file import RefusedImageError, read_identity

    return Parser(_image("CT_small.dcm"), file_reader("i.dcm", read_identity), (RefusedImageError,))


def image(_: Path) -> Parser:
    from cloister.deid.images.dicom_file import RefusedImageError, read_dicom

    return Parser(_image("CT_small.dcm"), file_reader("i.dcm", read_dicom), (RefusedImageError,))


def _pixels(name: str) -> Build:
    """What decodes pixels may raise anything, which cleaning answers with a code. It may not crash or take for ever."""

    def build(_: Path) -> Parser:
        from cloister.deid.images.dicom_file import read_dicom
        from cloister.deid.images.pixels import native_pixels, pictures, stored_frames

        def read(path: Path) -> object:
            dataset = read_dicom(path)
            native_pixels(dataset)
            return list(pictures(dataset, stored_frames(dataset)))

        return Parser(_image(name), file_reader("i.dcm", read), (Exception,))

    return build


def header(_: Path) -> Parser:
    """What is written of an image. All before that is answered with a code, whatever it is (`clean_file`)."""
    from cloister.deid.images.dicom_file import RefusedImageError, read_dicom, write_dicom
    from cloister.deid.images.dicom_headers import HeaderRules, clean_header
    from cloister.deid.images.pixels import native_pixels

    rules = HeaderRules("P1", timedelta(days=-70), b"k" * 32)

    def read(path: Path) -> None:
        try:
            source = read_dicom(path)
            native_pixels(source)
            cleaned = clean_header(source, rules).dataset if source.get("SOPInstanceUID") else None
        except Exception:  # noqa: BLE001 (as `clean_file` does)
            raise RefusedImageError("bad-header") from None
        if cleaned is not None:
            write_dicom(cleaned, path.with_name("o.dcm"))

    return Parser(_image("CT_small.dcm"), file_reader("i.dcm", read), (RefusedImageError,))


def decisions(folder: Path) -> Parser:
    from cloister.deid.review.decisions import DecisionLog, Entry

    path = folder / "log.jsonl"
    with DecisionLog.open(path, KEY, "c", "d") as log:
        log.append(Entry(action="sample", notes=("n1", "n2")))
        log.append(Entry(action="confirm", note="n1", start=3, end=9, label="NAME", removed=True))

    def read(given: Path) -> object:
        with DecisionLog.open(given, KEY, "c", "d") as opened:
            return opened.entries

    return Parser(path.read_bytes(), file_reader("log.jsonl", read))


def review_request(_: Path) -> Parser:
    """The page's requests: a list of names and bodies, on a review of one note."""
    from cloister.deid.review.alignment import align
    from cloister.deid.review.api import answer
    from cloister.deid.review.decisions import DecisionLog
    from cloister.deid.review.session import Review, ReviewNote
    from cloister.deid.review.shown_spans import ShownSpan
    from cloister.study.errors import CloisterError
    from cloister.study.untrusted_json import parse_json

    original, cleaned = "Seen by Dr. Ruiz on 3 May.", "Seen by Dr. Holm on 3 May."
    note = ReviewNote("n1", align(original, cleaned), (ShownSpan(12, 16, "NAME", 0.9, "crf", removed=True),))

    def read(data: bytes, place: Path) -> object:
        try:
            asked = parse_json(data)
        except ValueError:
            return None
        answers = []
        with DecisionLog.open(place / "log.jsonl", KEY, "c", "d") as log:
            review = Review(["n1"], lambda _: note, log)
            for each in asked if isinstance(asked, list) else []:
                match each:
                    case [str(name), dict(body)]:
                        try:
                            answers.append(answer(review, name, body))
                        except CloisterError:
                            continue
        return answers

    requests = [
        ["note", {"note": 0}],
        ["confirm", {"note": 0, "start": 12, "end": 16, "label": "NAME"}],
        ["add", {"note": 0, "start": 20, "end": 25, "label": "DATE"}],
        ["reject", {"note": 0, "start": 20, "end": 25}],
        ["confirm-all", {"note": 0}],
        ["finish", {"note": 0}],
        ["undo", {"note": 0}],
    ]
    return Parser(json.dumps(requests).encode(), read)


def model_folder(_: Path) -> Parser:
    from cloister.deid.text.adapters.model_folder import check_model_folder

    beside = {"model.safetensors": b""}
    return Parser(b'{"model_type": "bert"}', folder_reader("config.json", beside, check_model_folder))


PARSERS: Final[dict[str, Build]] = {
    "notes": notes,
    "patients": patients,
    "detectors": detectors,
    "hl7": hl7,
    "fhir": fhir,
    "csv": csv,
    "parquet": parquet,
    "brat": brat,
    "i2b2": i2b2,
    "presidio-research": presidio_research,
    "spans": spans,
    "gold": gold,
    "html": _document(b"<html><body>Seen by <b>Dr. R</b>uiz &amp; co <a href='mailto:a@b.org'>x</a></body></html>"),
    "rtf": _document(rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 Seen by Dr. Ruiz\'e9\par\u233?}"),
    "mail": _document(
        b"From: A <a@b.org>\r\nSubject: =?utf-8?q?x?=\r\nContent-Type: text/plain\r\n\r\nSeen by Dr. Ruiz\r\n"
    ),
    "cleaning": cleaning,
    "image's identity": image_identity,
    "image": image,
    "pixels: run lengths": _pixels("MR_small_RLE.dcm"),
    "pixels: jpeg 2000": _pixels("MR_small_jp2klossless.dcm"),
    "image's header": header,
    "decisions": decisions,
    "review's request": review_request,
    "model folder": model_folder,
}

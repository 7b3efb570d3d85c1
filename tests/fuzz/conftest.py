"""Every parser of what comes from the network or from a file, with a genuine input to damage."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydicom.data import get_testdata_file

from cloister.client.received_bundle import signed_study_in
from cloister.deid.declared import write_declared_dataset
from cloister.deid.evaluation.readers import read_corpus
from cloister.deid.evaluation.readers.notes_with_gold import read_spans
from cloister.deid.images.dicom_file import RefusedImageError, read_dicom, read_identity
from cloister.deid.note_sources.import_notes import import_notes
from cloister.deid.notes_input import read_notes
from cloister.deid.patient_record import read_patients
from cloister.deid.text.adapters.detectors_file import read_detectors
from cloister.deid.text.documents import UnreadableError, read_document
from cloister.privacy.ledger.ledger import Ledger
from cloister.server.dsse import open_envelope, seal
from cloister.study.arrays import from_record, to_record
from cloister.study.audit_entry import AuditEntry
from cloister.study.audit_log import AuditLog
from cloister.study.coordinator import Coordinator
from cloister.study.dataset import read_manifest, verify_dataset
from cloister.study.errors import CloisterError
from cloister.study.keys import SiteKey
from cloister.study.policy import Policy
from cloister.study.schema import Study
from cloister.study.signed_document import sign
from cloister.study.signed_study import SIGNED_STUDY_FORMAT, SignedStudy
from cloister.study.site import Site

ROOT = Path(__file__).parents[2]
KEY = SiteKey(bytes(range(32)))
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = SIGNER.public_key().public_bytes_raw().hex()
Read = Callable[[bytes, Path], object]


@dataclass(frozen=True)
class Parser:
    """What reads bytes, with the help of an empty folder, and what it may raise beside `CloisterError`."""

    genuine: bytes
    read: Read
    refusals: tuple[type[Exception], ...] = (CloisterError,)


def file_reader(name: str, read: Callable[[Path], object]) -> Read:
    """For parsers that want a file."""

    def of_bytes(data: bytes, folder: Path) -> object:
        (folder / name).write_bytes(data)
        found = read(folder / name)
        return list(found) if isinstance(found, Iterator) else found

    return of_bytes


def folder_reader(name: str, beside: Mapping[str, bytes], read: Callable[[Path], object]) -> Read:
    """For parsers that want a folder; the damaged file is one of several."""

    def of_bytes(data: bytes, folder: Path) -> object:
        for other, content in {**beside, name: data}.items():
            (folder / other).parent.mkdir(parents=True, exist_ok=True)
            (folder / other).write_bytes(content)
        found = read(folder)
        return list(found) if isinstance(found, Iterator) else found

    return of_bytes


def of_bundle() -> Parser:
    project = (
        '[project]\nname = "s"\nversion = "0.1.0"\n[tool.flwr.app]\npublisher = "cloister"\n'
        'fab-include = ["signed-study.json"]\n[tool.flwr.app.components]\nserverapp = "cloister.server.app:app"\n'
        'clientapp = "cloister.client.app:app"\n[tool.flwr.app.config]\ncoordinator-folder = "/srv/x"\n'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("pyproject.toml", project), ("signed-study.json", "{}"), (".info/CONTENT", "")):
            archive.writestr(name, text)
    return Parser(buffer.getvalue(), lambda data, _: signed_study_in(data, hashlib.sha256(data).hexdigest()))


def of_arrays() -> Parser:
    like = {"weight": np.arange(6, dtype=np.float32).reshape(2, 3)}
    record = to_record(like)

    def read(data: bytes, _: Path) -> object:
        damaged = to_record(like)
        damaged["weight"].data = data
        return from_record(damaged, like)

    return Parser(record["weight"].data, read)


def of_ledger(folder: Path) -> Parser:
    Ledger.create(folder / "ledger.sqlite", KEY).close()
    return Parser(
        (folder / "ledger.sqlite").read_bytes(),
        file_reader("ledger.sqlite", lambda path: Ledger.open(path, KEY).close()),
    )


def of_audit_log(folder: Path) -> Parser:
    log = AuditLog(folder / "audit.sqlite", KEY, folder / "anchors")
    log.append(AuditEntry(event="started", at=datetime(2026, 1, 1, tzinfo=UTC)))
    return Parser(
        (folder / "audit.sqlite").read_bytes(),
        file_reader("audit.sqlite", lambda path: AuditLog(path, KEY, path.parent / "none").entries()),
    )


def of_dataset(folder: Path) -> dict[str, Parser]:
    table = pa.table({"patient_id": ["a", "b"], "x": [1.0, 2.0], "label": ["yes", "no"]})
    write_declared_dataset(folder / "data", "table", table, site_key=KEY, collection="c", statement="made up")
    files = {path.name: path.read_bytes() for path in (folder / "data").iterdir()}
    return {
        f"dataset: {name}": Parser(files[name], folder_reader(name, files, lambda place: verify_dataset(place, KEY)))
        for name in files
    } | {"manifest": Parser(files["manifest.json"], folder_reader("manifest.json", {}, read_manifest))}


def of_parquet(folder: Path) -> Parser:
    pq.write_table(pa.table({"id": ["1", "2"], "text": ["seen by Dr. Ruiz", "stable"]}), folder / "n.parquet")
    return Parser((folder / "n.parquet").read_bytes(), imported("n.parquet"))


def imported(name: str) -> Read:
    return file_reader(name, lambda path: import_notes(path, path.parent / "raw"))


def of_images() -> dict[str, Parser]:
    path = get_testdata_file("CT_small.dcm")
    assert isinstance(path, str)
    genuine, refusals = Path(path).read_bytes(), (CloisterError, RefusedImageError)
    return {
        "image's identity": Parser(genuine, file_reader("i.dcm", read_identity), refusals),
        "image": Parser(genuine, file_reader("i.dcm", read_dicom), refusals),
    }


def of_signed_study(study: Study) -> Parser:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    body = {
        "study": json.loads(study.canonical), "roster": dict.fromkeys(study.federation.sites, PUBLIC),
        "coordinator": PUBLIC, "issued": now.isoformat(), "expires": (now + timedelta(days=9)).isoformat(),
        "version": "0.1.0",
    }  # fmt: skip
    content = sign(SIGNED_STUDY_FORMAT, body, SIGNER)

    def read(data: bytes, _: Path) -> object:
        # Also what is genuinely signed may be nonsense: the signer is not above suspicion.
        with_suspicion = sign(SIGNED_STUDY_FORMAT, {"study": data.decode("utf-8", "replace")}, SIGNER)
        for each in (data, with_suspicion):
            try:
                SignedStudy.open(each, PUBLIC)
            except CloisterError:
                continue
        return None

    return Parser(content, read)


def _parsers(folder: Path) -> dict[str, Parser]:
    study = Study.read(ROOT / "examples" / "heart-disease.toml")
    documents = {
        "html": b"<html><body>Seen by <b>Dr. R</b>uiz &amp; co <a href='mailto:a@b.org'>x</a></body></html>",
        "rtf": rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 Seen by Dr. Ruiz\'e9\par\u233?}",
        "mail": b"From: A <a@b.org>\r\nSubject: =?utf-8?q?x?=\r\nContent-Type: text/plain\r\n\r\nSeen by Dr. Ruiz\r\n",
    }
    message = b"MSH|^~\\&|A|B|||20240302||ORU^R01|7|P|2.5\rPID|1||5^^^H||Doe^Jo\rOBR|1\rOBX|1|TX|||Seen by Dr. Ruiz\r"
    resource = b'{"resourceType":"DiagnosticReport","conclusion":"fine","subject":{"reference":"Patient/1"}}'
    brat = b"T1\tNAME 8 12\tRuiz\n"
    xml = b'<?xml version="1.0"?><deIdi2b2><TEXT><![CDATA[Dr. Ruiz]]></TEXT><TAGS><NAME id="P0" start="4" end="8" text="Ruiz" TYPE="DOCTOR"/></TAGS></deIdi2b2>'  # noqa: E501
    return {
        "study": Parser((ROOT / "examples/three-hospitals.toml").read_bytes(), file_reader("s.toml", Study.read)),
        "signed study": of_signed_study(study),
        "policy": Parser(
            b"schema_version = 1\n[ceilings]\nepsilon_per_study = 8.0\nrounds = 9\n",
            file_reader("policy.toml", Policy.read),
        ),
        "site.toml": Parser(
            b'name = "north"\ndatasets = ["d"]\n', folder_reader("site.toml", {"policy.toml": b""}, Site.read)
        ),
        "coordinator.toml": Parser(
            b'study = "study.json"\nheldout = []\n', folder_reader("coordinator.toml", {}, Coordinator.read)
        ),
        "site key": Parser(b"ab" * 32 + b"\n", file_reader("site.key", SiteKey.read)),
        "bundle": of_bundle(),
        "envelope": Parser(seal(b"{}", "t", SIGNER), lambda data, _: open_envelope(data, "t", PUBLIC)),
        "arrays": of_arrays(),
        "ledger": of_ledger(folder),
        "audit log": of_audit_log(folder),
        "notes": Parser(b'{"id": "1", "text": "Seen by Dr. Ruiz"}\n', file_reader("n.jsonl", read_notes)),
        "patients": Parser(b'{"patient_id": "7", "names": ["Jo Doe"]}\n', file_reader("p.jsonl", read_patients)),
        "detectors": Parser(
            b'[[detector]]\nname = "m"\nkind = "presidio"\nlowest = 0.5\n', file_reader("d.toml", read_detectors)
        ),
        "hl7": Parser(message, imported("m.hl7")),
        "fhir": Parser(resource, imported("r.json")),
        "csv": Parser(b'id,text\n1,"a, b\nc"\n2,d\n', imported("t.csv")),
        "parquet": of_parquet(folder),
        "brat": Parser(brat, folder_reader("a.ann", {"a.txt": b"Seen by Ruiz."}, read_corpus)),
        "i2b2": Parser(xml, file_reader("x.xml", read_corpus)),
        "presidio-research": Parser(
            b'[{"full_text": "Dr. Ruiz", "spans": [{"entity_type": "P", "entity_value": "Ruiz", '
            b'"start_position": 4, "end_position": 8}]}]',
            file_reader("x.json", read_corpus),
        ),
        "spans": Parser(
            b'{"id": "1", "spans": [{"start": 0, "end": 3, "label": "NAME"}]}\n', file_reader("g.jsonl", read_spans)
        ),
        **{
            kind: Parser(text, lambda data, _: read_document(data.decode("utf-8", "replace")), (UnreadableError,))
            for kind, text in documents.items()
        },
        **of_images(),
        **of_dataset(folder),
    }


@pytest.fixture(scope="session")
def parsers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Parser]:
    return _parsers(tmp_path_factory.mktemp("genuine"))

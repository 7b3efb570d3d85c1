"""A site: bundles, enrolments, what it keeps of a run, and its folder."""

import base64
import hashlib
import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.fuzz.parser import (
    KEY,
    NOW,
    PUBLIC,
    SIGNER,
    Build,
    Parser,
    file_reader,
    folder_reader,
    safetensors_reader,
    signed_again,
    site_key,
)
from tests.fuzz.parsers.study import enrolment_body, node_key

from cloister.study.errors import CloisterError

if TYPE_CHECKING:
    from cloister.client.site_folder import SiteFolder
    from cloister.study.schema import Study

PROJECT: Final = (
    b'[project]\nname = "s"\nversion = "0.1.0"\n[tool.flwr.app]\npublisher = "cloister"\n'
    b'fab-include = ["signed-study.json"]\n[tool.flwr.app.components]\nserverapp = "cloister.server.app:app"\n'
    b'clientapp = "cloister.client.app:app"\n[tool.flwr.app.config]\ncoordinator-folder = "/srv/x"\n'
)


def _zipped(project: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in (("pyproject.toml", project), ("signed-study.json", b"{}"), (".info/CONTENT", b"")):
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _opened(bundle: bytes) -> bytes:
    from cloister.client.received_bundle import signed_study_in

    return signed_study_in(bundle, hashlib.sha256(bundle).hexdigest())


def bundle(_: Path) -> Parser:
    return Parser(_zipped(PROJECT), lambda data, _: _opened(data))


def project(_: Path) -> Parser:
    return Parser(PROJECT, lambda data, _: _opened(_zipped(data)))


def site_folder(folder: Path) -> Parser:
    from cloister.client.site_folder import SiteFolder

    made = _site(folder)
    beside = {name: (made.folder / name).read_bytes() for name in ("policy.toml", "site.key")}
    genuine = b'name = "north"\nkey = "site.key"\npolicy = "policy.toml"\ndatasets = ["d"]\n[run]\nfree_disk_gib = 1\n'
    return Parser(genuine, folder_reader("site.toml", beside, SiteFolder.open))


def _site(folder: Path) -> "SiteFolder":
    from cloister.client.site_folder import SiteFolder
    from cloister.client.site_setup import create_site

    made = create_site(folder / "north", "north", KEY)
    (made.folder / "site.toml").write_text('name = "north"\nanchors = "../anchors"\n')
    return SiteFolder.open(made.folder)


def _study() -> "Study":
    from cloister.study.schema import Study

    south = site_key(2).public_key().public_bytes_raw().hex()
    return Study.model_validate(
        {
            "name": "example", "title": "An example", "rounds": 3,
            "federation": {
                "sites": ["north", "south"], "identities": {"north": PUBLIC, "south": south}, "secure_aggregation": True
            },
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}, {"name": "y"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 4, "sample_rate": 0.2, "batch_divisor": 12, "learning_rate": 0.5},
            "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 2.0, "delta": 1e-5},
        }
    )  # fmt: skip


def answer_to_enrolment(folder: Path) -> Parser:
    """The coordinator's answer, signed and compared by voice, whatever it holds: key, authority, dates."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from cloister.client.enrolment import accept_enrolment, node_key_file, read_enrolment
    from cloister.server.authority import make_authority
    from cloister.study.enrolment import ENROLMENT_FORMAT, Enrolment

    site = _site(folder)
    private = ec.derive_private_key(12345, ec.SECP384R1())
    node_key_file(site).parent.mkdir()
    node_key_file(site).write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    body = enrolment_body()
    assert body["node_key"] == node_key()
    body["coordinator"]["authority"] = make_authority("heart", NOW)[0].decode()

    def read(data: bytes, _: Path) -> object:
        data = signed_again(ENROLMENT_FORMAT, data)
        said = Enrolment.open(data).coordinator.fingerprint.words
        accept_enrolment(site, data, said, "Ada", NOW, replace=True)
        return read_enrolment(site, NOW)

    return Parser(json.dumps(body).encode(), read)


def authority(_: Path) -> Parser:
    """The authority in an enrolment, of which the DER within the PEM is damaged."""
    from cloister.client.enrolment import _check_authority
    from cloister.server.authority import make_authority

    der = base64.b64decode(b"".join(make_authority("heart", NOW)[0].splitlines()[1:-1]))
    return Parser(der, lambda data, _: _check_authority(pem(data).decode(), NOW))


def pem(der: bytes, kind: str = "CERTIFICATE") -> bytes:
    return f"-----BEGIN {kind}-----\n".encode() + base64.encodebytes(der) + f"-----END {kind}-----\n".encode()


def accepted_enrolment(folder: Path) -> Parser:
    from cloister.client.enrolment import read_enrolment
    from cloister.client.signed_record import write_record
    from cloister.study.enrolment import ENROLMENT_FORMAT
    from cloister.study.signed_document import sign

    site = _site(folder)
    path = site.enrolment / "accepted.json"
    path.parent.mkdir()
    enrolment = sign(ENROLMENT_FORMAT, enrolment_body(), SIGNER).decode()
    accepted = {"schema_version": 1, "enrolment": enrolment, "accepted_by": "Ada"}
    write_record(site, path, "accepted-enrolment", accepted)

    def read(data: bytes, _: Path) -> object:
        path.write_bytes(data)
        return read_enrolment(site, NOW)

    return Parser(path.read_bytes(), read)


def node_key_of_a_site(folder: Path) -> Parser:
    from cloister.client.enrolment import _make_node_key, _public_half

    _make_node_key(folder / "node.key")

    def read(data: bytes, place: Path) -> object:
        (place / "node.key").write_bytes(data)
        return _public_half(place / "node.key")

    return Parser((folder / "node.key").read_bytes(), read)


def approval(folder: Path) -> Parser:
    from cloister.client.approvals import approve, check_approval

    site, study = _site(folder), _study()
    approve(site, study, "Ada")
    path = site.approvals / f"{study.sha256}.json"
    genuine = path.read_bytes()

    def read(data: bytes, _: Path) -> None:
        path.write_bytes(data)
        check_approval(site, study)

    return Parser(genuine, read)


def result_kept(folder: Path) -> Parser:
    from cloister.client.kept_result import keep, kept_result

    site, about = _site(folder), {"study": "0" * 64, "code": "1" * 64}
    keep(site, "plan", about, {"noise_multiplier": 1.5, "epsilon": 3.0})
    (path,) = (site.folder / "plan").iterdir()

    def read(data: bytes, _: Path) -> None:
        path.write_bytes(data)
        kept_result(site, "plan", about)

    return Parser(path.read_bytes(), read)


def quarantine_list(_: Path) -> Parser:
    from cloister.client.page.data_held import quarantined

    return Parser(b'{"record": "9f", "position": 3, "code": "not-utf-8"}\n', file_reader("q.jsonl", quarantined))


def clipping_norms(_: Path) -> Parser:
    from cloister.client.clipping_norm import read_norm
    from cloister.client.run_name import run_name

    run = "0" * 32
    name = f"clipping/{run_name(run)}.json"
    return Parser(b'{"1": 0.5, "2": 0.25}', folder_reader(name, {}, lambda site: read_norm(site, run, 3, 1.0)))


def local_state(folder: Path) -> Parser:
    import numpy as np

    from cloister.client.local_state import LocalState
    from cloister.client.run_name import run_name

    run = "0" * 32
    LocalState(folder, run).keep(1, {"control/w": np.ones(3, np.float32)}, 1)
    path = folder / "local-state" / run_name(run) / "after-00001.safetensors"

    def read(damaged: Path) -> object:
        damaged.replace(path)
        return LocalState(folder, run).after(1, 2)

    return safetensors_reader(path.read_bytes(), read)


def sealed_reply(folder: Path) -> Parser:
    from flwr.app import ConfigRecord, RecordDict

    from cloister.client.sealed_replies import SealedReplies

    site, run = _site(folder), "0" * 32
    replies = SealedReplies(site, run, 1)
    replies.keep("request", RecordDict({"config": ConfigRecord({"site": "north"})}))
    (path,) = site.folder.glob("replies/*/round-00001.sealed")

    def read(data: bytes, _: Path) -> object:
        path.write_bytes(data)
        return replies.find("request")

    return Parser(path.read_bytes(), read)


def kept_round(folder: Path) -> Parser:
    from cloister.client.secure_aggregation import SecureAggregation

    site, session = _site(folder), "0" * 32
    request: dict[str, Any] = {"session": session, "number": 1}
    secure = SecureAggregation(site, _study())
    secure.advertise(request)
    (path,) = site.folder.glob("secure-aggregation/*/*/round-*.json")

    def read(data: bytes, _: Path) -> object:
        path.write_bytes(data)
        masked = secure.has_masked(request)
        secure.advertise(request)
        with suppress(CloisterError):  # nothing was shared
            secure.check_maskable(request)
        return masked

    return Parser(path.read_bytes(), read)


def signed_on(_: Path) -> Parser:
    from flwr.proto.fleet_pb2 import DeactivateNodeRequest

    from cloister.client.rejoining import _BOOT, _predecessor

    def read(path: Path) -> object:
        before = _predecessor(path)
        return before if before is None else DeactivateNodeRequest(node_id=before)

    return Parser(f"{_BOOT.read_text().strip()} 18446744073709551615\n".encode(), file_reader("signed-on", read))


def order_of_studies(_: Path) -> Parser:
    from cloister.client.training_queue import _begun

    return Parser(b"a" * 64 + b"\n" + b"b" * 64, file_reader("begun", lambda path: _begun(path.parent)))


def start_script(folder: Path) -> Parser:
    from cloister.client.start_files import SUPERNODE_SCRIPT, _port_before

    site = _site(folder)
    genuine = b"#!/bin/sh\nexec python -I -m cloister.client.supernode --host 127.0.0.1 --port 9094 \\\n"

    def read(data: bytes, _: Path) -> object:
        (site.folder / SUPERNODE_SCRIPT).write_bytes(data)
        return _port_before(site)

    return Parser(genuine, read)


PARSERS: Final[dict[str, Build]] = {
    "bundle": bundle,
    "bundle's project": project,
    "site's folder": site_folder,
    "answer to an enrolment": answer_to_enrolment,
    "authority": authority,
    "accepted enrolment": accepted_enrolment,
    "node key": node_key_of_a_site,
    "approval": approval,
    "kept result": result_kept,
    "quarantine list": quarantine_list,
    "clipping norms": clipping_norms,
    "local state": local_state,
    "sealed reply": sealed_reply,
    "kept round": kept_round,
    "node that signed on": signed_on,
    "order of the studies": order_of_studies,
    "start script": start_script,
}

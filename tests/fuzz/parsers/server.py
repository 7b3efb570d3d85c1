"""The coordinator: its folder, its roster and certificates, and releases."""

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.fuzz.parser import NOW, PUBLIC, ROOT, SIGNER, Build, Parser, file_reader, folder_reader, signed_again
from tests.fuzz.parsers.client import pem
from tests.fuzz.parsers.study import node_key

if TYPE_CHECKING:
    from cloister.server.evidence import Evidence


def envelope(_: Path) -> Parser:
    from cloister.server.dsse import open_envelope, seal

    return Parser(seal(b"{}", "t", SIGNER), lambda data, _: open_envelope(data, "t", PUBLIC))


def _evidence() -> "Evidence":
    from cloister.server.evidence import Evidence, Judged, Measured, Round, transcript_of

    value = Measured(value=0.5, low=0.25, high=0.75)
    judged = Judged(metrics={"auroc": value}, by_site={"north": {"auroc": 0.5}})
    rounds = tuple(
        Round(round=number, replied=("north",), failed={"south": "no-reply"}, bytes_down=1, bytes_up=2,
              metrics={"auroc": 0.5}, accepted=True)
        for number in range(2)
    )  # fmt: skip
    return Evidence(
        released=NOW, cloister_version="0.1.0", study_sha256="0" * 64, run="0" * 32, base_sha256=None, rounds=rounds,
        transcript=transcript_of(rounds), stopped=None, heldout_patients=9, heldout_examples=9, base=judged,
        model=judged, gain=value,
    )  # fmt: skip


def evidence(_: Path) -> Parser:
    from cloister.server.evidence import from_in_toto, in_toto

    payload = in_toto(_evidence(), {"model/model.safetensors": "0" * 64, "card.md": "1" * 64})
    return Parser(payload, lambda data, _: from_in_toto(data)[0].check_transcript())


def _release() -> tuple[dict[str, bytes], str]:
    """The files of a release that has no model to speak of, and its fingerprint: what verifies as far as rule 4."""
    from cloister.server.dsse import seal
    from cloister.server.evidence import PAYLOAD_TYPE, in_toto
    from cloister.server.release import COORDINATOR_FILE, ENVELOPE_FILE
    from cloister.study.enrolment import CoordinatorIdentity

    identity = CoordinatorIdentity(name="heart", public_key=PUBLIC, authority="x")
    files = {COORDINATOR_FILE: identity.model_dump_json().encode(), "model/model.safetensors": b"\0" * 9}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return {
        **files, ENVELOPE_FILE: seal(in_toto(_evidence(), digests), PAYLOAD_TYPE, SIGNER)
    }, identity.fingerprint.words  # fmt: skip


def release(folder: Path) -> Parser:
    from cloister.server import release_files
    from cloister.server.release_verification import verify
    from cloister.study.errors import EvidenceError

    files, words = _release()
    release_files.write(folder / "r.zip", files)

    def read(path: Path) -> object:
        try:
            return verify(path, words)
        except EvidenceError as problem:
            # The genuine one ends here too: it has no study.
            if "signed-study" in problem.message:
                return None
            raise

    return Parser((folder / "r.zip").read_bytes(), file_reader("r.zip", read))


def roster(folder: Path) -> Parser:
    from cloister.server.roster import Roster
    from cloister.study.enrolment import EnrolmentRequest

    request = EnrolmentRequest(site="north", identity=PUBLIC, node_key=node_key(), created=NOW, cloister_version="0.1")
    Roster().with_member(request, NOW, NOW).known_as("north", 7).write(folder / "roster.json")

    def read(path: Path) -> object:
        found = Roster.read(path)
        return found.identities(NOW), found.with_member(request, NOW, NOW)

    return Parser((folder / "roster.json").read_bytes(), file_reader("roster.json", read))


def server_toml(_: Path) -> Parser:
    from cloister.server.server_folder import ServerFolder

    genuine = b'name = "heart"\nhosts = ["coordinator.example", "10.0.0.1"]\nport = 8443\nanchors = "../a"\n'
    return Parser(genuine, folder_reader("server.toml", {}, lambda place: ServerFolder.open(place).address))


def _certified(damaged: str) -> Build:
    """Certificate and key as the institution brings them, of which the DER of one is damaged."""

    def build(_: Path) -> Parser:
        from cloister.server.authority import check_server_certificate, make_authority, make_server_certificate

        hosts = ("coordinator.example", "10.0.0.1")
        authority, authority_key = make_authority("heart", NOW)
        certificate, key = make_server_certificate(authority, authority_key, hosts, NOW)
        files = {"certificate": certificate, "key": key, "authority": authority}

        def read(data: bytes, _: Path) -> object:
            kind = "PRIVATE KEY" if damaged == "key" else "CERTIFICATE"
            given = {**files, damaged: pem(data, kind)}
            return check_server_certificate(given["certificate"], given["key"], given["authority"], hosts, NOW)

        return Parser(base64.b64decode(b"".join(files[damaged].splitlines()[1:-1])), read)

    return build


def signing_key(folder: Path) -> Parser:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from cloister.server.server_folder import ServerFolder

    (folder / "server.toml").write_text('name = "heart"\nhosts = ["coordinator.example"]\n')
    server = ServerFolder.open(folder)
    server.keys.mkdir()

    def read(data: bytes, _: Path) -> object:
        (server.keys / "study-signing.key").write_bytes(data)
        return server.signing_key

    return Parser(SIGNER.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), read)


def identities(_: Path) -> Parser:
    """The roster in the signed study of a coordinator's folder."""
    from cloister.server.coordinator_folder import CoordinatorFolder
    from cloister.study.coordinator import Coordinator
    from cloister.study.identity_proof import is_proof
    from cloister.study.schema import Study
    from cloister.study.signed_study import SIGNED_STUDY_FILE, SIGNED_STUDY_FORMAT

    study = Study.read(ROOT / "examples/heart-disease.toml")

    def read(data: bytes, place: Path) -> object:
        (place / SIGNED_STUDY_FILE).write_bytes(signed_again(SIGNED_STUDY_FORMAT, data))
        found = CoordinatorFolder(place, Coordinator(study="s.json"), study).identities() or {}
        return [is_proof(b"\x01" * 64, found[site], site, 1, "0" * 64) for site in study.federation.sites]

    return Parser(json.dumps({"roster": dict.fromkeys(study.federation.sites, PUBLIC)}).encode(), read)


PARSERS: Final[dict[str, Build]] = {
    "envelope": envelope,
    "evidence": evidence,
    "release": release,
    "roster": roster,
    "server.toml": server_toml,
    "server's certificate": _certified("certificate"),
    "server's key": _certified("key"),
    "server's authority": _certified("authority"),
    "signing key": signing_key,
    "identities": identities,
}

"""What everybody shares: studies, policies, signed documents, logs, arrays, and the pages' sign-in."""

import asyncio
import base64
import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, Final
from unittest import mock
from urllib.parse import unquote

from tests.fuzz.parser import KEY, NOW, PUBLIC, ROOT, SIGNER, Build, Parser, all_of, file_reader, folder_reader, signed


def study(_: Path) -> Parser:
    from cloister.study.schema import Study

    return Parser(
        (ROOT / "examples/three-hospitals.toml").read_bytes(),
        file_reader("s.toml", lambda path: Study.read(path).sha256),
    )


def study_of_a_message(_: Path) -> Parser:
    from cloister.study.schema import Study

    genuine = Study.read(ROOT / "examples/three-hospitals.toml").canonical.encode()
    return Parser(genuine, lambda data, _: Study.from_canonical(data).sha256)


def signed_study(_: Path) -> Parser:
    from cloister.study.schema import Study
    from cloister.study.signed_study import SIGNED_STUDY_FORMAT, SignedStudy

    content = Study.read(ROOT / "examples/heart-disease.toml")
    roster = dict.fromkeys(content.federation.sites, PUBLIC)
    made = SignedStudy.of(content, roster, "heart", NOW, NOW + timedelta(days=9), "0.1.0")

    def open_signed(data: bytes) -> None:
        opened, of_it = SignedStudy.open(data, PUBLIC)
        opened.check_use(of_it, content.federation.sites[0], PUBLIC, "0.1.0", NOW)

    return signed(SIGNED_STUDY_FORMAT, made.model_dump(mode="json"), open_signed)


def signed_document(_: Path) -> Parser:
    from cloister.study.errors import EvidenceError
    from cloister.study.signed_document import open_signed, sign

    return Parser(sign("x/1", {"a": [1, "b"]}, SIGNER), lambda data, _: open_signed(data, "x/1", EvidenceError, "it"))


def policy(_: Path) -> Parser:
    from cloister.study.policy import Policy

    genuine = b"schema_version = 1\n[ceilings]\nepsilon_per_study = 8.0\nrounds = 9\n"
    return Parser(genuine, file_reader("policy.toml", Policy.read))


def site_toml(_: Path) -> Parser:
    from cloister.study.site import Site

    genuine = b'name = "north"\ndatasets = ["d"]\n[run]\nwindows = ["22:00-06:00"]\nmemory_gib = 2.5\n'
    return Parser(genuine, folder_reader("site.toml", {}, Site.read))


def coordinator_toml(_: Path) -> Parser:
    from cloister.study.coordinator import Coordinator

    return Parser(b'study = "study.json"\nheldout = []\n', folder_reader("coordinator.toml", {}, Coordinator.read))


def site_key_file(_: Path) -> Parser:
    from cloister.study.keys import SiteKey

    return Parser(b"ab" * 32 + b"\n", file_reader("site.key", SiteKey.read))


def enrolment_request(_: Path) -> Parser:
    from cloister.study.enrolment import REQUEST_FORMAT, EnrolmentRequest

    request = EnrolmentRequest(site="north", identity=PUBLIC, node_key=node_key(), created=NOW, cloister_version="0.1")
    return signed(
        REQUEST_FORMAT,
        request.model_dump(mode="json"),
        lambda data: EnrolmentRequest.open(data, NOW).fingerprint.matches("words"),
    )


def enrolment(_: Path) -> Parser:
    from cloister.study.enrolment import ENROLMENT_FORMAT, Enrolment

    return signed(ENROLMENT_FORMAT, enrolment_body(), lambda data: Enrolment.open(data, PUBLIC).check_time(NOW))


def enrolment_body() -> dict[str, Any]:
    """Of an enrolment of `north` with whoever `SIGNER` is."""
    coordinator = {"name": "heart", "public_key": PUBLIC, "authority": "-----BEGIN CERTIFICATE-----\n"}
    return {
        "site": "north", "identity": PUBLIC, "node_key": node_key(), "coordinator": coordinator,
        "address": "coordinator.example:8443", "issued": NOW.isoformat(), "expires": "2027-01-01T00:00:00Z",
    }  # fmt: skip


def node_key() -> str:
    """Public half of a node key."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = ec.derive_private_key(12345, ec.SECP384R1()).public_key()
    return public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def privacy_statement(_: Path) -> Parser:
    from cloister.study.privacy_statement import STATEMENT_FORMAT, PrivacyStatement

    return signed(STATEMENT_FORMAT, statement_body(), lambda data: PrivacyStatement.open(data, PUBLIC))


def statement_body() -> dict[str, Any]:
    """Of a privacy statement of `north`."""
    steps = {"sample_rate": 0.2, "noise_multiplier": 2.0, "steps": 12}
    answers = {"run": "0" * 32, "round": 1, "answers": 2, "bytes": 99, "sha256": "0" * 64}
    return {
        "site": "north", "study": "example", "study_sha256": "0" * 64, "created": NOW.isoformat(),
        "epsilon": 1.5, "delta": 1e-5, "populations": [[steps]], "rounds": {"0" * 32: 3}, "seeded_rounds": 0,
        "approval_sha256": None, "answers": [answers],
    }  # fmt: skip


def anchor(folder: Path) -> Parser:
    from cloister.study.anchor import Anchor, Mark

    Anchor(folder, "ledger", b"k" * 32).advance(Mark(3, b"\x01" * 32))
    return Parser(
        (folder / "ledger.json").read_bytes(),
        folder_reader("ledger.json", {}, lambda place: Anchor(place, "ledger", b"k" * 32).read()),
    )


def audit_log(folder: Path) -> Parser:
    from cloister.study.audit_entry import AuditEntry
    from cloister.study.audit_log import AuditLog

    log = AuditLog(folder / "audit.sqlite", KEY, folder / "anchors")
    log.append(AuditEntry(event="started", at=NOW))
    return Parser(
        (folder / "audit.sqlite").read_bytes(),
        file_reader("audit.sqlite", lambda path: AuditLog(path, KEY, folder / "anchors").entries()),
    )


def _dataset(folder: Path) -> dict[str, bytes]:
    import pyarrow as pa

    from cloister.deid.declared import write_declared_dataset

    table = pa.table({"patient_id": ["a", "b"], "x": [1.0, 2.0], "label": ["yes", "no"]})
    write_declared_dataset(folder / "data", "table", table, site_key=KEY, collection="c", statement="made up")
    return {path.name: path.read_bytes() for path in (folder / "data").iterdir()}


def manifest(folder: Path) -> Parser:
    from cloister.study.dataset import read_manifest

    return Parser(_dataset(folder)["manifest.json"], folder_reader("manifest.json", {}, read_manifest))


def certificate(folder: Path) -> Parser:
    from cloister.study.dataset import verify_dataset

    files = _dataset(folder)
    name = "certificate.json"
    return Parser(files[name], folder_reader(name, files, lambda place: verify_dataset(place, KEY)))


def population(folder: Path) -> Parser:
    from cloister.study.population import read_population

    name = "population.sealed"
    return Parser(_dataset(folder)[name], folder_reader(name, {}, lambda place: read_population(place, KEY, "c")))


def rows(folder: Path) -> Parser:
    from cloister.tasks.dataset_rows import read_rows

    files = _dataset(folder)
    read = folder_reader("table.parquet", files, lambda place: read_rows([place], "table", ["x", "label"]))
    return Parser(files["table.parquet"], read)


def arrays(_: Path) -> Parser:
    import numpy as np

    from cloister.study.arrays import from_record, to_record

    like = {"weight": np.arange(6, dtype=np.float32).reshape(2, 3)}

    def read(data: bytes, _: Path) -> object:
        damaged = to_record(like)
        (vector,) = damaged.values()
        vector.data = data
        return from_record(damaged, like)

    (genuine,) = to_record(like).values()
    return Parser(genuine.data, read)


def compressed(_: Path) -> Parser:
    import numpy as np
    from numpy.typing import NDArray

    from cloister.study.compression.bfloat16 import Bfloat16
    from cloister.study.compression.encoding import Encoding
    from cloister.study.compression.int8 import Int8
    from cloister.study.compression.random_k import RandomK
    from cloister.study.compression.top_k import TopK

    size = 40
    encodings: list[Encoding] = [Bfloat16(size), Int8(size), RandomK(size, 4, "0" * 64, 1), TopK(size, 4)]

    def cut(data: bytes, like: NDArray[Any]) -> NDArray[Any]:
        raw = np.resize(np.frombuffer(data or b"\0", np.uint8), like.size * like.itemsize)
        # Only finite values of the right shape come this far (`cloister.study.arrays.in_record`).
        return np.nan_to_num(raw.view(like.dtype).reshape(like.shape), posinf=1, neginf=-1)

    def read(data: bytes, _: Path) -> object:
        parts = [{name: cut(data, like) for name, like in encoding.parts.items()} for encoding in encodings]
        return all_of(*(partial(encoding.decode, given) for encoding, given in zip(encodings, parts, strict=True)))

    return Parser(np.arange(size, dtype="<u4").tobytes(), read)


def accounts(folder: Path) -> Parser:
    from cloister.study.web.accounts import Accounts, Cost

    Accounts().with_account("viewer", "viewer", "three unrelated words", Cost(8, 1, 1)).write(folder / "accounts.json")

    def read(path: Path) -> object:
        return Accounts.read(path).verified("viewer", "three unrelated words")

    return Parser((folder / "accounts.json").read_bytes(), file_reader("accounts.json", read))


ISSUER: Final = "https://id.example/realm"


def oidc_settings(_: Path) -> Parser:
    from cloister.study.web.oidc_settings import OidcSettings

    genuine = f'issuer = "{ISSUER}"\nclient_id = "page"\noperators = ["admin"]\nscopes = ["profile"]\n'.encode()
    return Parser(genuine, file_reader("oidc.toml", OidcSettings.read))


JWK: Final = {
    "kty": "OKP", "crv": "Ed25519", "kid": "k", "use": "sig",
    "x": base64.urlsafe_b64encode(SIGNER.public_key().public_bytes_raw()).rstrip(b"=").decode(),
}  # fmt: skip
CLAIMS: Final = json.dumps(
    {"iss": ISSUER, "aud": "page", "exp": NOW.timestamp() + 60, "iat": NOW.timestamp(), "nonce": "n", "sub": "s",
     "preferred_username": "Ada", "groups": ["admin"]}
).encode()  # fmt: skip


def _token(claims: bytes, header: bytes = b'{"alg":"EdDSA","kid":"k"}') -> str:
    parts = [base64.urlsafe_b64encode(part).rstrip(b"=") for part in (header, claims)]
    message = b".".join(parts)
    return b".".join((message, base64.urlsafe_b64encode(SIGNER.sign(message)).rstrip(b"="))).decode()


def _claims_of(token: str, keys: list[dict[str, Any]]) -> dict[str, Any]:
    from cloister.study.web.id_token import claims_of

    return claims_of(token, keys, issuer=ISSUER, client_id="page", nonce="n", now=NOW.timestamp())


def id_token(_: Path) -> Parser:
    return Parser(_token(CLAIMS).encode(), lambda data, _: _claims_of(data.decode("utf-8", "replace"), [dict(JWK)]))


def claims(_: Path) -> Parser:
    from cloister.study.web.oidc_settings import OidcSettings

    settings = OidcSettings(issuer=ISSUER, client_id="page", operators=("admin",))
    return Parser(CLAIMS, lambda data, _: settings.role_of(_claims_of(_token(data), [dict(JWK)])))


class _Answering:
    """In place of a connection: whatever is asked gets this answer."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def __call__(self, *_: object, **__: object) -> "_Answering":
        return self

    def request(self, *_: object) -> None:
        """Nobody reads it."""

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self._answer)

    def getresponse(self) -> HTTPResponse:
        response = HTTPResponse(self)  # type: ignore[arg-type]
        response.begin()
        return response

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def _asking(answer: bytes) -> Iterator[None]:
    with mock.patch("ssl.create_default_context"), mock.patch("http.client.HTTPSConnection", _Answering(answer)):
        yield


def _answer(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def providers_answer(_: Path) -> Parser:
    from cloister.study.web.oidc_provider import OidcProvider
    from cloister.study.web.oidc_settings import OidcSettings

    provider = OidcProvider(OidcSettings(issuer=ISSUER, client_id="page", operators=("admin",)))
    addresses = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    document = {"issuer": ISSUER, **{name: f"https://id.example/{name}" for name in addresses}}

    def read(data: bytes, _: Path) -> object:
        with _asking(data):
            return provider.id_token(provider.discover(), {})

    return Parser(_answer(json.dumps({**document, "id_token": "x"}).encode()), read)


def providers_keys(_: Path) -> Parser:
    from cloister.study.errors import CloisterError
    from cloister.study.web.oidc_provider import Discovery, OidcProvider
    from cloister.study.web.oidc_settings import OidcSettings

    provider = OidcProvider(OidcSettings(issuer=ISSUER, client_id="page", operators=("admin",)))
    found = Discovery(ISSUER, ISSUER, ISSUER)
    rsa = {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "r"}
    curve = {"kty": "EC", "crv": "P-256", "x": "AQAB", "y": "AQAB", "kid": "e"}

    def read(data: bytes, _: Path) -> object:
        with _asking(_answer(data)):
            keys = provider.keys(found)
        for algorithm in (b"RS256", b"ES256"):
            with suppress(CloisterError):
                _claims_of(_token(CLAIMS, b'{"alg":"%b"}' % algorithm), keys)
        return _claims_of(_token(CLAIMS), keys)

    return Parser(json.dumps({"keys": [JWK, rsa, curve]}).encode(), read)


def page(folder: Path) -> Parser:
    """A request, of somebody signed in: target, headers, an empty line, the form's fields."""
    from cloister.study.web.accounts import VouchedUser
    from cloister.study.web.local_page import LocalPage, Tab

    made = LocalPage("north", "Site", folder, 80, "cloister.client.page", (Tab("/", "Home"),), str, mock.Mock())
    made.show("/echo/{what}", "refusal.html", lambda values, _: {"title": "x", "problem": values["what"], "remedy": ""})
    made.act("/act", lambda _, fields, __: f"/echo/{len(fields)}")
    token = made._sessions.begin(VouchedUser("Ada", "operator", "s"))
    form = made._sessions.form_token(token)
    usual = {
        b"host": b"127.0.0.1:80", b"origin": b"http://127.0.0.1:80", b"cookie": f"cloister-80={token}".encode(),
        b"content-type": b"application/x-www-form-urlencoded",
    }  # fmt: skip

    def read(data: bytes, _: Path) -> object:
        head, body = (*data.split(b"\n\n", 1), b"")[:2]
        target, *lines = head.split(b"\n")
        # Nothing else gets past h11, which serves the pages.
        path, query = (*re.sub(rb"[^!-~]", b"", target).split(b"?", 1), b"")[:2]
        told = [re.fullmatch(rb"([-!#$%&'*+.^_`|~0-9a-zA-Z]+): *([^\x00\s]+(?:[ \t]+[^\x00\s]+)*)", it) for it in lines]
        headers = {**usual, **{found[1].lower(): found[2] for found in told if found}}
        scope = {
            "type": "http", "method": "POST" if body else "GET", "path": unquote(path.decode("ascii", "replace")),
            "raw_path": path, "query_string": query, "headers": list(headers.items()), "http_version": "1.1",
            "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9), "root_path": "",
        }  # fmt: skip
        status = asyncio.run(_status(made, scope, b"form=" + form.encode() + b"&" + body))
        # What goes wrong in making a page is caught, logged and told as 500.
        assert status != 500
        return status

    return Parser(b"/act?next=/echo/x\nX-Renewal: 1\nReferer: /echo/%20y\n\nname=Ada&reason=a+b%20c", read)


async def _status(page: Any, scope: Mapping[str, Any], body: bytes) -> int:
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        statuses.append(message.get("status", 0))

    await page.app(scope, receive, send)
    return statuses[0]


PARSERS: Final[dict[str, Build]] = {
    "study": study,
    "study of a message": study_of_a_message,
    "signed study": signed_study,
    "signed document": signed_document,
    "policy": policy,
    "site.toml": site_toml,
    "coordinator.toml": coordinator_toml,
    "site key": site_key_file,
    "enrolment request": enrolment_request,
    "enrolment": enrolment,
    "privacy statement": privacy_statement,
    "anchor": anchor,
    "audit log": audit_log,
    "manifest": manifest,
    "certificate": certificate,
    "population": population,
    "rows": rows,
    "arrays": arrays,
    "compressed update": compressed,
    "accounts": accounts,
    "oidc settings": oidc_settings,
    "id token": id_token,
    "claims": claims,
    "provider's answer": providers_answer,
    "provider's keys": providers_keys,
    "page": page,
}

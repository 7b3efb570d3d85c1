"""How a site and a coordinator come to know each other: two signed documents that people carry.

1. The **request**, from the site: its public name, its identity (Ed25519) and the public half of its Flower node key,
   signed with the identity. No secret is in it.
2. The **enrolment**, from the coordinator, pinned to that site: where to dial, the authority that its TLS certificates
   come from, and the key that signs studies; signed with that key.

Neither document proves by itself who sent it. Each side reads the other's fingerprint out over the telephone; what was
compared is kept, and everything later is checked against it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from pydantic import AwareDatetime, Field, field_validator

from cloister.study.document import Document, Model, check
from cloister.study.errors import EnrolmentError, InputError
from cloister.study.fingerprint import Fingerprint
from cloister.study.key_faults import NOT_A_KEY
from cloister.study.printable import printable
from cloister.study.schema import Name
from cloister.study.signed_document import open_signed, sign

REQUEST_FORMAT = "cloister/enrolment-request/1"
ENROLMENT_FORMAT = "cloister/enrolment/1"
REQUEST_HOLDS_FOR = timedelta(days=30)
CLOCKS_DIFFER_BY = timedelta(hours=1)

PublicKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""An Ed25519 public key, hexadecimal."""
Address = Annotated[str, Field(pattern=r"^([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:]{2,39}\]):[0-9]{1,5}$")]
"""Host and port."""


class EnrolmentRequest(Document):
    """What a site tells a coordinator about itself."""

    site: Name
    identity: PublicKey
    node_key: Annotated[str, Field(max_length=512)]
    """Public half of the Flower node key: one line in OpenSSH's format, a NIST curve, no comment."""
    created: AwareDatetime
    cloister_version: Annotated[str, Field(max_length=32)]

    @field_validator("node_key")
    @classmethod
    def _is_node_key(cls, node_key: str) -> str:
        try:
            key = load_ssh_public_key(node_key.encode())
        except NOT_A_KEY:
            key = None
        if not isinstance(key, ec.EllipticCurvePublicKey) or node_key != node_key.strip() or "\n" in node_key:
            raise ValueError("not an elliptic-curve public key in OpenSSH's format")
        return node_key

    @property
    def fingerprint(self) -> Fingerprint:
        """What the site reads out and the coordinator compares."""
        return Fingerprint.of("site", self.site.encode(), bytes.fromhex(self.identity), self.node_key.encode())

    def sign(self, identity: Ed25519PrivateKey) -> bytes:
        """The request as a signed document."""
        return sign(REQUEST_FORMAT, self.model_dump(mode="json"), identity)

    @classmethod
    def open(cls, content: bytes, now: datetime) -> EnrolmentRequest:
        """A request that the identity in it signed.

        Raises:
            EnrolmentError: altered, not a request, signed by another key, or too old.
        """
        source = "the enrolment request"
        body, signer = open_signed(content, REQUEST_FORMAT, EnrolmentError, source)
        request = _checked(body, cls, source)
        if request.identity != signer:
            raise EnrolmentError(f"{source}: not signed by the identity that it names.", "Have it made again.")
        if not -CLOCKS_DIFFER_BY <= now - request.created <= REQUEST_HOLDS_FOR:
            raise EnrolmentError(
                f"{source} is of {request.created:%Y-%m-%d}: it holds for {REQUEST_HOLDS_FOR.days} days.",
                "Have the site make a new one with `cloister site request`, and check both clocks.",
            )
        return request


class CoordinatorIdentity(Document):
    """Who signs studies, and whose TLS certificates are trusted."""

    name: Name
    public_key: PublicKey
    authority: Annotated[str, Field(max_length=100_000)]
    """The certificate authority, PEM."""

    @property
    def fingerprint(self) -> Fingerprint:
        """What the coordinator reads out, the same to every site."""
        return Fingerprint.of(
            "coordinator", self.name.encode(), bytes.fromhex(self.public_key), self.authority.encode()
        )


class Enrolment(Document):
    """The coordinator's answer to one site's request."""

    schema_version: Literal[1] = 1
    site: Name
    identity: PublicKey
    node_key: Annotated[str, Field(max_length=512)]
    coordinator: CoordinatorIdentity
    address: Address
    issued: AwareDatetime
    expires: AwareDatetime

    def sign(self, key: Ed25519PrivateKey) -> bytes:
        """The enrolment as a signed document."""
        return sign(ENROLMENT_FORMAT, self.model_dump(mode="json"), key)

    @classmethod
    def open(cls, content: bytes, signer: str | None = None) -> Enrolment:
        """An enrolment that the coordinator named in it signed; `signer` as in `open_signed`.

        Raises:
            EnrolmentError: altered, not an enrolment, or signed by another key.
        """
        source = "the enrolment"
        body, signed_by = open_signed(content, ENROLMENT_FORMAT, EnrolmentError, source, signer)
        enrolment = _checked(body, cls, source)
        if enrolment.coordinator.public_key != signed_by:
            raise EnrolmentError(f"{source}: not signed by the coordinator that it names.", "Have it made again.")
        return enrolment

    def check_time(self, now: datetime) -> None:
        """Refuse an enrolment that does not hold at a time.

        Raises:
            EnrolmentError: it has run out, or not begun.
        """
        if now > self.expires or now + CLOCKS_DIFFER_BY < self.issued:
            raise EnrolmentError(
                f"The enrolment of {self.site} holds from {self.issued:%Y-%m-%d} to {self.expires:%Y-%m-%d}.",
                "Make a new request with `cloister site request` for the coordinator, and check this machine's clock.",
            )


def _checked(body: object, model: type[Model], source: str) -> Model:
    try:
        return check(body, model, InputError, source)
    except InputError as problem:
        raise EnrolmentError(printable(problem.message), printable(problem.remedy)) from None

"""A site's side of enrolment: its Flower node key, its request, the enrolment it accepted.

    enrolment/node.key         private half of the Flower node key (P-384, OpenSSH); it never leaves
    enrolment/node-next.key    the next one, until the coordinator's answer to it is accepted
    enrolment/request.json     to carry to the coordinator; no secret is in it
    enrolment/accepted.json    the coordinator's answer and who accepted it, signed with the site key
    enrolment/ca.crt           the authority that the coordinator's TLS certificates come from

What was accepted is the only thing that later tells whose studies this site looks at.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from importlib import metadata
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from cloister.client.signed_record import read_record, write_record
from cloister.client.site_audit import record
from cloister.client.site_folder import SiteFolder
from cloister.study import atomic
from cloister.study.audit_entry import person
from cloister.study.enrolment import Enrolment, EnrolmentRequest
from cloister.study.errors import EnrolmentError, InputError, MissingFileError, TransportCertificateError
from cloister.study.fingerprint import fault_of
from cloister.study.key_faults import NOT_A_KEY

_NODE_KEY, _NEXT_NODE_KEY = "node.key", "node-next.key"
_REQUEST, _ACCEPTED, _AUTHORITY = "request.json", "accepted.json", "ca.crt"
_BAD_CERTIFICATE = (
    *NOT_A_KEY,
    x509.InvalidVersion,
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


def node_key_file(site: SiteFolder) -> Path:
    """The node key that Flower's SuperNode uses."""
    return site.enrolment / _NODE_KEY


def authority_file(site: SiteFolder) -> Path:
    """The authority that Flower's SuperNode trusts."""
    return site.enrolment / _AUTHORITY


def request_file(site: SiteFolder) -> Path:
    """Where the request is written."""
    return site.enrolment / _REQUEST


def request_enrolment(site: SiteFolder, now: datetime, *, new_node_key: bool = False) -> EnrolmentRequest:
    """Write a request for the coordinator.

    Args:
        site: the opened folder.
        now: the time, with its zone.
        new_node_key: ask with a new node key. The one in use stays so until the answer is accepted.

    Raises:
        InputError: the node key in the folder is not one.
    """
    folder = site.enrolment
    name = _NEXT_NODE_KEY if new_node_key and (folder / _NODE_KEY).exists() else _NODE_KEY
    if new_node_key or not (folder / name).exists():
        _make_node_key(folder / name)
    request = EnrolmentRequest(
        site=site.config.name,
        identity=site.key.identity.public_key().public_bytes_raw().hex(),
        node_key=_public_half(folder / name),
        created=now,
        cloister_version=metadata.version("cloister"),
    )
    content = request.sign(site.key.identity)
    record(site, "request-written", now, sha256=hashlib.sha256(content).hexdigest())
    atomic.write_bytes(folder / _REQUEST, content)
    return request


def accept_enrolment(
    site: SiteFolder, content: bytes, said: str, accepted_by: str, now: datetime, *, replace: bool = False
) -> Enrolment:
    """Accept a coordinator's answer: from then on its studies are looked at.

    Args:
        site: the opened folder.
        content: the answer's bytes.
        said: the coordinator's fingerprint as its people say it, in words or digits.
        accepted_by: who accepts.
        now: the time, with its zone.
        replace: accept another coordinator than the one accepted before.

    Raises:
        EnrolmentError: altered, for another site or key, out of date, another fingerprint, or another coordinator.
        TransportCertificateError: the authority in it is none, or out of date.
        InputError: the name cannot stand in the audit log.
    """
    enrolment = Enrolment.open(content)
    _check_pinned(site, enrolment, now)
    if fault := fault_of(said):
        raise EnrolmentError(fault, "Give the whole of it, as the people at the other end read it out.")
    if not enrolment.coordinator.fingerprint.matches(said):
        raise EnrolmentError(
            # Not which: that would be what makes a swapped enrolment pass.
            "The enrolment has another fingerprint than the one given.",
            "Have the coordinator, under a number that you know, read it out once more: `cloister server fingerprint` "
            "prints it there. If it differs again, have the enrolment sent by another way.",
        )
    _check_authority(enrolment.coordinator.authority, now)
    folder = site.enrolment
    if not replace and (folder / _ACCEPTED).exists() and accepted_enrolment(site).coordinator != enrolment.coordinator:
        raise EnrolmentError(
            f"{site.config.name} is enrolled with another coordinator, or with other keys of the same.",
            "If that is meant, accept it with --replace.",
        )
    record(
        site,
        "enrolment-accepted",
        now,
        by=person(accepted_by),
        sha256=hashlib.sha256(content).hexdigest(),
        until=enrolment.expires,
    )
    if enrolment.node_key != _public_half_if_any(folder / _NODE_KEY):
        (folder / _NEXT_NODE_KEY).replace(folder / _NODE_KEY)
    atomic.write_text(folder / _AUTHORITY, enrolment.coordinator.authority)
    accepted = {
        "schema_version": 1,
        "enrolment": content.decode(),
        "accepted_by": accepted_by,
        "accepted_at": now.isoformat(timespec="seconds"),
    }
    write_record(site, folder / _ACCEPTED, "accepted-enrolment", accepted)
    return enrolment


def read_enrolment(site: SiteFolder, now: datetime) -> Enrolment:
    """What this site accepted.

    Raises:
        EnrolmentError: nothing, or it was altered, or it has run out.
    """
    enrolment = accepted_enrolment(site)
    enrolment.check_time(now)
    return enrolment


def accepted_enrolment(site: SiteFolder) -> Enrolment:
    """The same, whether or not it holds now.

    Raises:
        EnrolmentError: nothing, or it was altered.
    """
    path = site.enrolment / _ACCEPTED
    try:
        accepted = read_record(site, path, "accepted-enrolment")
    except FileNotFoundError:
        raise EnrolmentError(
            f"{site.config.name} is not enrolled with a coordinator.",
            "`cloister site request` makes the request; accept the answer with `cloister site accept`.",
        ) from None
    if accepted is None or "enrolment" not in accepted:
        raise EnrolmentError(
            f"{path}: was altered, or another key signed it.",
            "Find out who changed it, then accept the coordinator's answer again with --replace.",
        )
    return Enrolment.open(str(accepted["enrolment"]).encode())


def _check_pinned(site: SiteFolder, enrolment: Enrolment, now: datetime) -> None:
    own = site.key.identity.public_key().public_bytes_raw().hex()
    if (enrolment.site, enrolment.identity) != (site.config.name, own):
        raise EnrolmentError(
            f"The enrolment is for {enrolment.site} with identity {enrolment.identity[:16]}…, not for this site.",
            "Ask the coordinator for the one that answers your request.",
        )
    folder = site.enrolment
    keys = {_public_half_if_any(folder / _NODE_KEY), _public_half_if_any(folder / _NEXT_NODE_KEY)}
    if enrolment.node_key not in keys:
        raise EnrolmentError(
            "The enrolment is for a node key that is not here.", "Carry over the newest request, and accept its answer."
        )
    enrolment.check_time(now)


def _check_authority(pem: str, now: datetime) -> None:
    remedy = "Have the coordinator enrol this site again with its present authority."
    try:
        certificates = x509.load_pem_x509_certificates(pem.encode())
        are_authorities = all(
            certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
            for certificate in certificates
        )
    except _BAD_CERTIFICATE:
        are_authorities, certificates = False, []
    if not are_authorities:
        raise TransportCertificateError("The enrolment's authority is not a certificate authority.", remedy)
    for certificate in certificates:
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            until = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
            raise TransportCertificateError(f"The enrolment's authority does not hold now (until {until}).", remedy)


def _make_node_key(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    atomic.write_bytes(path, private, mode=0o600)


def _public_half(path: Path) -> str:
    try:
        key = load_ssh_private_key(path.read_bytes(), None)
    except FileNotFoundError:
        raise MissingFileError(path, "node key", "Make one with `cloister site request`.") from None
    except NOT_A_KEY:
        raise InputError(
            f"{path}: not a node key.", "Move it away, and make one with `cloister site request`."
        ) from None
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _public_half_if_any(path: Path) -> str | None:
    return _public_half(path) if path.exists() else None

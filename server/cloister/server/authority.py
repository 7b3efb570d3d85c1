"""The federation's own certificate authority, and the TLS certificates of the coordinator's server.

One authority, which signs nothing but the server's certificates: sites trust it and no other for this connection, so a
certificate that any public authority was talked into does not help an attacker. Elliptic curve P-384 throughout, which
every TLS stack in the path (Flower's, a reverse proxy's) takes.

Rotation is a new server certificate under the same authority: sites notice nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from cloister.study.errors import InputError, TransportCertificateError
from cloister.study.key_faults import NOT_A_KEY

AUTHORITY_DAYS, SERVER_DAYS = 3650, 365
_BEGINS_EARLIER_BY = timedelta(hours=1)
"""Clocks of sites may be behind."""
_REMEDY = "Make a new one with `cloister server rotate`, or bring your institution's with --certificate and --key."


def make_authority(name: str, now: datetime) -> tuple[bytes, bytes]:
    """A new authority that may sign server certificates and nothing below itself.

    Returns:
        Certificate and private key, PEM.
    """
    key = ec.generate_private_key(ec.SECP384R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Cloister authority of {name}"[:64])])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        _begun(subject, subject, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(identifier, critical=False)
    )
    return _pem(builder.sign(key, SHA384())), _private_pem(key)


def make_server_certificate(
    authority: bytes, authority_key: bytes, hosts: Sequence[str], now: datetime
) -> tuple[bytes, bytes]:
    """A new key and its certificate for some host names or IP addresses.

    Args:
        authority: the authority's certificate, PEM.
        authority_key: its private key, PEM.
        hosts: what is dialled; the first one becomes the subject.
        now: the time, with its zone.

    Returns:
        Certificate and private key, PEM.

    Raises:
        TransportCertificateError: the authority is out of date, or the key is not its.
    """
    issuer, signer = read_certificate(authority, "the authority"), _read_key(authority_key, "the authority's key")
    if _public(signer) != _public_of(issuer) or not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TransportCertificateError("The authority's key is not the one of its certificate.", "Restore both.")
    days = min(SERVER_DAYS, (issuer.not_valid_after_utc - now).days)
    if days < 1:
        raise TransportCertificateError(
            f"The authority ran out on {issuer.not_valid_after_utc:%Y-%m-%d}.",
            "Begin anew with `cloister server init`, and enrol every site again.",
        )
    key = ec.generate_private_key(ec.SECP384R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])])
    names = x509.SubjectAlternativeName([_name_of(host) for host in hosts])
    builder = (
        _begun(subject, issuer.subject, key.public_key(), now, days)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    return _pem(builder.sign(signer, SHA384())), _private_pem(key)


def check_server_certificate(
    certificate: bytes, key: bytes, authority: bytes, hosts: Sequence[str], now: datetime
) -> datetime:
    """Refuse a server certificate that a site would not accept.

    Args:
        certificate: PEM; the certificate first, intermediate ones after it.
        key: its private key, PEM.
        authority: the certificates that sites trust, PEM.
        hosts: what sites dial.
        now: the time, with its zone.

    Returns:
        When it runs out.

    Raises:
        TransportCertificateError: out of date, for other names, of another authority, or of another key.
        InputError: a host is neither a name nor an address.
    """
    leaf, *between = _read_certificates(certificate, "the server's certificate")
    if _public(_read_key(key, "the server's key")) != _public_of(leaf):
        raise TransportCertificateError(
            "The server's key is not the one of its certificate.", "Bring the matching pair."
        )
    check_dates(leaf, "The server's certificate", now)
    store = Store(_read_certificates(authority, "the authority"))
    for host in hosts:
        try:
            verifier = PolicyBuilder().store(store).time(now).build_server_verifier(_name_of(host))
        except ValueError:
            raise InputError(
                f"{host!r} is neither a host name nor an IP address.",
                "Give what sites dial without port and brackets, such as coordinator.example; the port is --port.",
            ) from None
        try:
            verifier.verify(leaf, between)
        except (VerificationError, *NOT_A_KEY) as problem:
            raise TransportCertificateError(
                f"The server's certificate is not one that sites would accept for {host}: {problem}.", _REMEDY
            ) from None
    return leaf.not_valid_after_utc


def check_dates(certificate: x509.Certificate, what: str, now: datetime) -> None:
    """Refuse a certificate that does not hold at a time.

    Raises:
        TransportCertificateError: it ran out, or has not begun.
    """
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begin <= now <= end:
        raise TransportCertificateError(f"{what} holds from {begin:%Y-%m-%d} to {end:%Y-%m-%d}.", _REMEDY)


def read_certificate(pem: bytes, what: str) -> x509.Certificate:
    """The first certificate of a PEM file.

    Raises:
        TransportCertificateError: there is none.
    """
    return _read_certificates(pem, what)[0]


def _read_certificates(pem: bytes, what: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except (*NOT_A_KEY, x509.InvalidVersion):
        raise TransportCertificateError(f"{what}: not a certificate in PEM format.", "Bring the PEM file.") from None


def _read_key(pem: bytes, what: str) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(pem, None)
    except NOT_A_KEY:
        raise TransportCertificateError(
            f"{what}: not a private key in PEM format without password.", "Bring the PEM file."
        ) from None


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEGINS_EARLIER_BY)
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _name_of(host: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _public(key: PrivateKeyTypes) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _public_of(certificate: x509.Certificate) -> bytes:
    try:
        public = certificate.public_key()
    except NOT_A_KEY:
        raise TransportCertificateError("The server's certificate has no key that is known here.", _REMEDY) from None
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

"""Certificates of the federation's authority are accepted by an independent verifier, and bad ones are told apart."""

import base64
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from cloister.server.authority import (
    AUTHORITY_DAYS,
    SERVER_DAYS,
    check_server_certificate,
    make_authority,
    make_server_certificate,
)
from cloister.study.errors import TransportCertificateError

NOW = datetime.now(UTC)
AUTHORITY, AUTHORITY_KEY = make_authority("heart", NOW)
HOSTS = ("coordinator.example", "192.0.2.7")
CERTIFICATE, KEY = make_server_certificate(AUTHORITY, AUTHORITY_KEY, HOSTS, NOW)


def test_it_holds_for_its_hosts_and_a_year() -> None:
    until = check_server_certificate(CERTIFICATE, KEY, AUTHORITY, HOSTS, NOW)
    assert abs(until - NOW - timedelta(days=SERVER_DAYS)) < timedelta(minutes=1)


def test_openssl_agrees(tmp_path: Path) -> None:
    (tmp_path / "ca").write_bytes(AUTHORITY)
    (tmp_path / "crt").write_bytes(CERTIFICATE)
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(tmp_path / "ca")]
    for kind, value, right in (
        ("hostname", "coordinator.example", True),
        ("ip", "192.0.2.7", True),
        ("hostname", "other.example", False),
    ):
        check = [*command, f"-verify_{kind}", value, str(tmp_path / "crt")]
        done = subprocess.run(check, capture_output=True, check=False)
        assert (done.returncode == 0) == right, (value, done.stderr)


def test_the_authority_may_sign_servers_and_no_further_authority() -> None:
    constraints = x509.load_pem_x509_certificate(AUTHORITY).extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    leaf = x509.load_pem_x509_certificate(CERTIFICATE).extensions
    assert not leaf.get_extension_for_class(x509.BasicConstraints).value.ca
    assert leaf.get_extension_for_class(x509.KeyUsage).value.key_cert_sign is False


def self_signed() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOSTS[0])])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOSTS[0])]), critical=False)
        .sign(key, SHA256())
    )  # fmt: skip
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM), private


def test_certificates_that_a_site_would_not_accept_are_refused_with_the_reason() -> None:
    other, other_key = make_authority("heart", NOW)
    ed_key = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    later, earlier = NOW + timedelta(days=SERVER_DAYS + 1), NOW - timedelta(days=2)
    cases: dict[str, list[tuple[bytes, bytes, bytes, tuple[str, ...], datetime]]] = {
        "holds from": [(CERTIFICATE, KEY, AUTHORITY, HOSTS, later), (CERTIFICATE, KEY, AUTHORITY, HOSTS, earlier)],
        "accept for other.example": [(CERTIFICATE, KEY, AUTHORITY, ("other.example",), NOW)],
        "accept for 192.0.2.8": [(CERTIFICATE, KEY, AUTHORITY, ("192.0.2.8",), NOW)],
        "accept for coordinator.example": [
            (CERTIFICATE, KEY, other, HOSTS, NOW),
            (*self_signed(), AUTHORITY, HOSTS[:1], NOW),
        ],
        "not the one of its certificate": [
            (CERTIFICATE, other_key, AUTHORITY, HOSTS, NOW),
            (CERTIFICATE, ed_key, AUTHORITY, HOSTS, NOW),
        ],
        "PEM": [(b"", KEY, AUTHORITY, HOSTS, NOW), (CERTIFICATE, b"", AUTHORITY, HOSTS, NOW),
                (CERTIFICATE, KEY, b"x", HOSTS, NOW)],
    }  # fmt: skip
    for reason, calls in cases.items():
        for call in calls:
            with pytest.raises(TransportCertificateError, match=reason):
                check_server_certificate(*call)


def test_a_certificate_of_no_version_or_key_is_refused() -> None:
    certificate = x509.load_pem_x509_certificate(CERTIFICATE)
    public, der = certificate.public_key(), certificate.public_bytes(Encoding.DER)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    for said, instead in ((b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x25"), (point, b"\x05" + point[1:])):
        assert der.count(said) == 1
        damaged = ssl.DER_cert_to_PEM_cert(der.replace(said, instead)).encode()
        with pytest.raises(TransportCertificateError, match=r"not a certificate|no key"):
            check_server_certificate(damaged, KEY, AUTHORITY, HOSTS, NOW)


def test_an_authority_signs_nothing_with_a_strange_key_or_after_its_end() -> None:
    _, other_key = make_authority("other", NOW)
    with pytest.raises(TransportCertificateError, match="not the one of its certificate"):
        make_server_certificate(AUTHORITY, other_key, HOSTS, NOW)
    with pytest.raises(TransportCertificateError, match="ran out"):
        make_server_certificate(AUTHORITY, AUTHORITY_KEY, HOSTS, NOW + timedelta(days=AUTHORITY_DAYS))
    late = NOW + timedelta(days=AUTHORITY_DAYS - 10)
    last, key = make_server_certificate(AUTHORITY, AUTHORITY_KEY, HOSTS, late)
    assert check_server_certificate(last, key, AUTHORITY, HOSTS, late) <= NOW + timedelta(days=AUTHORITY_DAYS)


def test_a_certificate_whose_names_are_no_texts_is_refused() -> None:
    """The library fails over its own words for it: the subject is part of them."""
    der = base64.b64decode(b"".join(CERTIFICATE.splitlines()[1:-1])).replace(b"coordinator", b"\xff" * 11)
    damaged = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"
    with pytest.raises(TransportCertificateError, match="not one that sites would accept"):
        check_server_certificate(damaged, KEY, AUTHORITY, HOSTS, NOW)

"""An ID token is believed only where it is this provider's, for this page, for this sign-in, and now."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from cloister.study.errors import SignInRefusedError
from cloister.study.web.id_token import LARGEST, LEEWAY, claims_of

ISSUER, CLIENT, NONCE, NOW = "https://id.hospital.example/realm", "cloister", "n" * 43, 1_800_000_000
RSA, EC, ED = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey
EDWARDS = ED.generate()
Header = dict[str, Any]


def text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def number(value: int) -> str:
    return text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def rsa_jwk(key: rsa.RSAPrivateKey, **more: str) -> dict[str, str]:
    public = key.public_key().public_numbers()
    return {"kty": "RSA", "kid": "rsa", "n": number(public.n), "e": number(public.e), **more}


CURVE = EC.public_key().public_numbers()
KEYS: list[dict[str, str]] = [
    rsa_jwk(RSA),
    {
        "kty": "EC",
        "crv": "P-256",
        "kid": "ec",
        "x": text(CURVE.x.to_bytes(32, "big")),
        "y": text(CURVE.y.to_bytes(32, "big")),
    },
    {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": text(EDWARDS.public_key().public_bytes_raw())},
]


def ecdsa(message: bytes) -> bytes:
    r, s = decode_dss_signature(EC.sign(message, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def pss(message: bytes) -> bytes:
    return RSA.sign(message, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())


def pkcs(message: bytes) -> bytes:
    return RSA.sign(message, padding.PKCS1v15(), SHA256())


SIGNERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "RS256": ("rsa", pkcs), "PS256": ("rsa", pss), "ES256": ("ec", ecdsa), "EdDSA": ("ed", EDWARDS.sign),
}  # fmt: skip


def claims(**changed: Any) -> dict[str, Any]:
    honest = {
        "iss": ISSUER, "aud": CLIENT, "sub": "17", "exp": NOW + 300, "iat": NOW - 1, "nonce": NONCE,
        "preferred_username": "mlee", "groups": ["operators"],
    }  # fmt: skip
    return {name: value for name, value in {**honest, **changed}.items() if value is not None}


def signed(header: Header, body: bytes, sign: Callable[[bytes], bytes]) -> str:
    message = f"{text(json.dumps(header).encode())}.{text(body)}"
    return f"{message}.{text(sign(message.encode()))}"


def token(algorithm: str = "RS256", header: Header | None = None, **changed: Any) -> str:
    kid, sign = SIGNERS[algorithm]
    return signed({"alg": algorithm, "kid": kid, **(header or {})}, json.dumps(claims(**changed)).encode(), sign)


def opened(given: str, keys: list[dict[str, str]] = KEYS) -> dict[str, Any]:
    return claims_of(given, keys, issuer=ISSUER, client_id=CLIENT, nonce=NONCE, now=NOW)


@pytest.mark.parametrize("algorithm", SIGNERS)
def test_a_proper_token_is_believed(algorithm: str) -> None:
    assert opened(token(algorithm)) == claims()
    assert opened(token(algorithm, aud=[CLIENT, "other"], azp=CLIENT))["azp"] == CLIENT
    assert opened(token(algorithm, exp=NOW - LEEWAY + 1, iat=NOW + LEEWAY, nbf=NOW + LEEWAY))["sub"] == "17"


# RFC 7515, appendices A.2 and A.3: tokens of somebody called joe, for nobody.
RFC_BODY = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
RFC = {
    "RS256": (
        f"eyJhbGciOiJSUzI1NiJ9.{RFC_BODY}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc"
        "_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L0"
        "7Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs9"
        "8rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        {
            "kty": "RSA",
            "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT"
            "-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7"
            "WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kz"
            "k2PAcDTW9gb54h4FRWyuXpoQ",
            "e": "AQAB",
        },
    ),
    "ES256": (
        f"eyJhbGciOiJFUzI1NiJ9.{RFC_BODY}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3"
        "-Kg6NU1Q",
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        },
    ),
}


@pytest.mark.parametrize("name", RFC)
def test_the_standards_own_signatures_hold_and_no_others(name: str) -> None:
    given, key = RFC[name]
    with pytest.raises(SignInRefusedError, match="for somebody else"):
        claims_of(given, [key], issuer="joe", client_id=CLIENT, nonce=NONCE, now=NOW)
    head, body, signature = given.split(".")
    other = ("A" if signature[0] != "A" else "B") + signature[1:]
    with pytest.raises(SignInRefusedError, match="signature"):
        claims_of(f"{head}.{body}.{other}", [key], issuer="joe", client_id=CLIENT, nonce=NONCE, now=NOW)


WRONG_CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    "wrong issuer": ({"iss": "https://evil.example"}, "another issuer"),
    "issuer with a slash more": ({"iss": f"{ISSUER}/"}, "another issuer"),
    "no issuer": ({"iss": None}, "another issuer"),
    "wrong audience": ({"aud": "another-page"}, "somebody else"),
    "part of the audience": ({"aud": f"{CLIENT}-two"}, "somebody else"),
    "no audience": ({"aud": None}, "somebody else"),
    "audience of another kind": ({"aud": {CLIENT: 1}}, "somebody else"),
    "several audiences, nobody in particular": ({"aud": [CLIENT, "other"]}, "somebody else"),
    "given to another client": ({"azp": "other"}, "somebody else"),
    "expired": ({"exp": NOW - LEEWAY}, "ran out"),
    "no end": ({"exp": None}, "no time"),
    "an end that is a text": ({"exp": "9999999999"}, "no time"),
    "an end that is true": ({"exp": True}, "no time"),
    "an end that no clock will show": ({"exp": 10**400}, "no time"),
    "from the future": ({"iat": NOW + LEEWAY + 1}, "not valid yet"),
    "without a beginning": ({"iat": None}, "no time"),
    "not yet": ({"nbf": NOW + LEEWAY + 1}, "not valid yet"),
    "of another sign-in": ({"nonce": "m" * 43}, "another sign-in"),
    "of no sign-in": ({"nonce": None}, "another sign-in"),
    "a nonce that is no text": ({"nonce": "\ud800"}, "another sign-in"),
    "of nobody": ({"sub": None}, "nobody"),
    "of somebody without a name": ({"sub": ""}, "nobody"),
}


@pytest.mark.parametrize(("changed", "why"), WRONG_CLAIMS.values(), ids=WRONG_CLAIMS.keys())
def test_wrong_claims_are_refused_however_well_signed(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(SignInRefusedError, match=why):
        opened(token(**changed))


PUBLIC_PEM = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
STRANGER = rsa.generate_private_key(65537, 2048)
BODY = json.dumps(claims()).encode()


def mac(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda message: hmac.digest(secret, message, hashlib.sha256)


def by_stranger(message: bytes) -> bytes:
    return STRANGER.sign(message, padding.PKCS1v15(), SHA256())


ALPHABET = ascii_uppercase + ascii_lowercase + digits + "-_"
FORGED: dict[str, str] = {
    "alg none": signed({"alg": "none", "kid": "rsa"}, BODY, lambda _: b""),
    "alg None": signed({"alg": "None", "kid": "rsa"}, BODY, lambda _: b"x"),
    "no alg": signed({"kid": "rsa"}, BODY, pkcs),
    "alg that is a list": signed({"alg": ["RS256"], "kid": "rsa"}, BODY, pkcs),
    "the public key as a secret": signed({"alg": "HS256", "kid": "rsa"}, BODY, mac(PUBLIC_PEM)),
    "the modulus as a secret": signed({"alg": "HS256", "kid": "rsa"}, BODY, mac(KEYS[0]["n"].encode())),
    "the public key as a secret, called RS256": signed({"alg": "RS256", "kid": "rsa"}, BODY, mac(PUBLIC_PEM)),
    "a curve's key for RSA": signed({"alg": "RS256", "kid": "ec"}, BODY, ecdsa),
    "an RSA key for a curve": signed({"alg": "ES256", "kid": "rsa"}, BODY, pkcs),
    "another key under the name": signed({"alg": "RS256", "kid": "rsa"}, BODY, by_stranger),
    "a key of its own": signed({"alg": "RS256", "kid": "rsa", "jwk": rsa_jwk(STRANGER)}, BODY, by_stranger),
    "a key of its own, under a name of its own": signed(
        {"alg": "RS256", "kid": "mine", "jwk": rsa_jwk(STRANGER, kid="mine")}, BODY, by_stranger
    ),
    "keys from elsewhere": signed({"alg": "RS256", "kid": "mine", "jku": "https://evil.example"}, BODY, by_stranger),
    "an unknown name": signed({"alg": "RS256", "kid": "rsb"}, BODY, pkcs),
    "a name that is a path": signed({"alg": "RS256", "kid": "../../dev/null"}, BODY, pkcs),
    "an extension": token(header={"crit": ["exp"]}),
    "an unencoded payload": token(header={"b64": False}),
    "a signature in DER": signed({"alg": "ES256", "kid": "ec"}, BODY, lambda m: EC.sign(m, ec.ECDSA(SHA256()))),
    "a signature of zeros": signed({"alg": "ES256", "kid": "ec"}, BODY, lambda _: bytes(64)),
    "another's signature": ".".join([*token(sub="18").split(".")[:2], token().split(".")[2]]),
    "no signature": token().rpartition(".")[0] + ".",
    "two parts": token().rpartition(".")[0],
    "five parts": f"{token()}.a.b",
    "nothing": "",
    "padded": f"{token()}=",
    "the same signature, written otherwise": token()[:-1] + ALPHABET[ALPHABET.index(token()[-1]) ^ 1],
    "a line end": f"{token()}\n",
    "a claim twice": signed({"alg": "RS256", "kid": "rsa"}, b'{"sub": "18", ' + BODY[1:], pkcs),
    "an infinite end": signed({"alg": "RS256", "kid": "rsa"}, BODY.replace(b"1800000300", b"Infinity"), pkcs),
    "a list": signed({"alg": "RS256", "kid": "rsa"}, b"[]", pkcs),
    "nested deeply": signed({"alg": "RS256", "kid": "rsa"}, b"[" * 15_000, pkcs),
    "not UTF-8": signed({"alg": "RS256", "kid": "rsa"}, b'{"\xff": 1}', pkcs),
    "large": token(padding="x" * LARGEST),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_a_forged_token_is_refused(forged: str) -> None:
    with pytest.raises(SignInRefusedError):
        opened(forged)


@pytest.mark.parametrize(
    "key",
    [
        rsa_jwk(RSA, use="enc"),
        rsa_jwk(RSA, alg="PS256"),
        rsa_jwk(RSA, e=""),
        rsa_jwk(RSA, e="AQAA"),
        {"kty": "RSA", "kid": "rsa"},
        {"kty": "oct", "kid": "rsa", "k": text(PUBLIC_PEM)},
    ],
    ids=["for encryption", "for another algorithm", "no exponent", "an even exponent", "nothing in it", "a secret"],
)
def test_a_key_that_is_not_for_this_is_not_used(key: dict[str, str]) -> None:
    with pytest.raises(SignInRefusedError):
        opened(token(), [key])


def test_a_short_rsa_key_is_not_used() -> None:
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 (that is the point)
    given = signed(
        {"alg": "RS256", "kid": "rsa"}, BODY, lambda message: short.sign(message, padding.PKCS1v15(), SHA256())
    )
    with pytest.raises(SignInRefusedError, match="signature"):
        opened(given, [rsa_jwk(short)])


def test_a_token_that_names_no_key_needs_the_provider_to_have_one_only() -> None:
    given = signed({"alg": "RS256"}, BODY, pkcs)
    assert opened(given)["sub"] == "17"
    with pytest.raises(SignInRefusedError, match="its key"):
        opened(given, [*KEYS, rsa_jwk(STRANGER, kid="second")])


@given(st.sampled_from(sorted(SIGNERS)), st.integers(0, 10**6), st.characters())
def test_no_other_character_anywhere_passes(algorithm: str, place: int, other: str) -> None:
    given = GENUINE[algorithm]
    place %= len(given)
    if given[place] != other:
        with pytest.raises(SignInRefusedError):
            opened(given[:place] + other + given[place + 1 :])


@given(st.text() | st.lists(st.binary(max_size=40), min_size=3, max_size=3).map(lambda p: ".".join(map(text, p))))
def test_anything_else_is_refused_with_a_typed_error(given: str) -> None:
    with pytest.raises(SignInRefusedError):
        opened(given)


GENUINE = {algorithm: token(algorithm) for algorithm in SIGNERS}

"""Whether an ID token is this provider's, for this page, for this sign-in, now (OpenID Connect Core 1.0, 3.1.3.7).

In this order; what fails ends it:

1. Three parts of strict base64url (RFC 7515), header and claims JSON objects in which no name stands twice.
2. The algorithm is one of `ALGORITHMS`: all are signatures with a public key. `none` and HMAC are not among them, so
   that no public key can serve as a secret. No critical extension is asked for.
3. The key is one that the provider publishes (RFC 7517): named by the token, made for signatures, and of the one type
   and size that goes with the algorithm. Keys or addresses in the token itself are not looked at.
4. The signature (RFC 7518; EdDSA: RFC 8037), by PyJWT.
5. `iss`, `aud` and `azp`, `exp`, `nbf` and `iat`, `nonce`, `sub`.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWS
from jwt.exceptions import InvalidKeyError, PyJWTError

from cloister.study.errors import SignInRefusedError

ALGORITHMS: Final = {
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "EdDSA": ("OKP", "Ed25519"),
}
"""Algorithm -> type and curve of its keys."""
LEEWAY: Final = 60
"""Seconds that the two clocks may differ."""
LARGEST: Final = 32 * 1024
"""Characters of a token."""
LONGEST_SUBJECT: Final = 255
"""ASCII characters of `sub` (section 2)."""
_PUBLIC: Final = ("kty", "crv", "x", "y", "n", "e")
_LEAST_RSA_BITS, _MOST_RSA_BITS = 2048, 8192
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")

Claims: TypeAlias = dict[str, Any]


def claims_of(
    token: str, keys: Sequence[Mapping[str, Any]], *, issuer: str, client_id: str, nonce: str, now: float
) -> Claims:
    """The claims of a token that passed every check.

    Args:
        token: in compact form.
        keys: the provider's, as JSON Web Keys.
        issuer: the provider, to the letter.
        client_id: whom the token must be for.
        nonce: of the request that this sign-in began with.
        now: seconds since 1970.

    Raises:
        SignInRefusedError: it did not pass.
    """
    parts = token.split(".") if len(token) <= LARGEST else []
    if len(parts) != 3:
        raise _refusal("it is no signed token")
    header, claims = _object(parts[0]), _object(parts[1])
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise _refusal("its algorithm is not allowed")
    if "crit" in header or "b64" in header:
        raise _refusal("it asks for an extension")
    _bytes(parts[2])
    _verify(token, algorithm, _key(keys, algorithm, header.get("kid")))
    _check(claims, issuer, client_id, nonce, now)
    return claims


def json_object(text: str | bytes) -> dict[str, Any]:
    """A JSON object in which no name stands twice, and no number is none.

    Raises:
        ValueError: it is anything else.
    """
    found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found


def _refusal(why: str) -> SignInRefusedError:
    return SignInRefusedError(
        f"The identity provider's token was not accepted: {why}.", "Try again; report it if it stays."
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(_: str) -> float:
    raise ValueError("no number")


def _bytes(part: str) -> bytes:
    if not _BASE64URL.fullmatch(part) or len(part) % 4 == 1:
        raise _refusal("it is not base64url")
    found = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if base64.urlsafe_b64encode(found).rstrip(b"=") != part.encode():
        raise _refusal("it is not base64url")
    return found


def _object(part: str) -> dict[str, Any]:
    try:
        return json_object(_bytes(part))
    except (ValueError, RecursionError):
        raise _refusal("it holds no JSON object") from None


def _key(keys: Sequence[Mapping[str, Any]], algorithm: str, name: object) -> Mapping[str, Any]:
    kind, curve = ALGORITHMS[algorithm]
    fitting = [
        key
        for key in keys
        if (key.get("kty"), key.get("crv")) == (kind, curve)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (name is None or key.get("kid") == name)
    ]
    if len(fitting) != 1:
        raise _refusal("its key is not one that the provider publishes")
    return fitting[0]


def _verify(token: str, algorithm: str, key: Mapping[str, Any]) -> None:
    try:
        public = PyJWK({name: key[name] for name in _PUBLIC if name in key}, algorithm).key
        if isinstance(public, RSAPublicKey) and not _LEAST_RSA_BITS <= public.key_size <= _MOST_RSA_BITS:
            raise InvalidKeyError
        PyJWS([algorithm]).decode(token, public, [algorithm])
    except (PyJWTError, ValueError, KeyError, TypeError):
        raise _refusal("its signature is not the provider's") from None


def _check(claims: Claims, issuer: str, client_id: str, nonce: str, now: float) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != issuer:
        raise _refusal("another issuer's")
    if client_id not in audiences or (len(audiences) > 1 and "azp" not in claims):
        raise _refusal("for somebody else")
    if claims.get("azp", client_id) != client_id:
        raise _refusal("for somebody else")
    if _moment(claims, "exp") <= now - LEEWAY:
        raise _refusal("it ran out")
    if _moment(claims, "iat") > now + LEEWAY or ("nbf" in claims and _moment(claims, "nbf") > now + LEEWAY):
        raise _refusal("it is not valid yet")
    told = claims.get("nonce")
    if not isinstance(told, str) or not hmac.compare_digest(told.encode("utf-8", "surrogatepass"), nonce.encode()):
        raise _refusal("of another sign-in")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isascii():
        raise _refusal("it names nobody")


def _moment(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53:
        raise _refusal(f"no time `{name}`")
    return value

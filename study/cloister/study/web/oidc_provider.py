"""Talking to the OpenID Connect provider: its discovery document, its keys, and the token for a code.

Only the issuer that the operator configured is asked: over TLS, at its own host and port, wherever its documents point;
no redirection is followed, and what it sends is bounded in size and time, however slowly it comes.
"""

from __future__ import annotations

import base64
import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

from cloister.study.errors import SignInRefusedError
from cloister.study.web.id_token import json_object
from cloister.study.web.oidc_settings import OidcSettings

ANSWER_SECONDS: Final = 10.0
"""That each of these may take: connecting to an address, agreeing on TLS, and the whole answer."""
_LARGEST = 256 * 1024


@dataclass(frozen=True)
class Discovery:
    """What the provider says of itself (OpenID Connect Discovery 1.0, 3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class OidcProvider:
    """The provider of the settings; whatever it is asked may raise `SignInRefusedError`."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._origin = _origin(settings.issuer)

    def discover(self) -> Discovery:
        """Where its parts are: all at the issuer's own host and port."""
        found = self._ask("GET", f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._settings.issuer:
            raise _refusal("says that it is another issuer")
        told = {name: found.get(name) for name in Discovery.__dataclass_fields__}
        addresses = {name: address for name, address in told.items() if isinstance(address, str)}
        if len(addresses) < len(told) or any(not self._is_own(address) for address in addresses.values()):
            raise _refusal("names an address that is not the issuer's")
        return Discovery(**addresses)

    def keys(self, found: Discovery) -> list[dict[str, Any]]:
        """The keys that sign its tokens, as JSON Web Keys."""
        keys = self._ask("GET", found.jwks_uri).get("keys")
        if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
            raise _refusal("publishes no keys")
        return keys

    def id_token(self, found: Discovery, fields: Mapping[str, str]) -> str:
        """The ID token that it gives for a code; `fields` are those of the token request but for the client."""
        settings = self._settings
        body, headers = {**fields, "client_id": settings.client_id}, {}
        if settings.client_secret_file is not None:
            try:
                secret = Path(settings.client_secret_file).read_text(encoding="utf-8").strip()
            except (OSError, ValueError):
                raise SignInRefusedError(
                    f"{settings.client_secret_file}: the client's secret cannot be read.", "Restore the file."
                ) from None
            both = f"{quote_plus(settings.client_id)}:{quote_plus(secret)}"  # RFC 6749, 2.3.1
            headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
        token = self._ask("POST", found.token_endpoint, urlencode(body), headers).get("id_token")
        if not isinstance(token, str):
            raise _refusal("gives no ID token")
        return token

    def _is_own(self, address: str) -> bool:
        return address.isascii() and address.isprintable() and " " not in address and _origin(address) == self._origin

    def _ask(
        self, method: str, address: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        parts = urlsplit(address)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            context = ssl.create_default_context(cafile=self._settings.authority)
            context.sslsocket_class = _BoundedSocket
            link = http.client.HTTPSConnection(
                parts.hostname or "", parts.port, timeout=ANSWER_SECONDS, context=context
            )
            try:
                link.request(method, target, body or None, {"Accept": "application/json", **kind, **(headers or {})})
                answer = link.getresponse()
                content = answer.read(_LARGEST + 1)
            finally:
                link.close()
            if answer.status != 200 or len(content) > _LARGEST:
                raise _refusal(f"answers {answer.status} and {len(content)} bytes")
            return json_object(content)
        except TimeoutError:
            raise _refusal("does not answer in time") from None
        except (OSError, http.client.HTTPException):
            raise _refusal("cannot be reached") from None
        except (ValueError, RecursionError):
            raise _refusal("does not answer in JSON") from None


class _BoundedSocket(ssl.SSLSocket):
    """Reads one answer, for `ANSWER_SECONDS` in all; a socket's own timeout begins anew with every byte."""

    _until: float | None = None

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        now = monotonic()
        self._until = self._until or now + ANSWER_SECONDS
        left = self._until - now
        if left <= 0:
            raise TimeoutError
        self.settimeout(left)
        return super().recv_into(buffer, nbytes, flags)


def _refusal(why: str) -> SignInRefusedError:
    return SignInRefusedError(f"The identity provider {why}.", "Ask whoever runs it; nobody can sign in until then.")


def _origin(address: str) -> tuple[str, str | None, int]:
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname, 443 if parts.port is None else parts.port
    except ValueError:
        return "", None, 0

"""Sign-in by the institution's OpenID Connect provider: authorization code flow, with PKCE, state and nonce.

1. The page's own form begins a sign-in (so no other site can). It makes state, nonce, a code verifier (RFC 7636, S256)
   and a token that only this browser gets, and keeps them, with the path to show afterwards, for `SECONDS`; of more
   than `MOST_AT_ONCE` the oldest are forgotten.
2. The provider sends the browser back with a code and the state. The state must be one that is kept, and it is kept no
   longer; the browser must be the one that began; an issuer, if one is named (RFC 9207), must be the provider.
3. The code and the verifier buy the ID token; `id_token.py` checks it, nonce included.
4. Name and role come from the claims that the operator configured. Where the token gives none, nobody is signed in.
   Beside the name, which the provider may change, goes a hash of issuer and subject, which it may not (Core, 5.7).

What the provider writes in an error is shown to nobody and stands in no log.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final
from urllib.parse import urlencode

from cloister.study.audit_entry import person
from cloister.study.errors import InputError, SignInRefusedError
from cloister.study.web.accounts import VouchedUser
from cloister.study.web.id_token import claims_of
from cloister.study.web.oidc_provider import OidcProvider
from cloister.study.web.oidc_settings import OidcSettings

SECONDS: Final = 600.0
"""That a sign-in may take."""
MOST_AT_ONCE: Final = 100
_LONGEST_CODE = 4096


@dataclass(frozen=True)
class _Begun:
    browser: bytes
    nonce: str
    verifier: str
    path: str
    until: float


class OidcSignIn:
    """All sign-ins of one page that are under way.

    Args:
        settings: provider, client and roles.
        redirect: the address to which the provider sends browsers back.
        clock: seconds that never run backwards.
    """

    def __init__(self, settings: OidcSettings, redirect: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._redirect, self._provider = settings, redirect, OidcProvider(settings)
        self._clock, self._lock = clock, Lock()
        self._begun: dict[str, _Begun] = {}

    def begin(self, path: str) -> tuple[str, str]:
        """Where to send the browser, and the token that only this browser gets.

        Args:
            path: of this page, to show afterwards.

        Raises:
            SignInRefusedError: the provider does not answer as one.
        """
        found = self._provider.discover()
        state, browser, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(4))
        with self._lock:
            self._begun[state] = _Begun(_digest(browser), nonce, verifier, path, self._clock() + SECONDS)
            if len(self._begun) > MOST_AT_ONCE:
                del self._begun[next(iter(self._begun))]
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._redirect,
            "scope": " ".join(("openid", *self._settings.scopes)),
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(_digest(verifier)).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in found.authorization_endpoint else "?"
        return f"{found.authorization_endpoint}{joint}{urlencode(query)}", browser

    def finish(self, answer: Mapping[str, str], browser: str) -> tuple[VouchedUser, str]:
        """Who signed in, and the path to show.

        Args:
            answer: the query with which the provider sent a browser back.
            browser: that browser's token.

        Raises:
            SignInRefusedError: the answer belongs to no sign-in of this browser, the provider refused or cannot be
                reached, its token did not pass, or it gives no name or role.
        """
        begun = self._taken(answer.get("state", ""), browser)
        code = answer.get("code", "")
        if answer.get("iss", self._settings.issuer) != self._settings.issuer or "error" in answer:
            raise SignInRefusedError("The identity provider refused.", "Ask whoever runs it.")
        if not 0 < len(code) <= _LONGEST_CODE:
            raise _unknown()
        found = self._provider.discover()
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect,
            "code_verifier": begun.verifier,
        }
        token = self._provider.id_token(found, fields)
        settings, keys = self._settings, self._provider.keys(found)
        claims = claims_of(
            token, keys, issuer=settings.issuer, client_id=settings.client_id, nonce=begun.nonce, now=time.time()
        )
        return self._user(claims), begun.path

    def _taken(self, state: str, browser: str) -> _Begun:
        with self._lock:
            begun = self._begun.pop(state, None)
        if begun is None or begun.until <= self._clock() or not hmac.compare_digest(_digest(browser), begun.browser):
            raise _unknown()
        return begun

    def _user(self, claims: dict[str, object]) -> VouchedUser:
        told = claims.get(self._settings.name_claim)
        try:
            name = person(told if isinstance(told, str) else "")
        except InputError:
            raise SignInRefusedError(
                f"The claim `{self._settings.name_claim}` gives no name that can stand in the audit log.",
                "It has letters and no digits, or is a login name: have `name_claim` name another one.",
            ) from None
        role = self._settings.role_of(claims)
        if role is None:
            raise SignInRefusedError(
                f"{name} has no role on this page.", f"`{self._settings.role_claim}` at the provider gives it.", name
            )
        return VouchedUser(name, role, _digest(f"{self._settings.issuer}\n{claims['sub']}").hex())


def _unknown() -> SignInRefusedError:
    return SignInRefusedError("This browser began no such sign-in, or it took too long.", "Sign in again.")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

"""Who is signed in: random tokens in a cookie, kept here as hashes, in memory.

A session ends 15 minutes after it was last used, 8 hours after it began, with a restart, and as soon as its account, if
it is one of this page's, is removed or gets another role or password. Every token has a second one for forms, so that
no other site can send them (cross-site request forgery): an HMAC of it under a key of this process.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock

from cloister.study.web.accounts import Account, Accounts, User

IDLE_SECONDS, LONGEST_SECONDS = 900.0, 8 * 3600.0
_TOKEN_BYTES = 32


@dataclass(frozen=True)
class _Session:
    user: User
    begun: float
    used: float


class Sessions:
    """All sessions of one page.

    Args:
        clock: seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._key = secrets.token_bytes(32)
        self._sessions: dict[bytes, _Session] = {}

    @staticmethod
    def new_token() -> str:
        """A token of nobody yet, for the form with which somebody signs in."""
        return secrets.token_urlsafe(_TOKEN_BYTES)

    def form_token(self, token: str) -> str:
        """What forms carry beside the cookie."""
        message = b"cloister/v1/form\n" + token.encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, message, hashlib.sha256).hex()

    def is_form_of(self, given: str, token: str) -> bool:
        """Whether a form was made for a token."""
        return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self.form_token(token).encode())

    def begin(self, user: User) -> str:
        """Sign somebody in, under a new token."""
        token, now = self.new_token(), self._clock()
        with self._lock:
            self._sessions = {key: found for key, found in self._sessions.items() if _holds(found, now)}
            self._sessions[_digest(token)] = _Session(user, now, now)
        return token

    def find(self, token: str, accounts: Accounts, *, by_person: bool) -> User | None:
        """Who a token belongs to.

        Args:
            token: from the cookie.
            accounts: as they are now.
            by_person: whether a person asks, which keeps the session alive; not so a page that renews itself.
        """
        key, now = _digest(token), self._clock()
        with self._lock:
            found = self._sessions.get(key)
            if found is None:
                return None
            gone = isinstance(found.user, Account) and accounts.find(found.user.name) != found.user
            if gone or not _holds(found, now):
                del self._sessions[key]
                return None
            if by_person:
                self._sessions[key] = replace(found, used=now)
        return found.user

    def end(self, token: str) -> None:
        """Sign out."""
        with self._lock:
            self._sessions.pop(_digest(token), None)


def _holds(session: _Session, now: float) -> bool:
    return now - session.used < IDLE_SECONDS and now - session.begun < LONGEST_SECONDS


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

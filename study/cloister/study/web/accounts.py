"""Who may sign in to a page: local users, each with a role, in a file that only its owner may read.

Passwords are kept as Argon2id hashes (RFC 9106, section 4, second recommended setting: 64 MiB, 3 passes, 4 lanes). An
account is named as the person stands in the audit log, because what is done on a page is recorded under that name.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypeAlias, cast, get_args

from pydantic import Field

from cloister.study import atomic
from cloister.study.audit_entry import Person, Role, person
from cloister.study.document import Document, read_json
from cloister.study.errors import InputError

ACCOUNTS_FILE = "accounts.json"
FEWEST_CHARACTERS, MOST_BYTES = 12, 1024


@dataclass(frozen=True)
class Cost:
    """What one guess costs: memory in KiB, passes over it, and how many lanes may run at once."""

    memory: int = 65536
    passes: int = 3
    lanes: int = 4


_HIGHEST = Cost(memory=4 * 65536, passes=4 * 3, lanes=4 * 4)
"""What a file may ask of whoever signs in, or tries to: some seconds. A hash may name months."""
_COST = re.compile(r"\$argon2id\$v=19\$m=([0-9]+),t=([0-9]+),p=([0-9]+)\$.*")


class Account(Document):
    """One user."""

    name: Person
    role: Role
    password: Annotated[str, Field(pattern=r"^\$argon2id\$[A-Za-z0-9+/=,$]{16,240}$", repr=False)]
    """The hash, in the PHC string format."""
    subject: ClassVar[None] = None
    """No provider vouches for it."""


@dataclass(frozen=True)
class VouchedUser:
    """A user without an account here, for whom the institution's own sign-in vouched (`oidc.py`)."""

    name: str
    role: Role
    subject: str
    """Which account there: as it stands in the audit log (`audit_entry.py`)."""


User: TypeAlias = Account | VouchedUser


class Accounts(Document):
    """All users of one page."""

    schema_version: Literal[1] = 1
    accounts: tuple[Account, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Accounts:
        """The accounts of a file; none if there is no file.

        Raises:
            InputError: the file does not hold accounts, or a password that would take too long to check.
        """
        try:
            invalid = InputError(f"{path}: does not hold accounts.", "Remove it, and make the accounts anew.")
            found = read_json(path, cls, invalid)
        except FileNotFoundError:
            return cls()
        for account in found.accounts:
            if not _is_bearable(account.password):
                raise InputError(
                    f"{path}: the password of {account.name} has a form or a cost that none has that is made here.",
                    "Take this account out of the file, and make it anew.",
                )
        return found

    def write(self, path: Path) -> None:
        """Replace the file, readable by its owner only."""
        atomic.write_bytes(path, self.model_dump_json(indent=2).encode() + b"\n", mode=0o600)

    def find(self, name: str) -> Account | None:
        """The account of a name."""
        return next((account for account in self.accounts if account.name == name), None)

    def with_account(self, name: str, role: Role, password: str, cost: Cost | None = None) -> Accounts:
        """These accounts with one that is new, or that gets this role and password.

        Raises:
            InputError: the name cannot stand in the audit log, or the password is too short or too long.
        """
        account = Account(name=person(name), role=role, password=_hash(password, cost or Cost()))
        return self.model_copy(update={"accounts": (*self._others(name), account)})

    def without(self, name: str) -> Accounts:
        """These accounts without one.

        Raises:
            InputError: there is none of that name.
        """
        if self.find(name) is None:
            known = ", ".join(account.name for account in self.accounts) or "none"
            raise InputError(f"{name!r}: no such account. There are: {known}.", "Give the name as it stands there.")
        return self.model_copy(update={"accounts": self._others(name)})

    def verified(self, name: str, password: str) -> Account | None:
        """The account, if the password is its own. An unknown name takes as long as a wrong password."""
        account = self.find(name)
        matches = _matches(account.password if account else _nobodys(), password)
        return account if matches else None

    def _others(self, name: str) -> tuple[Account, ...]:
        return tuple(account for account in self.accounts if account.name != name)


def role_of(word: str) -> Role:
    """The role that a word names.

    Raises:
        InputError: none does.
    """
    for role in get_args(Role):
        if word == role:
            return cast(Role, role)
    raise InputError(f"{word!r}: no such role.", f"Choose one of {', '.join(get_args(Role))}.")


def _hash(password: str, cost: Cost) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    prepared = _prepared(password)
    if len(password) < FEWEST_CHARACTERS or len(prepared) > MOST_BYTES:
        raise InputError(
            f"A password has at least {FEWEST_CHARACTERS} characters, and at most {MOST_BYTES} bytes.",
            "A few unrelated words are easy to keep in mind.",
        )
    try:
        derivation = Argon2id(
            salt=secrets.token_bytes(16), length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory
        )
    except UnsupportedAlgorithm:
        raise InputError(
            "The installed `cryptography` has no Argon2id.", "Install its published wheel, or OpenSSL 3.2 or newer."
        ) from None
    return str(derivation.derive_phc_encoded(prepared))


def _is_bearable(hashed: str) -> bool:
    told = _COST.fullmatch(hashed)
    if told is None:
        return False
    memory, passes, lanes = map(int, told.groups())
    return memory <= _HIGHEST.memory and passes <= _HIGHEST.passes and lanes <= _HIGHEST.lanes


def _matches(hashed: str, password: str) -> bool:
    from cryptography.exceptions import InvalidKey
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    prepared = _prepared(password)
    if len(prepared) > MOST_BYTES:
        return False
    try:
        Argon2id.verify_phc_encoded(prepared, hashed)
    except (InvalidKey, ValueError, MemoryError):  # the last two of a hash that was changed
        return False
    return True


@cache
def _nobodys() -> str:
    return _hash(secrets.token_urlsafe(32), Cost())


def _prepared(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")

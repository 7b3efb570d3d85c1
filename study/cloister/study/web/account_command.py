"""Making, changing and removing accounts of a page at the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import typer

from cloister.study.asked import asked
from cloister.study.audit_entry import Event, Role, person
from cloister.study.errors import InputError
from cloister.study.file_lock import ALONE, lock
from cloister.study.web.accounts import ACCOUNTS_FILE, Accounts, role_of

_LOCK: Final = "accounts.lock"


class Note(Protocol):
    """Records what became of an account."""

    def __call__(self, event: Event, now: datetime, /, *, by: str, account: str, role: Role | None) -> None:
        """Have it in the audit log when this returns."""


def require_accounts(folder: Path, command: str) -> None:
    """Refuse to show a page that nobody could sign in to.

    Raises:
        InputError: there is no account; `command` makes one.
    """
    if not Accounts.read(folder / ACCOUNTS_FILE).accounts:
        raise InputError(f"{folder / ACCOUNTS_FILE}: nobody has an account for this page.", f"`{command}` makes one.")


def change_account(folder: Path, name: str, role: str, by: str, note: Note, *, remove: bool) -> None:
    """Give somebody an account with a role and a password, which is asked for; or remove it.

    Accounts are written whole: so they are read only when the password is there, and by one process at a time.

    Args:
        folder: the site's, or the server's.
        name: whose account.
        role: that it shall have.
        by: who does this.
        note: puts it into the audit log, before it is done.
        remove: take the account away.

    Raises:
        InputError: there is no such role or account, a name cannot stand in the audit log, or the password is too
            short.
        AuditLogError: it cannot be recorded: nothing was done.
    """
    wanted: Role = role_of(role)
    person(name)
    missing = InputError(
        "The password was not given, and there is no terminal to ask for it.",
        "Run this in a terminal; the password is asked for, and not shown.",
    )
    password = "" if remove else asked("Password", missing, secret=True)
    path = folder / ACCOUNTS_FILE
    with lock(folder / _LOCK, ALONE):
        accounts = Accounts.read(path)
        changed = accounts.without(name) if remove else accounts.with_account(name, wanted, password)
        event: Event = "account-removed" if remove else "account-given"
        note(event, _now(), by=person(by), account=name, role=None if remove else wanted)
        changed.write(path)
    typer.echo(f"{name} can no longer sign in." if remove else f"{name} can sign in as {wanted}.")


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)

"""Making, changing and removing accounts of a page at the command line."""

from __future__ import annotations

from pathlib import Path

import typer

from cloister.study.audit_entry import Role, person
from cloister.study.errors import InputError
from cloister.study.web.accounts import ACCOUNTS_FILE, Accounts, role_of


def require_accounts(folder: Path, command: str) -> None:
    """Refuse to show a page that nobody could sign in to.

    Raises:
        InputError: there is no account; `command` makes one.
    """
    if not Accounts.read(folder / ACCOUNTS_FILE).accounts:
        raise InputError(f"{folder / ACCOUNTS_FILE}: nobody has an account for this page.", f"`{command}` makes one.")


def change_account(folder: Path, name: str, role: str, *, remove: bool) -> None:
    """Give somebody an account with a role and a password, which is asked for; or remove it.

    Raises:
        InputError: there is no such role or account, the name cannot stand in the audit log, or the password is too
            short.
    """
    path = folder / ACCOUNTS_FILE
    accounts = Accounts.read(path)
    wanted: Role = role_of(role)
    person(name)
    if remove:
        accounts.without(name).write(path)
        typer.echo(f"{name} can no longer sign in.")
        return
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    accounts.with_account(name, wanted, password).write(path)
    typer.echo(f"{name} can sign in as {wanted}.")

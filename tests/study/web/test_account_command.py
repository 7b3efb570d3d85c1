"""Accounts at the command line: what one person does is not undone by another's, and all of it is on record."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cloister.study.errors import AuditLogError, InputError
from cloister.study.web.account_command import change_account
from cloister.study.web.accounts import ACCOUNTS_FILE, Accounts

WORDS = "three unrelated words"


class Desk:
    """Somebody at the command line, who may be interrupted while the password is asked for."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.noted = folder, list[tuple[object, ...]]()
        self.meanwhile: Callable[[], None] = lambda: None
        self.password = WORDS

        def prompt(*_: object, **__: object) -> str:
            meanwhile, self.meanwhile = self.meanwhile, lambda: None
            meanwhile()
            return self.password

        monkeypatch.setattr("typer.prompt", prompt)

    def note(self, event: object, _now: object, **fields: Any) -> None:
        self.noted.append((event, fields["account"], fields["role"], fields["by"]))

    def change(self, name: str, role: str = "viewer", *, remove: bool = False) -> None:
        change_account(self.folder, name, role, "Dr. A. Officer", self.note, remove=remove)

    @property
    def names(self) -> set[str]:
        return {account.name for account in Accounts.read(self.folder / ACCOUNTS_FILE).accounts}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def test_an_account_that_is_removed_while_a_password_is_asked_for_stays_removed(desk: Desk) -> None:
    desk.change("mlee")
    desk.meanwhile = lambda: desk.change("mlee", remove=True)
    desk.change("ada")
    assert desk.names == {"ada"}


def test_two_who_write_at_once_both_have_their_account(desk: Desk) -> None:
    """Each hash takes a while, which is when the other one would read."""
    threads = [threading.Thread(target=desk.change, args=(name,)) for name in ("ada", "mlee", "zoe")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert desk.names == {"ada", "mlee", "zoe"}


def test_what_became_of_an_account_is_on_record_and_who_did_it(desk: Desk) -> None:
    desk.change("ada", "operator")
    desk.change("ada", remove=True)
    assert desk.noted == [
        ("account-given", "ada", "operator", "Dr. A. Officer"),
        ("account-removed", "ada", None, "Dr. A. Officer"),
    ]


def test_what_was_not_done_is_not_on_record(desk: Desk) -> None:
    desk.password = "short"
    with pytest.raises(InputError, match="at least 12"):
        desk.change("ada")
    with pytest.raises(InputError, match="no such account"):
        desk.change("ada", remove=True)
    assert (desk.noted, desk.names) == ([], set())


def test_what_cannot_be_recorded_is_not_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def unwritable(*_: object, **__: object) -> None:
        raise AuditLogError("audit.sqlite: disk I/O error.")

    monkeypatch.setattr(desk, "note", unwritable)
    with pytest.raises(AuditLogError):
        desk.change("ada")
    assert desk.names == set()

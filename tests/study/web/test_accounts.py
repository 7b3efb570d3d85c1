"""Accounts: hashes that cost, names that can stand in the audit log, and nothing to learn from who is unknown."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cloister.study.errors import InputError
from cloister.study.web import accounts as module
from cloister.study.web.accounts import Accounts, Cost

CHEAP = Cost(memory=64, passes=1, lanes=1)
WORDS = "three unrelated words"


def test_a_password_opens_its_own_account_and_no_other() -> None:
    accounts = Accounts().with_account("mlee", "viewer", WORDS, CHEAP).with_account("ada", "operator", "x" * 12, CHEAP)
    assert accounts.verified("mlee", WORDS) == accounts.find("mlee")
    assert accounts.verified("ada", WORDS) is None
    assert accounts.verified("mlee", WORDS.upper()) is None
    assert accounts.verified("mlee", "") is None
    assert accounts.verified("mlee", "x" * 2000) is None


@pytest.mark.parametrize("costs", ["m=64,t=1,p=1$AAAA", "m=64,t=0,p=1$" + "A" * 22, "m=4294967295,t=1,p=1$" + "A" * 22])
def test_a_hash_that_was_changed_opens_nothing(costs: str) -> None:
    accounts = Accounts().with_account("mlee", "viewer", WORDS, CHEAP)
    changed = accounts.accounts[0].model_copy(update={"password": f"$argon2id$v=19${costs}${'A' * 43}"})
    assert Accounts(accounts=(changed,)).verified("mlee", WORDS) is None


def test_the_same_password_in_another_unicode_form_is_the_same() -> None:
    accounts = Accounts().with_account("mlee", "viewer", "Zu\u0308rich am Morgen", CHEAP)
    assert accounts.verified("mlee", "Z\u00fcrich am Morgen") is not None


def test_a_hash_is_argon2id_with_the_recommended_cost_and_its_own_salt() -> None:
    first = Accounts().with_account("mlee", "viewer", WORDS).accounts[0]
    second = Accounts().with_account("mlee", "viewer", WORDS, CHEAP).accounts[0]
    assert first.password.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert second.password != Accounts().with_account("mlee", "viewer", WORDS, CHEAP).accounts[0].password
    assert first.password not in repr(first)


def test_an_unknown_name_costs_a_hash_as_a_wrong_password_does(monkeypatch: pytest.MonkeyPatch) -> None:
    costs: list[str] = []

    def matches(hashed: str, _password: str) -> bool:
        costs.append(hashed.split("$")[3])
        return True

    monkeypatch.setattr(module, "_matches", matches)
    accounts = Accounts().with_account("mlee", "viewer", WORDS)
    assert accounts.verified("nobody", WORDS) is None
    assert accounts.verified("mlee", WORDS) is not None
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("mlee", "elevenchars"),
        ("mlee", "x" * 1025),
        ("", WORDS),
        ("00482913", WORDS),
        ("Maria 1951", WORDS),
        ("a" * 65, WORDS),
        ("ada\nroot", WORDS),
    ],
)
def test_what_could_not_be_recorded_or_is_too_short_is_refused(name: str, password: str) -> None:
    with pytest.raises(InputError) as refused:
        Accounts().with_account(name, "viewer", password, CHEAP)
    assert password not in str(refused.value)


def test_the_file_is_its_owners_alone_and_holds_no_password(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    accounts = Accounts().with_account("mlee", "viewer", WORDS, CHEAP)
    accounts.write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert WORDS.encode() not in path.read_bytes()
    assert Accounts.read(path) == accounts
    assert Accounts.read(tmp_path / "none") == Accounts()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"accounts": [{}]}', b'{"schema_version": 2}', b"\xff"])
def test_a_file_of_something_else_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "accounts.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match="does not hold accounts"):
        Accounts.read(path)


@pytest.mark.parametrize(
    "cost",
    ["m=8,t=30000000,p=1", "m=4294967295,t=1,p=1", "m=8,t=1,p=1000", "m=8,t=+30000000,p=1", f"m=8,t={'9' * 100},p=1"],
)
def test_a_file_cannot_make_a_sign_in_take_minutes(tmp_path: Path, cost: str) -> None:
    path = tmp_path / "accounts.json"
    accounts = Accounts().with_account("ada", "viewer", WORDS, CHEAP).with_account("mlee", "viewer", WORDS)
    accounts.write(path)
    path.write_text(path.read_text().replace("m=65536,t=3,p=4", cost))
    with pytest.raises(InputError, match=r"accounts\.json: the password of mlee has a form or a cost"):
        Accounts.read(path)


def test_an_account_is_replaced_and_removed_by_its_name() -> None:
    accounts = Accounts().with_account("mlee", "viewer", WORDS, CHEAP).with_account("mlee", "operator", WORDS, CHEAP)
    assert [account.role for account in accounts.accounts] == ["operator"]
    assert accounts.without("mlee") == Accounts()
    with pytest.raises(InputError, match="There are: mlee"):
        accounts.without("ada")


@settings(max_examples=20)
@example("\ud800" * 12)
@given(st.text(min_size=0, max_size=40))
def test_any_password_long_enough_opens_what_it_closed(password: str) -> None:
    if len(password) < 12:
        return
    accounts = Accounts().with_account("mlee", "viewer", password, CHEAP)
    assert accounts.verified("mlee", password) is not None
    assert accounts.verified("mlee", password + "x") is None

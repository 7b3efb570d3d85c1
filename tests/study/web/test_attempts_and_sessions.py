"""Signing in is slow for who guesses, and being signed in ends."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.study.web.accounts import Account, Accounts, Cost
from cloister.study.web.attempts import MOST_FOR_A_NAME, MOST_IN_ALL, WINDOW_SECONDS, Attempts
from cloister.study.web.sessions import IDLE_SECONDS, LONGEST_SECONDS, Sessions


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts() -> Accounts:
    return Accounts().with_account("mlee", "viewer", "three unrelated words", Cost(64, 1, 1))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, WINDOW_SECONDS / 3)), max_size=300))
def test_no_window_ever_holds_more_attempts_than_allowed(tried: list[tuple[str, float]]) -> None:
    clock = Clock()
    attempts, begun = Attempts(clock), deque[tuple[float, str]]()
    for name, pause in tried:
        clock.now += pause
        wait = attempts.begin(name)
        assert 0 <= wait <= WINDOW_SECONDS
        if wait == 0:
            begun.append((clock.now, name))
        in_window = [found for found in begun if found[0] > clock.now - WINDOW_SECONDS]
        assert len(in_window) <= MOST_IN_ALL
        assert sum(found[1] == name for found in in_window) <= MOST_FOR_A_NAME
        if wait:
            # Whoever waits as long as told may try again.
            assert len(in_window) == MOST_IN_ALL or sum(found[1] == name for found in in_window) == MOST_FOR_A_NAME


def test_who_waits_as_told_may_try_again(clock: Clock) -> None:
    attempts = Attempts(clock)
    assert [attempts.begin("mlee") for _ in range(MOST_FOR_A_NAME)] == [0] * MOST_FOR_A_NAME
    wait = attempts.begin("mlee")
    assert wait > 0
    assert attempts.begin("ada") == 0
    clock.now += wait
    assert attempts.begin("mlee") == 0


def test_changing_names_does_not_help_for_ever(clock: Clock) -> None:
    attempts = Attempts(clock)
    assert not any(attempts.begin(f"name {number}") for number in range(MOST_IN_ALL))
    assert attempts.begin("another name") > 0


def test_success_takes_back_what_was_counted(clock: Clock) -> None:
    attempts = Attempts(clock)
    for _ in range(3 * MOST_FOR_A_NAME):
        assert attempts.begin("mlee") == 0
        attempts.succeeded("mlee")


def signed_in(sessions: Sessions, accounts: Accounts) -> tuple[str, Account]:
    account = accounts.accounts[0]
    return sessions.begin(account), account


def test_a_session_is_found_by_its_token_alone(clock: Clock, accounts: Accounts) -> None:
    sessions = Sessions(clock)
    token, account = signed_in(sessions, accounts)
    assert sessions.find(token, accounts, by_person=True) == account
    for other in ("", token[:-1], token + "x", sessions.new_token(), "é", "\ud800"):
        assert sessions.find(other, accounts, by_person=True) is None
    sessions.end(token)
    assert sessions.find(token, accounts, by_person=True) is None


def test_a_session_ends_when_nobody_uses_it_and_a_renewing_page_is_nobody(clock: Clock, accounts: Accounts) -> None:
    sessions = Sessions(clock)
    token, _ = signed_in(sessions, accounts)
    clock.now += IDLE_SECONDS - 1
    assert sessions.find(token, accounts, by_person=False) is not None
    clock.now += 1
    assert sessions.find(token, accounts, by_person=True) is None


def test_a_session_ends_after_a_working_day_however_busy(clock: Clock, accounts: Accounts) -> None:
    sessions = Sessions(clock)
    token, _ = signed_in(sessions, accounts)
    while clock.now + 600 < LONGEST_SECONDS:
        clock.now += 600
        assert sessions.find(token, accounts, by_person=True) is not None
    clock.now = LONGEST_SECONDS
    assert sessions.find(token, accounts, by_person=True) is None


@pytest.mark.parametrize("change", ["removed", "another role", "another password"])
def test_a_session_ends_with_its_account(clock: Clock, accounts: Accounts, change: str) -> None:
    sessions = Sessions(clock)
    token, account = signed_in(sessions, accounts)
    cheap = Cost(64, 1, 1)
    changed = {
        "removed": accounts.without("mlee"),
        "another role": Accounts(accounts=(account.model_copy(update={"role": "operator"}),)),
        "another password": accounts.with_account("mlee", "viewer", "three unrelated words", cheap),
    }[change]
    assert sessions.find(token, changed, by_person=True) is None
    assert sessions.find(token, accounts, by_person=True) is None


def test_a_form_fits_its_own_session_in_its_own_process_alone(clock: Clock) -> None:
    sessions, others = Sessions(clock), Sessions(clock)
    token = sessions.new_token()
    assert sessions.is_form_of(sessions.form_token(token), token)
    assert not sessions.is_form_of(others.form_token(token), token)
    assert not sessions.is_form_of(sessions.form_token(sessions.new_token()), token)
    for given_token in ("", "é", "\ud800", token):
        assert not sessions.is_form_of(given_token, token)

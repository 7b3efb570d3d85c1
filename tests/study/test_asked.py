"""What is asked for at a terminal; where nobody can be asked, the error says what would do instead."""

from __future__ import annotations

import io
import sys

import click
import pytest

from cloister.study.asked import asked
from cloister.study.errors import InputError

MISSING = InputError("The fingerprint was not given.", "Give it with --fingerprint.")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("secret", [False, True])
@pytest.mark.parametrize("stdin", [None, io.StringIO()])
def test_where_nobody_can_be_asked_it_is_missing(
    monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO | None, secret: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: input())
    with pytest.raises(InputError) as raised:
        asked("Fingerprint", MISSING, secret=secret)
    assert raised.value is MISSING


def test_who_sits_at_the_terminal_may_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    with pytest.raises(click.Abort):
        asked("Fingerprint", MISSING)


def test_what_is_typed_in_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("babad gutih\n"))
    assert asked("Fingerprint", MISSING) == "babad gutih"

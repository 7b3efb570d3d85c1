"""Where an unexpected error arose is told; what it stumbled over is not."""

from __future__ import annotations

import errno
import logging

from hypothesis import given
from hypothesis import strategies as st

from cloister.study.error_origin import ErrorOrigin
from cloister.study.json_log import JsonFormatter

CELL = "Maria Kowalski, MRN 00482913"


def fails(cell: str) -> None:
    try:
        float(cell)
    except ValueError as problem:
        raise KeyError(cell) from problem


def raised(cell: str) -> Exception:
    try:
        fails(cell)
    except KeyError as problem:
        problem.add_note(cell)
        return problem
    raise AssertionError("it is no number")


def test_kinds_and_places_are_told_of_an_error_and_of_what_caused_it() -> None:
    told = str(ErrorOrigin(raised(CELL)))
    first, second = told.split("; from ")
    assert first.startswith(f"KeyError at {__name__}:")
    assert second.startswith(f"ValueError at {__name__}:")


@given(st.text(min_size=8).filter(lambda text: not text.strip().replace(".", "").isdigit()))
def test_no_text_of_it_is_told(cell: str) -> None:
    told = str(ErrorOrigin(raised(f"<{cell}>")))
    assert told == str(ErrorOrigin(raised("<none>")))


def test_what_the_machine_says_is_told_by_its_symbol() -> None:
    told = str(ErrorOrigin(OSError(errno.ENOSPC, CELL, f"/{CELL}")))
    assert told == "OSError(ENOSPC)"


def test_errors_that_cause_each_other_come_to_an_end() -> None:
    one, other = ValueError(CELL), KeyError(CELL)
    one.__cause__, other.__cause__ = other, one
    assert str(ErrorOrigin(one)) == "ValueError; from KeyError"


def test_it_is_told_in_json_too() -> None:
    problem = raised(CELL)
    record = logging.LogRecord("cloister.x", logging.ERROR, "f.py", 1, "unexpected: %s", (ErrorOrigin(problem),), None)
    text = JsonFormatter().format(record)
    assert f"KeyError at {__name__}:" in text
    assert "Kowalski" not in text

"""The fingerprint that the other end's people say: an option, or asked for at the terminal."""

from __future__ import annotations

from cloister.study.asked import asked
from cloister.study.errors import InputError


def said_fingerprint(given: str, question: str) -> str:
    """What was given, or is typed in now.

    Args:
        given: the option's value; empty if there is none.
        question: asked if there is none.

    Raises:
        InputError: there is nobody to ask.
    """
    if given:
        return given
    missing = InputError(
        "The fingerprint was not given, and there is no terminal to ask for it.",
        "Give it, as the people at the other end say it, with --fingerprint 'babad gutih …'.",
    )
    return asked(question, missing)

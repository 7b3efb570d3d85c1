"""What is asked of whoever sits at the terminal."""

from __future__ import annotations

import sys

import click
import typer

from cloister.study.errors import InputError


def asked(question: str, missing: InputError, *, secret: bool = False) -> str:
    """What is typed in.

    Args:
        question: shown.
        missing: raised if there is nobody to ask.
        secret: it is not shown, and typed in twice.

    Raises:
        InputError: `missing`.
    """
    if sys.stdin is None:
        raise missing
    try:
        return str(typer.prompt(question, hide_input=secret, confirmation_prompt=secret))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise missing from None

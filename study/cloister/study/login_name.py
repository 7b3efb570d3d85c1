"""Who is at this machine: the name under which a person's acts are recorded, unless they give another."""

from __future__ import annotations

import getpass
import os

from cloister.study.audit_entry import person
from cloister.study.errors import InputError


def login_name() -> str:
    """Who is logged in.

    Raises:
        InputError: a login name that cannot stand in the log, or none.
    """
    try:
        return person(getpass.getuser())
    except (KeyError, OSError):
        raise InputError(
            f"User number {os.getuid()} has no name on this machine.", "Set LOGNAME to who you are."
        ) from None

"""What a run and its rounds are called at a site: it comes from the coordinator and may be anything.

Nothing that was kept for one study serves another, even if the coordinator gives both runs the same id.
"""

from __future__ import annotations

import hashlib
from typing import TypeGuard

from cloister.study.schema import Study

LONGEST_RUN_ID = 200


def run_of_study(study: Study, run_id: str) -> str:
    """What a site keeps things under that belong to one run of one study."""
    return f"{study.sha256}/{run_id}"


def is_run_id(value: object) -> TypeGuard[str]:
    """Whether this can be a run's id: printable ASCII, not long. It stands in the ledger, for good."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_RUN_ID and value.isascii() and value.isprintable()


def is_number(value: object) -> TypeGuard[int]:
    """Whether this can be a round's number. True counts as 1 in Python, and on record it is no round's."""
    return type(value) is int


def run_name(run_id: str) -> str:
    """A name of 32 hexadecimal digits for a run, the same at every site; safe as the name of a file or folder."""
    return hashlib.sha256(run_id.encode()).hexdigest()[:32]

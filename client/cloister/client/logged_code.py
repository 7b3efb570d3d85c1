"""What becomes of an error at a site: its text goes to the site's log, in one line, and a number to the coordinator.

Of an error that nobody foresaw, only where it arose is logged: a library's text may hold what it stumbled over, such as
the value of a cell.
"""

from __future__ import annotations

import logging

from cloister.study.error_origin import ErrorOrigin
from cloister.study.errors import CloisterError, UnexpectedSiteError
from cloister.study.printable import printable


def logged_code(log: logging.Logger, problem: Exception) -> int:
    """Log an error, whose text may hold what the coordinator wrote, and return what may leave of it."""
    if isinstance(problem, CloisterError):
        log.error("refused [%s]: %s", problem.code, printable(str(problem).replace("\n  ", " ")))
        return problem.wire_code
    log.error("unexpected error: %s", ErrorOrigin(problem))
    return UnexpectedSiteError.wire_code

"""What becomes of an error at a site: its text goes to the site's log, in one line, and a number to the coordinator."""

from __future__ import annotations

import logging
import traceback

from cloister.study.errors import CloisterError, UnexpectedSiteError
from cloister.study.printable import printable


def logged_code(log: logging.Logger, problem: Exception) -> int:
    """Log an error, whose text may hold what the coordinator wrote, and return what may leave of it."""
    if isinstance(problem, CloisterError):
        log.error("refused [%s]: %s", problem.code, printable(str(problem).replace("\n  ", " ")))
        return problem.wire_code
    log.error("unexpected error: %s", printable("".join(traceback.format_exception(problem))))
    return UnexpectedSiteError.wire_code

"""Where an unexpected error arose, without its text: that may hold what it stumbled over, such as the value of a cell.

A log call is given an `ErrorOrigin` in place of the error. What stands in it comes from programs alone: kinds of
errors, names of modules, numbers of lines, and the system's symbols, such as ENOSPC.
"""

from __future__ import annotations

import errno
import traceback


class ErrorOrigin:
    """Kinds and places of an error and of those that caused it, as text.

    Args:
        problem: the error.
    """

    def __init__(self, problem: BaseException) -> None:
        self._problem = problem

    def __str__(self) -> str:
        told: list[str] = []
        seen: set[int] = set()
        problem: BaseException | None = self._problem
        while problem is not None and id(problem) not in seen:
            seen.add(id(problem))
            told.append(_one(problem))
            problem = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
        return "; from ".join(told)


def _one(problem: BaseException) -> str:
    symbol = errno.errorcode.get(problem.errno or 0) if isinstance(problem, OSError) else None
    kind = type(problem).__name__ + (f"({symbol})" if symbol else "")
    # The innermost place first: it says most.
    frames = reversed(list(traceback.walk_tb(problem.__traceback__)))
    places = [f"{frame.f_globals.get('__name__', '?')}:{line}" for frame, line in frames]
    return f"{kind} at {' < '.join(places)}" if places else kind

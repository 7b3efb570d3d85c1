"""Logs as JSON, one object a line, that cannot hold anything about a patient.

A line has `at`, `level`, `logger`, `message` and, where an error belongs to it, `error`: its kind and, for an error of
ours, its code. By construction:

1. the message is the text that stands in the program, with the values put in that are numbers or known words: names of
   events, kinds of messages and codes of errors, and what the caller names (such as the site's name). Any other value
   is written as `withheld`;
2. of others' programs (loggers outside `cloister`) only the place in their source is told: what they log is unknown;
3. no text of an exception, and no traceback.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from cloister.study.audit_entry import Event, MessageKind
from cloister.study.errors import CloisterError, codes

WITHHELD = "withheld"


class JsonFormatter(logging.Formatter):
    """Formats records as this module says.

    Args:
        known: words that may stand in a line besides events, kinds of messages and codes.
    """

    def __init__(self, known: Collection[str] = ()) -> None:
        super().__init__()
        self._known = frozenset({*known, *get_args(Event), *get_args(MessageKind), *codes().values()})

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._message(record),
        }
        problem = record.exc_info[1] if record.exc_info else None
        if isinstance(problem, CloisterError):
            line["error"] = problem.code
        elif problem is not None:
            line["error"] = type(problem).__name__
        return json.dumps(line)

    def _message(self, record: logging.LogRecord) -> str:
        if record.name.split(".")[0] != "cloister" or not isinstance(record.msg, str):
            return f"{record.module}:{record.lineno}"
        values = record.args
        try:
            if isinstance(values, Mapping):
                return record.msg % {name: self._shown(value) for name, value in values.items()}
            return record.msg % tuple(self._shown(value) for value in values or ()) if values else record.msg
        except (TypeError, ValueError, KeyError):
            # A place for a number got something else, which is withheld.
            return f"{record.module}:{record.lineno}"

    def _shown(self, value: object) -> object:
        plain = isinstance(value, bool | int | float) or value is None
        return value if plain or (isinstance(value, str) and value in self._known) else WITHHELD


def log_as_json(known: Collection[str] = ()) -> None:
    """Write everything that is logged in this process as JSON, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(known))
    logging.basicConfig(handlers=[handler], force=True)

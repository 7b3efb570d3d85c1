"""Logs as JSON, one object a line, that cannot hold anything about a patient.

A line has `at`, `level`, `logger`, `message` and, where an error belongs to it, `error`: its kind and, for an error of
ours, its code. By construction:

1. the message is the text that stands in the program, with the values put in that are numbers or known words: names of
   events, kinds of messages and codes of errors, and what the caller names (such as the site's name). Any other value
   is written as `withheld`;
2. of others' programs (loggers outside `cloister`) only the place in their source is told: what they log is unknown;
3. no text of an exception, and no traceback; where it arose may be told (`error_origin.py`);
4. what other programs print is told line by line, without the line (`wrapped`).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from cloister.study.audit_entry import Event, MessageKind
from cloister.study.error_origin import ErrorOrigin
from cloister.study.errors import CloisterError, codes
from cloister.study.untrusted_json import parse_json

WITHHELD = "withheld"
_KEYS = {"at", "level", "logger", "message"}
_LEVEL = re.compile(r"(?:\x1b\[[0-9;]*m)?(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b")


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
            "at": _text(datetime.fromtimestamp(record.created, UTC)),
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
        if isinstance(value, ErrorOrigin):
            return str(value)
        plain = isinstance(value, bool | int | float) or value is None
        return value if plain or (isinstance(value, str) and value in self._known) else WITHHELD


def wrapped(line: str, printed_by: str) -> str:
    """A line that a program printed, as a line of this log: itself if it is one, else that there was one.

    Args:
        line: what was printed.
        printed_by: whose line it is, in place of a logger.
    """
    if _is_of_this_log(line):
        return line.strip()
    level = _LEVEL.match(line)
    told = {"at": _text(datetime.now(UTC)), "level": level[1] if level else "INFO", "logger": printed_by}
    return json.dumps({**told, "message": WITHHELD})


def _is_of_this_log(line: str) -> bool:
    try:
        found = parse_json(line.encode())
    except ValueError:
        return False
    is_ours = isinstance(found, dict) and found.keys() in (_KEYS, _KEYS | {"error"})
    return is_ours and all(isinstance(value, str) for value in found.values())


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def log_as_json(known: Collection[str] = ()) -> None:
    """Write everything that is logged in this process as JSON, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(known))
    logging.basicConfig(handlers=[handler], force=True)

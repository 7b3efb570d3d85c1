"""How a site's programs log: as text, or with `cloister site run --log-json` as JSON without free text (`json_log.py`).

The programs that handle data are started by Flower's node: how to log is handed to them through its environment.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cloister.study.error_origin import ErrorOrigin
from cloister.study.errors import CloisterError
from cloister.study.json_log import log_as_json

VARIABLE: Final = "CLOISTER_SITE_LOG"
AS_JSON: Final = "json"

log = logging.getLogger("cloister.site")


def set_up(*, as_json: bool) -> None:
    """Log in this process."""
    if as_json:
        log_as_json()
    else:
        logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    log.setLevel(logging.INFO)


def set_up_as_told() -> None:
    """Log as `cloister site run` does, which started the node that started this process."""
    set_up(as_json=os.environ.get(VARIABLE) == AS_JSON)


@contextmanager
def errors_as_json() -> Iterator[None]:
    """End the process with a line of the log, in place of an error's text."""
    try:
        yield
    except CloisterError as problem:
        log.error("ended [%s]", problem.code)
        raise SystemExit(problem.exit_code) from None
    except Exception as problem:  # noqa: BLE001 (the process ends; its text may not be told)
        log.error("ended by an unexpected error: %s", ErrorOrigin(problem))
        raise SystemExit(1) from None

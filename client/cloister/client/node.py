"""A site's node as a child process: Flower's SuperNode, by the script of `start_files.py`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cloister.client import site_log
from cloister.client.start_files import SUPERNODE_SCRIPT
from cloister.client.work_gate import GIB
from cloister.study.json_log import wrapped
from cloister.study.site import Running

_COLOUR = rb"(?:\x1b\[[0-9;]*m)?"
_FLOWERS_REASON = re.compile(rb"^" + _COLOUR + rb"ERROR\s*" + _COLOUR + rb"\s*:\s+Exit Code: ([0-9]{1,3})\b")
"""At the beginning of a line: further on may stand what the coordinator wrote."""
_SECONDS_TO_END = 20.0


class Node:
    """A running node. Its output goes on to this process's own.

    Args:
        folder: the site's folder.
        settings: how it shall run.
        log_json: whether it and all it starts log as JSON. Flower's own lines, which may hold anything, are then told
            without what they say.
    """

    def __init__(self, folder: Path, settings: Running, *, log_json: bool = False) -> None:
        self._log_json = log_json
        memory = int((settings.memory_gib or 0) * GIB)
        script = folder.resolve() / SUPERNODE_SCRIPT
        arguments = [str(os.getpid()), str(memory), str(script)]
        self._process = subprocess.Popen(  # noqa: S603 (a program of our own)
            [sys.executable, "-I", "-m", "cloister.client.node_process", *arguments],
            env=environment(settings, os.environ, log_json=log_json),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reason = 0
        self._reader = threading.Thread(target=self._pass_on, name="node-output", daemon=True)
        self._reader.start()

    def code(self) -> int | None:
        """Why it ended: Flower's number if it gave one, else the process's own, negative for a signal; None if not."""
        status = self._process.poll()
        if status is None:
            return None
        self._reader.join(1.0)
        return self._reason or status

    def end(self) -> int:
        """End it and whatever it started; returns the code."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, sign)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_SECONDS_TO_END)
        return self.code() or 0

    def _pass_on(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 (a pipe, for mypy)
        with self._process.stdout as output:
            for line in output:
                if found := _FLOWERS_REASON.search(line):
                    self._reason = int(found[1])
                told = f"{wrapped(line.decode(errors='replace'), 'node')}\n".encode() if self._log_json else line
                with suppress(OSError, ValueError):
                    sys.stderr.buffer.write(told)
                    sys.stderr.buffer.flush()


def environment(settings: Running, inherited: Mapping[str, str], *, log_json: bool = False) -> dict[str, str]:
    """The node's environment: this one's, with the GPUs that the site gives, and how to log."""
    given = {**inherited, site_log.VARIABLE: site_log.AS_JSON if log_json else "text"}
    if settings.cuda_devices is not None:
        given["CUDA_VISIBLE_DEVICES"] = ",".join(settings.cuda_devices)
    return given

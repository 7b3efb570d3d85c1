"""`cloister site run`: keeps a site's node running, and ends it so that nothing is lost.

    check → start the node → it ends: wait (`restart_delay.py`), check, start it again
    stop (a signal, or `cloister site stop`) → no new round → the message in work is answered and sent → end the node

A second signal ends the node at once; what was in work is then asked again by the coordinator, and costs nothing twice.
"""

from __future__ import annotations

import logging
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from shutil import disk_usage
from types import FrameType
from typing import Any

from cloister.client import connection, run_control
from cloister.client.enrolment import accepted_enrolment, read_enrolment
from cloister.client.node import Node
from cloister.client.restart_delay import STEADY, restart_delay
from cloister.client.site_audit import log_of, policy_sha256, record
from cloister.client.site_checks import check_site
from cloister.client.site_folder import SiteFolder
from cloister.client.site_health import Health, State, health_endpoint
from cloister.client.start_files import SUPERNODE_SCRIPT, check_port, renew
from cloister.client.verified_datasets import VerifiedDatasets
from cloister.client.work_gate import GIB, is_open
from cloister.study.errors import AuditLogError, CloisterError, MissingFileError
from cloister.study.site import Running

_LOOK_SECONDS = 0.5
SETTLE_SECONDS = 8.0
"""After an answer was sent, for the next message of a round that has begun: the node looks every 3 seconds."""

log = logging.getLogger("cloister.site")

StartNode = Callable[[Path, Running], Node]


class SiteRun:
    """The life of one `cloister site run`.

    Args:
        folder: the site's folder.
        start_node: starts the node.
    """

    def __init__(self, folder: Path, start_node: StartNode = Node) -> None:
        self._folder, self._start_node = folder, start_node
        self._site = SiteFolder.open(folder)
        self._stops = 0
        """Stops that were asked for. A number, and not an Event: a signal's handler must not wait for a lock."""
        self._node: Node | None = None
        self._node_since: datetime | None = None
        self._verified: datetime | None = None
        self._datasets = VerifiedDatasets()
        self._worked = -SETTLE_SECONDS
        self._restarts = 0
        self._last_exit: int | None = None
        self._paused = False
        self._address = ""
        self._connection: connection.Connection | None = None

    def run(self) -> None:
        """Run the site until it is stopped.

        Raises:
            CloisterError: a check failed before the node could be started.
            RunningElsewhereError: the site runs already.
        """
        with run_control.running(self._folder), self._signals():
            run_control.clear_stop(self._folder)
            port = self._site.config.run.health_port
            with health_endpoint(port, self.health) if port else nullcontext():
                self._check()
                record(self._site, "started", _now(), sha256=policy_sha256(self._site))
                try:
                    self._keep_running()
                finally:
                    record(self._site, "stopped", _now())
                    run_control.clear_stop(self._folder)

    def health(self) -> Health:
        """How the site is now."""
        site = self._site
        last = log_of(site).latest("answered", "refused") or {}
        return Health(
            state=self._state(),
            version=metadata.version("cloister"),
            node_since=_text(self._node_since),
            restarts=self._restarts,
            last_exit=self._last_exit,
            last_contact=last.get("at"),
            study=last.get("study"),
            study_sha256=last.get("study_sha256"),
            round=last.get("round"),
            last_code=last.get("code"),
            working=run_control.is_working(self._folder),
            ledger_verified=_text(self._verified),
            enrolled_until=_text(self._enrolled_until()),
            free_disk_gib=round(disk_usage(self._folder).free / GIB, 1),
        )

    def _state(self) -> State:
        if self._stops:
            return "stopping"
        if self._node is None:
            return "starting" if self._last_exit is None else "waiting-to-restart"
        enrolled_until = self._enrolled_until()
        if enrolled_until is None or enrolled_until < _now():
            return "not-enrolled"
        if self._connected() != connection.Connection(None):
            return "connecting"
        if not run_control.is_ready(self._folder):
            return "loading"
        if run_control.is_paused(self._folder):
            return "paused"
        is_in_window = is_open(self._site.config.run.windows, _now().astimezone().time())
        return "running" if is_in_window else "outside-window"

    def _connected(self) -> connection.Connection | None:
        return connection.noted(run_control.notes(self._folder))

    def _enrolled_until(self) -> datetime | None:
        """When the enrolment runs out, or ran out."""
        with suppress(CloisterError):
            return accepted_enrolment(self._site).expires
        return None

    def _check(self) -> None:
        """Everything that has to hold, from the files as they are now."""
        try:
            self._site = SiteFolder.open(self._folder)
            check_site(self._site, _now(), self._datasets)
            if not (self._folder / SUPERNODE_SCRIPT).is_file():
                raise MissingFileError(
                    self._folder / SUPERNODE_SCRIPT, "start script", "`cloister site accept` writes it."
                )
            enrolment = read_enrolment(self._site, _now())
            renew(self._site, enrolment)
            check_port(self._site)
        except CloisterError as problem:
            with suppress(AuditLogError):
                self._record_failure(problem.wire_code)
            raise
        self._verified, self._address = _now(), enrolment.address

    def _record_failure(self, code: int) -> None:
        """Once for each reason: a service manager tries again and again, and entries are kept for years."""
        last = log_of(self._site).latest("not-started", "started", "node-started") or {}
        if (last.get("event"), last.get("code")) != ("not-started", code):
            record(self._site, "not-started", _now(), code=code)

    def _keep_running(self) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            code = self._run_node()
            if self._stops:
                return
            failures = 1 if time.monotonic() - began >= STEADY else failures + 1
            self._restarts += 1
            delay = restart_delay(failures, code, random.random())  # noqa: S311 (jitter)
            log.warning("the node ended (%d); it is started again in %.0f s", code, delay)
            if self._wait(delay):
                return
            self._check()

    def _run_node(self) -> int:
        """One node, from its start to its end; the code of its end."""
        record(self._site, "node-started", _now())
        connection.forget(run_control.notes(self._folder))
        self._connection = None
        log.info("the node starts: connecting to %s", self._address)
        node = self._start_node(self._folder, self._site.config.run)
        self._node, self._node_since = node, _now()
        try:
            code = node.code()
            while code is None and not self._wait(_LOOK_SECONDS):
                code = node.code()
            self._look()
            if code is None:
                self._drain(node)
        finally:
            code = node.end()
            self._node, self._node_since, self._last_exit = None, None, code
            record(self._site, "node-ended", _now(), exit=max(-255, min(code, 1000)))
        return code

    def _drain(self, node: Node) -> None:
        """Let the message in work be answered and sent; no round begins meanwhile.

        Messages that are refused keep nothing open: a run whose study is not approved asks every few seconds.
        """
        run_control.request_stop(self._folder)
        deadline = time.monotonic() + self._site.config.run.stop_seconds
        log.info("stopping: the message in work is finished first")
        idle_since, answered = self._worked, None if self._is_busy() else self._answered()
        while time.monotonic() < deadline and self._stops < 2 and node.code() is None:
            self._look()
            if not self._is_busy():
                if (latest := self._answered()) != answered:
                    idle_since, answered = time.monotonic(), latest
                if time.monotonic() - idle_since >= SETTLE_SECONDS:
                    return
            time.sleep(_LOOK_SECONDS)

    def _answered(self) -> dict[str, Any]:
        """The last answer to a message of a round."""
        with suppress(AuditLogError):
            return log_of(self._site).latest("answered", of_round=True) or {}
        return {}

    def _is_busy(self) -> bool:
        return run_control.is_working(self._folder) or run_control.is_carrying(self._folder)

    def _wait(self, seconds: float) -> bool:
        """Wait, or until a stop is wanted; whether it is."""
        until = time.monotonic() + seconds
        while not self._stops and time.monotonic() < until:
            self._look()
            if run_control.is_stopping(self._folder):
                self._stops += 1
            time.sleep(min(_LOOK_SECONDS, max(0.0, until - time.monotonic())))
        return self._stops > 0

    def _look(self) -> None:
        if self._is_busy():
            self._worked = time.monotonic()
        if run_control.is_paused(self._folder) != self._paused:
            self._paused = not self._paused
            if self._paused:
                log.info("paused: no new round begins")
            else:
                log.info("resumed: rounds may begin")
        found = self._connected()
        if found != self._connection:
            self._connection = found
            self._tell(found)

    def _tell(self, found: connection.Connection | None) -> None:
        if found is not None and found.problem is None:
            log.info("connected to %s", self._address)
        elif found is not None:
            log.warning("no connection to %s: %s", self._address, found.problem)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(_number: int, _frame: FrameType | None) -> None:
            self._stops += 1

        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")

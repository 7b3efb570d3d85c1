"""The warm worker: every message is answered by a copy of it that ends, and nothing stays behind.

These tests hold Flower's private functions, which the worker uses, to what it expects of them.
"""

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest
from flwr.app import RecordDict
from flwr.proto.runtime_pb2 import AcquireTaskRequest
from flwr.supercore.constant import TASK_TYPE_TO_COMMAND, TaskType
from flwr.supercore.runtime import RuntimeHttpClient

from cloister.client import run_control, start_files, warm_worker
from cloister.client.launcher import connect
from cloister.client.start_files import CLIENTAPP, SUPEREXEC
from cloister.client.warm_worker import serve
from cloister.study.errors import CodeInBundleError, CommandRefusedError
from cloister.study.schema import Study

if TYPE_CHECKING:
    from tests.client.conftest import Federation, Node

MakeRequest = Callable[..., RecordDict]
SECONDS = 300.0
COPIES = """
import os, random, secrets, sys, threading
import numpy as np
from cloister.client import launcher, warm_worker

seen = []

def main(arguments):
    seen.append(arguments)
    print(os.getpid(), len(seen), random.random(), np.random.random(), secrets.token_hex(8))
    if arguments == ["fails"]:
        raise RuntimeError("on purpose")
    if arguments == ["refuses"]:
        sys.exit(3)

launcher.main = main
for name in ("one", "two", "fails", "refuses"):
    warm_worker.start([name])
    print("ended", os.waitstatus_to_exitcode(os.wait()[1]), len(seen))
sys.executable = "/bin/echo"
going_on = threading.Event()
threading.Thread(target=going_on.wait, daemon=True).start()
warm_worker.start(["three"])
os.wait()
going_on.set()
"""


@pytest.fixture(scope="module")
def copies() -> subprocess.CompletedProcess[str]:
    """A worker whose launcher says who it is: four messages, and a fifth beside a thread."""
    return subprocess.run(
        [sys.executable, "-I", "-c", COPIES], env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=SECONDS, check=True,
    )  # fmt: skip


def test_each_message_has_a_process_of_its_own_and_nothing_is_carried_on(
    copies: subprocess.CompletedProcess[str],
) -> None:
    said = [line.split() for line in copies.stdout.splitlines() if line[0].isdigit()]
    processes, counts, *random = zip(*said, strict=True)
    assert len(set(processes)) == 4
    assert set(counts) == {"1"}
    assert all(len(set(draws)) == 4 for draws in random)


def test_whatever_becomes_of_a_copy_the_worker_goes_on(copies: subprocess.CompletedProcess[str]) -> None:
    ends = [line for line in copies.stdout.splitlines() if line.startswith("ended")]
    assert ends == ["ended 0 0", "ended 0 0", "ended 1 0", "ended 3 0"]
    assert copies.stderr.count("RuntimeError at ") == 1
    assert "on purpose" not in copies.stderr


def test_where_there_is_a_thread_the_launcher_starts_anew(copies: subprocess.CompletedProcess[str]) -> None:
    assert "-I -m cloister.client.launcher three" in copies.stdout.splitlines()
    assert "started threads" in copies.stderr


@dataclass
class Asking:
    """Flower's client, which fails so many times before it asks; and whoever waits, until it was asked so often."""

    client: RuntimeHttpClient
    times: int
    failures: int = 0
    started: list[tuple[str, str]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def AcquireTask(self, request: AcquireTaskRequest) -> Any:  # noqa: N802 - Flower's name
        self.times -= 1
        if self.failures:
            self.failures -= 1
            raise httpx.ConnectError("not yet")
        return self.client.AcquireTask(request)

    def serve(self) -> list[tuple[str, str]]:
        """Have it serve; returns what it would start."""
        serve(
            cast("RuntimeHttpClient", self), lambda *what: self.started.append(what), lambda: self.times > 0,
            lambda: sum(self.pauses), self.pauses.append,
        )  # fmt: skip
        return self.started


def test_every_task_is_taken_once_by_its_name_and_its_token_is_good(
    federation: "Federation", node: "Node", bundle: bytes
) -> None:
    site = federation.site.folder
    for kind in TaskType:
        node.wait_for(bundle, site, RecordDict(), "query.identify", kind)
    started = Asking(connect(node.address, True, None), times=len(TaskType) + 3).serve()
    assert [name for name, _ in started] == [TASK_TYPE_TO_COMMAND[kind] for kind in TaskType]
    assert len({token for _, token in started}) == len(TaskType)
    assert node.client(started[0][1]).PullTaskInput(_request()).run.run_id == 7


def _request() -> Any:
    from flwr.proto.runtime_pb2 import PullTaskInputRequest

    return PullTaskInputRequest()


def test_a_node_that_does_not_answer_yet_is_asked_again(federation: "Federation", node: "Node", bundle: bytes) -> None:
    node.wait_for(bundle, federation.site.folder, RecordDict(), "query.identify", TaskType.CLIENT_APP)
    asking = Asking(connect(node.address, True, None), times=6, failures=4)
    assert [name for name, _ in asking.serve()] == [CLIENTAPP]
    assert all(0 < pause <= 0.5 for pause in asking.pauses)


@dataclass
class Program:
    """The program as the SuperNode starts it; a process in the SuperNode's place."""

    process: "subprocess.Popen[bytes]"
    supernode: "subprocess.Popen[bytes]"
    log: Path

    def workers(self) -> list[int]:
        """The Python processes that the program's script started, and their copies."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                if os.getpgid(int(entry.name)) == self.process.pid and int(entry.name) != self.process.pid:
                    found.append(int(entry.name))
        return found

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)


@contextmanager
def started(federation: "Federation", node: "Node", tmp_path: Path) -> Iterator[Program]:
    """Started by name, in a folder and with a PYTHONPATH that an attacker filled."""
    site, planted, log = federation.site, tmp_path / "planted", tmp_path / "worker.log"
    (planted / "cloister" / "client").mkdir(parents=True)
    for name in ("sitecustomize.py", "cloister/__init__.py", "cloister/client/warm_worker.py", "flwr.py"):
        (planted / name).write_text(f"open({str(tmp_path / 'marker')!r}, 'w')\n")
    start_files.write_launcher(site.folder / "launcher")
    environment = {
        **os.environ,
        "PATH": f"{site.folder / 'launcher'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(planted),
        "FLWR_HOME": str(tmp_path / "flower"),
    }
    environment.pop("OMP_NUM_THREADS", None)
    with log.open("wb") as file, subprocess.Popen(["sleep", "infinity"]) as supernode:
        command = [SUPEREXEC, "--insecure", "--runtime-api-address", node.address, "--parent-pid", str(supernode.pid)]
        with subprocess.Popen(
            command, cwd=planted, env=environment, stdout=file, stderr=file, start_new_session=True
        ) as process:
            try:
                yield Program(process, supernode, log)
            finally:
                supernode.kill()
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.heavy
def test_the_program_answers_message_after_message_and_ends_with_the_supernode(
    federation: "Federation", node: "Node", shadowing: bytes, tmp_path: Path
) -> None:
    site = federation.site.folder
    with started(federation, node, tmp_path) as program:
        node.wait_for(shadowing, site, RecordDict(), "query.identify", TaskType.CLIENT_APP)
        program.until(lambda: len(node.replies()) == 1)
        assert node.reply().error.code == CodeInBundleError.wire_code
        program.until(lambda: len(program.workers()) == 1)
        worker = program.workers()
        node.wait_for(shadowing, site, RecordDict(), "query.identify", TaskType.AGENT_APP)
        program.until(lambda: len(node.replies()) == 2)
        program.until(lambda: program.workers() == worker)
        program.supernode.kill()
        program.supernode.wait()
        assert program.process.wait(SECONDS) == 0
    said = program.log.read_text()
    assert CodeInBundleError.code in said
    assert CommandRefusedError.code in said
    assert "started threads" not in said
    assert not (tmp_path / "marker").exists()
    assert not list((tmp_path / "flower").rglob("*.py"))


@pytest.mark.heavy
def test_a_killed_worker_is_started_again_and_trains(
    federation: "Federation",
    node: "Node",
    bundle: bytes,
    study: Study,
    make_request: MakeRequest,
    tmp_path: Path,
) -> None:
    with started(federation, node, tmp_path) as program:
        program.until(lambda: run_control.is_ready(tmp_path / "planted"))
        for worker in program.workers():
            os.kill(worker, signal.SIGKILL)
        program.until(lambda: not run_control.is_ready(tmp_path / "planted"))
        node.wait_for(bundle, federation.site.folder, make_request(study), "train", TaskType.CLIENT_APP)
        program.until(lambda: len(node.replies()) == 1)
        program.until(lambda: len(program.workers()) == 1)
    assert set(node.reply().content) == {"arrays"}


def test_a_worker_is_seen_to_be_ready_when_it_has_loaded_and_until_it_ends(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    seen: list[tuple[str, bool]] = []
    monkeypatch.setattr(warm_worker, "load", lambda: seen.append(("load", run_control.is_ready(tmp_path))))
    monkeypatch.setattr(warm_worker, "serve", lambda *_: seen.append(("serve", run_control.is_ready(tmp_path))))
    warm_worker.main(["--insecure", "--runtime-api-address", "127.0.0.1:1", "--parent-pid", "1"])
    assert seen == [("load", False), ("serve", True)]
    assert not run_control.is_ready(tmp_path)


def test_what_is_not_installed_stops_no_worker(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It would end and be started again for ever, and no message would get an answer, not even a refusal."""
    monkeypatch.setattr(warm_worker, "_LOADED", ("cloister.client.egress", "not_installed"))
    monkeypatch.setattr(warm_worker, "_LOADED_IF_INSTALLED", ("not_installed_either",))
    monkeypatch.setattr(gc, "freeze", lambda: None)
    warm_worker.load()
    assert "not_installed cannot be loaded" in caplog.text
    assert "not_installed_either" not in caplog.text

"""A real deployment on loopback: Flower's SuperLink, SuperExec and SuperNodes, set up by the guides' own commands.

The shell blocks of docs/coordinator.md and docs/site.md that are marked `<!-- step: name -->` are run as they stand,
each hospital in a folder of its own. Between hospitals and SuperLink stands a gate, the reverse proxy that the guide
asks for: it passes `/v1/fleet/` alone, and it keeps what the hospitals send, decrypted, for the tests to look through.
"""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from cloister.simulation.sources.heart_disease import prepare
from cloister.study.schema import Study

ROOT = Path(__file__).parents[2]
HOSPITALS = ("cleveland", "hungary")
# Generous, because other work may share the cores: on two idle ones the whole run takes about three minutes.
SHELL_SECONDS, START_SECONDS, RUN_SECONDS = 180.0, 180.0, 1500.0
_POLL_SECONDS = 0.5


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Poll until a condition holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds:.0f} s: {what}")
        time.sleep(_POLL_SECONDS)


@dataclass
class Service:
    """A process that a guide's step started, with everything that it starts itself."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def stop(self) -> None:
        """End the process group: politely, then not."""
        for sign, seconds in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0)):
            try:
                os.killpg(self.process.pid, sign)
                self.process.wait(seconds)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self.process.wait(10.0)

    def kill(self) -> None:
        """End the process as a power failure would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10.0)

    def kill_within(self, program: str) -> bool:
        """The same for one program that the process started; whether it was running."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_text(errors="replace").split("\0")
                if os.getpgid(int(entry.name)) == self.process.pid and any(program in word for word in words):
                    os.kill(int(entry.name), signal.SIGKILL)
                    return True
            except (OSError, ProcessLookupError):
                continue
        return False

    def exit_status(self) -> int:
        """The status with which the process ends by itself."""
        wait_until(lambda: self.process.poll() is not None, START_SECONDS, f"the end of {self.log.stem}")
        return self.process.returncode

    def text(self) -> str:
        """What the process and those that it started have printed."""
        return self.log.read_text(errors="replace")


@dataclass
class Desk:
    """Somebody with a shell in a folder, following a guide."""

    folder: Path
    guide: str
    variables: dict[str, str]
    services: dict[str, Service] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        text = (ROOT / "docs" / self.guide).read_text()
        self._steps = dict(re.findall(r"<!-- step: (\S+) -->\n```sh\n(.*?)```", text, re.DOTALL))

    def run(self, step: str, **variables: str) -> str:
        """Run a step to its end; returns what it printed. It must succeed."""
        done = subprocess.run(
            self._command(step),
            cwd=self.folder,
            env=self._environment(variables),
            capture_output=True,
            text=True,
            timeout=SHELL_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{self.guide}, step {step}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, step: str, **variables: str) -> Service:
        """Start a step that goes on until it is stopped."""
        log = self.folder / f"{step}.log"
        with log.open("ab") as file:
            process = subprocess.Popen(
                self._command(step),
                cwd=self.folder,
                env=self._environment(variables),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.services[step] = Service(process, log)
        return self.services[step]

    def stop(self) -> None:
        for service in self.services.values():
            service.stop()

    def _command(self, step: str) -> list[str]:
        return ["bash", "-euo", "pipefail", "-c", f"{self._steps['environment']}\n{self._steps[step]}"]

    def _environment(self, variables: dict[str, str]) -> dict[str, str]:
        scripts = str(Path(sys.executable).parent)
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "OMP_NUM_THREADS") if name in os.environ}
        path = f"{scripts}{os.pathsep}{os.environ['PATH']}"
        state = {"XDG_STATE_HOME": str(self.folder / "state")}
        return {**kept, **state, "PATH": path, "PYTHONUNBUFFERED": "1", **self.variables, **variables}


@dataclass(frozen=True)
class Sent:
    """One request of a hospital, as it arrived."""

    path: str
    body: bytes


class Gate:
    """A TLS reverse proxy on loopback that passes `/v1/fleet/` and remembers what it passed."""

    def __init__(self, certificate: Path, key: Path, authority: Path, link_port: int) -> None:
        self.sent: list[Sent] = []
        self.refused: list[str] = []
        self._upstream = ssl.create_default_context(cafile=str(authority))
        self._link_port = link_port
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                gate._pass(self)

            def do_GET(self) -> None:
                gate._pass(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, name="gate", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _pass(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        if not request.path.startswith("/v1/fleet/"):
            self.refused.append(request.path)
            self._answer(request, 403, [], b"")
            return
        self.sent.append(Sent(request.path, body))
        link = http.client.HTTPSConnection("127.0.0.1", self._link_port, context=self._upstream, timeout=60)
        try:
            link.request(request.command, request.path, body, dict(request.headers))
            answer = link.getresponse()
            content = answer.read()
        except OSError:
            self._answer(request, 502, [], b"")
            return
        finally:
            link.close()
        self._answer(request, answer.status, answer.getheaders(), content)

    @staticmethod
    def _answer(request: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        request.send_response_only(status)
        for name, value in headers:
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)


@dataclass
class Deployment:
    """A federation whose study has run to its end, still up."""

    study: Study
    coordinator: Desk
    sites: dict[str, Desk]
    gate: Gate
    twin: Path
    """Copies of all folders as they were before the run, for the in-process engine."""
    finished: Path
    """A copy of the coordinator's folder as it was after the run."""
    cleanup: ExitStack
    run_id: str = ""

    def status(self) -> dict[str, Any]:
        """What `cloister server status` says."""
        answer: dict[str, Any] = json.loads(self.coordinator.run("status"))
        return answer

    def run_state(self) -> str:
        """What Flower says of the run, such as `finished:completed`."""
        return {str(run["run-id"]): str(run["status"]) for run in _runs(self.coordinator)}[self.run_id]

    def start(self) -> None:
        """Start the study, or go on with it."""
        answer = self.coordinator.run("run")
        self.run_id = str(json.loads(answer[answer.index("{") :])["run-id"])

    def finish(self) -> None:
        """Wait for the end of the run, whatever it is."""
        wait_until(lambda: self.run_state().startswith("finished"), RUN_SECONDS, "the end of the run")

    def all_work_on(self, round_number: int) -> bool:
        """Whether every hospital has the round's message.

        Flower hands each message over once: what is on its way when the SuperLink is killed is lost, and the round
        would wait for its time limit.
        """
        started = 1 + round_number  # the question who the site is, then one message a round
        marks = ("Received successfully", "Start `flwr-clientapp` process")
        logs = [desk.services["supernode"].text() for desk in self.sites.values()]
        return all(log.count(mark) >= started for log in logs for mark in marks)

    def stranger(self) -> Desk:
        """A hospital with a key of its own that nobody registered."""
        variables = next(iter(self.sites.values())).variables
        own = {"NAME": "stranger", "NODE_PORT": str(_free_port())}
        desk = Desk(self.coordinator.folder.parent / "stranger", "site.md", {**variables, **own})
        shutil.copy(self.coordinator.folder / "keys" / "ca.crt", desk.folder / "ca.crt")
        desk.run("node-key")
        self.cleanup.callback(desk.stop)
        return desk

    def logs(self) -> str:
        """The end of every process's log."""
        desks = {"coordinator": self.coordinator, **self.sites}
        return "\n".join(
            f"--- {name}: {step}\n{service.text()[-6000:]}"
            for name, desk in desks.items()
            for step, service in desk.services.items()
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Show the processes' logs with a test that failed."""
    report = yield
    deployment = getattr(item, "funcargs", {}).get("deployment")
    if report.failed and deployment is not None:
        report.sections.append(("logs of the deployment", deployment.logs()))
    return report


@pytest.fixture
def make_deployment(shared_data: Path, tmp_path: Path) -> Iterator[Callable[[int], Deployment]]:
    """Brings up a deployment whose study has so many rounds, ready to start."""
    with ExitStack() as stack:

        def make(rounds: int) -> Deployment:
            made = _set_up(tmp_path / "deployment", shared_data / "fed_heart_disease", stack, rounds)
            _bring_up(made)
            return made

        yield make


@pytest.fixture(scope="session")
def deployment(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The heart-disease study, run by two hospitals and a coordinator of real processes."""
    for program in ("openssl", "ssh-keygen"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}, which the guides use")
    folder = tmp_path_factory.mktemp("deployment")
    with ExitStack() as stack:
        made = _set_up(folder, shared_data / "fed_heart_disease", stack)
        try:
            _bring_up(made)
            made.start()
            wait_until(lambda: made.all_work_on(round_number=3), RUN_SECONDS, "every hospital works on round 3")
            made.coordinator.services["superlink"].kill()
            _start_superlink(made.coordinator)
            made.finish()
            shutil.copytree(made.coordinator.folder / "coordinator", made.finished)
        except BaseException:
            print(made.logs())
            raise
        yield made


def _set_up(folder: Path, data: Path, stack: ExitStack, rounds: int | None = None) -> Deployment:
    """Every folder, key and approval; nothing is started but the gate. `rounds` shortens the study."""
    study_file = folder / "study.toml"
    link_port = _free_port()
    coordinator = Desk(
        folder / "coordinator",
        "coordinator.md",
        {"HOST": "localhost", "LINK_PORT": str(link_port), "STUDY": str(study_file)},
    )
    stack.callback(coordinator.stop)
    coordinator.run("certificates")
    keys = coordinator.folder / "keys"
    gate = Gate(keys / "server.crt", keys / "server.key", keys / "ca.crt", link_port)
    stack.callback(gate.close)
    sites: dict[str, Desk] = {}
    for name in HOSPITALS:
        variables = {"NAME": name, "HOST": "localhost", "PORT": str(gate.port), "NODE_PORT": str(_free_port())}
        desk = sites[name] = Desk(folder / name, "site.md", variables)
        stack.callback(desk.stop)
        desk.run("init")
    identities = [desk.run("identity").strip() for desk in sites.values()]
    example = (ROOT / "examples" / "heart-disease.toml").read_text()
    study_file.write_text(_study_of_two(example, identities, rounds))
    study = Study.read(study_file)
    source = prepare(study, data, folder)
    _write_csv(source.heldout.table, coordinator.folder / "heldout.csv")
    for step in ("plan", "folder", "heldout", "connection"):
        coordinator.run(step)
    for name, desk in sites.items():
        _write_csv(source.sites[name].table, desk.folder / "patients.csv")
        shutil.copy(study_file, desk.folder / "study.toml")
        shutil.copy(keys / "ca.crt", desk.folder / "ca.crt")
        for step in ("declare", "register", "node-key", "check", "approve"):
            desk.run(step)
        _seed(desk.folder / "site" / "site.toml", study.seeds.training)
    twin = folder / "twin"
    shutil.copytree(coordinator.folder / "coordinator", twin / "coordinator")
    for name, desk in sites.items():
        shutil.copytree(desk.folder / "site", twin / "sites" / name)
    return Deployment(study, coordinator, sites, gate, twin, folder / "finished", stack)


def _bring_up(made: Deployment) -> None:
    _start_superlink(made.coordinator)
    made.coordinator.start("superexec")
    for name, desk in made.sites.items():
        shutil.copy(desk.folder / "node.pub", made.coordinator.folder / f"{name}.pub")
        made.coordinator.run("register", NAME=name)
        desk.start("supernode")


def _start_superlink(coordinator: Desk) -> None:
    coordinator.start("superlink")

    def answers() -> bool:
        try:
            _runs(coordinator)
        except AssertionError:
            return False
        return True

    wait_until(answers, START_SECONDS, "the SuperLink answers")


def _runs(coordinator: Desk) -> list[dict[str, Any]]:
    answer = json.loads(coordinator.run("watch"))
    assert answer["success"], answer
    runs: list[dict[str, Any]] = answer["runs"]
    return runs


def _study_of_two(text: str, identities: list[str], rounds: int | None) -> str:
    federation = [
        f"sites = {json.dumps(list(HOSPITALS))}",
        "secure_aggregation = true",
        f"identities = {{ {', '.join(identities)} }}",
    ]
    cut, count = re.subn(r"(?m)^sites = .*$", "\n".join(federation), text)
    assert count == 1
    return cut if rounds is None else re.sub(r"(?m)^rounds = .*$", f"rounds = {rounds}", cut)


def _write_csv(table: pa.Table | None, path: Path) -> None:
    import pyarrow.csv

    assert table is not None
    pyarrow.csv.write_csv(table, path)


def _seed(site_file: Path, seed: int) -> None:
    """What no real site does: reproducible noise, so that the run can be compared bit for bit."""
    site_file.write_text(f"{site_file.read_text()}\n[simulation]\nseed = {seed}\n")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

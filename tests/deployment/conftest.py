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
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from cloister.deid.declared import write_declared_dataset
from cloister.simulation.sources.heart_disease import prepare
from cloister.study.keys import SiteKey
from cloister.study.schema import Study

ROOT = Path(__file__).parents[2]
HOSPITALS = ("cleveland", "hungary")
# Generous, because other work may share the cores: on two idle ones the whole run takes about three minutes.
SHELL_SECONDS, START_SECONDS, RUN_SECONDS = 180.0, 180.0, 1500.0
_POLL_SECONDS = 0.5


def wait_until(condition: Callable[[], bool], seconds: float, what: str, poll: float = _POLL_SECONDS) -> None:
    """Ask every `poll` seconds until a condition holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds:.0f} s: {what}")
        time.sleep(poll)


def rounds_finished(submission: Path) -> int:
    """By the newest checkpoint."""
    found = (submission / "checkpoints").glob("round-*.safetensors")
    return max((int(path.stem.removeprefix("round-")) for path in found), default=0)


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
        """End the process and all that it started as a power failure would."""
        for number in self.processes():
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self.process.wait(10.0)

    def kill_within(self, program: str) -> bool:
        """The same for one program that the process started; whether it was running."""
        found = self.running_within(program)
        with suppress(ProcessLookupError):
            if found is not None:
                os.kill(found, signal.SIGKILL)
                return True
        return False

    def running_within(self, program: str) -> int | None:
        """The number of a process of a program that the process started; None if it does not run."""
        for number in self.processes():
            with suppress(OSError):
                words = Path(f"/proc/{number}/cmdline").read_text(errors="replace").split("\0")
                if any(program in word for word in words):
                    return number
        return None

    def processes(self) -> list[int]:
        """The process, those that it started, those that these started..., whatever session they are in."""
        children: dict[int, list[int]] = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parent = int(status.read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(status.parent.name))
        found = [self.process.pid]
        for number in found:
            found += children.get(number, [])
        return found

    def wait_for(self, words: str) -> None:
        """Wait until the process has printed some words."""
        wait_until(lambda: words in self.text(), START_SECONDS, f"{words!r} in the log of {self.log.stem}")

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
        fixed = {"XDG_STATE_HOME": str(self.folder / "state"), "CLOISTER": str(ROOT)}
        return {**kept, **fixed, "PATH": path, "PYTHONUNBUFFERED": "1", **self.variables, **variables}


@dataclass(frozen=True)
class Sent:
    """One request of a hospital, as it arrived."""

    path: str
    body: bytes


class Gate:
    """A TLS reverse proxy on loopback that passes `/v1/fleet/` and remembers what it passed."""

    def __init__(self, certificate: Path, key: Path, authority: Path, link_port: int, port: int = 0) -> None:
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

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
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
    submission: Path
    """The folder that the coordinator runs the study in."""
    sites: dict[str, Desk]
    gate: Gate
    twin: Path
    """Copies of all folders as they were before the run, for the in-process engine."""
    finished: Path
    """A copy of the coordinator's folder as it was after the run."""
    cleanup: ExitStack
    fingerprint: str
    """The coordinator's, in words."""
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
        received = re.compile(r"Receiving: train message[^\n]*\n[^\n]*Received successfully")
        logs = [desk.services["supernode"].text() for desk in self.sites.values()]
        return all(len(received.findall(log)) >= round_number for log in logs)

    def stranger(self) -> Desk:
        """An enrolled hospital whose node nobody registered."""
        desk = _enrolled(self.coordinator, self.coordinator.folder.parent / "stranger", self.fingerprint, self.cleanup)
        _seed(desk.folder / "site" / "site.toml", 0)
        return desk

    def logs(self) -> str:
        """The end of every process's log."""
        desks = {"coordinator": self.coordinator, **self.sites}
        return "\n".join(
            f"--- {name}: {step}\n{service.text()[-6000:]}"
            for name, desk in desks.items()
            for step, service in desk.services.items()
        )


class Enrolled:
    """A coordinator and hospitals: made by `cloister server` and `cloister site`, started by what these write.

    Args:
        folder: the coordinator's is `server` in it, and each hospital's has its name.
        hospitals: their names.
        cleanup: stops what was started.
    """

    def __init__(self, folder: Path, hospitals: Sequence[str], cleanup: ExitStack) -> None:
        self.folder, self.hospitals, self.server = folder, tuple(hospitals), folder / "server"
        self.port, self.link_port = _free_port(), _free_port()
        """The gate's, which hospitals dial, and the SuperLink's behind it."""
        self.services: dict[str, Service] = {}
        self._commands: dict[str, tuple[object, ...]] = {}
        self._cleanup = cleanup
        cleanup.callback(self._stop)

    def enroll(self) -> None:
        """Every folder, with keys that everybody has compared."""
        ports = ("--port", self.port, "--link-port", self.link_port)
        told = self.cloister("server", "init", "server", "--name", "heart", "--host", "localhost", *ports)
        for name in self.hospitals:
            theirs = _words_in(self.cloister("site", "init", name, "--site", name))
            request = f"{name}/enrolment/request.json"
            self.cloister("server", "enroll", request, "--server", "server", "--fingerprint", theirs)
            answer = ("accept", f"{name}-enrolment.json", "--site", name, "--node-port", _free_port())
            self.cloister("site", *answer, text=f"{_words_in(told)}\n")

    def equip(
        self, tables: Sequence[pa.Table], heldout: pa.Table, settings: str = "", policy: str | None = None
    ) -> Path:
        """A declared table, settings and a policy for each hospital, in the order of their names.

        Without a policy it is the one that `site init` wrote, but for taking declared data. Returns the folder of the
        coordinator's held-out table.
        """
        for name, table in zip(self.hospitals, tables, strict=True):
            site = self.folder / name
            _declare(site / "datasets" / "table", table, site / "site.key", "records")
            running = f"[run]\nhealth_port = 0\nfree_disk_gib = 0\n{settings}"
            # Named, for a simulated site would look for them elsewhere.
            where = 'anchors = "../state/cloister/anchors"\ndatasets = ["datasets/table"]\n'
            (site / "site.toml").write_text(f'name = "{name}"\n{where}{running}')
            written = (site / "policy.toml").read_text()
            taking = written.replace("declared_datasets = false", "declared_datasets = true")
            (site / "policy.toml").write_text(taking if policy is None else policy)
        _declare(self.folder / "heldout", heldout, self.server / "heldout.key", "heldout")
        return self.folder / "heldout"

    def submit(self, study: Path, heldout: Path) -> Path:
        """Sign a study; returns the folder that the coordinator runs it from."""
        output = self.cloister("server", "submit", study, "--server", "server", "--heldout", heldout)
        return self.folder / Path(re.findall(r"approve: (.*)", output)[0]).parent

    def approve(self, submission: Path) -> None:
        """As every hospital does."""
        for name in self.hospitals:
            signed = submission / "signed-study.json"
            self.cloister("site", "approve", signed, "--site", name, "--by", "Dr. A. Officer")

    def bring_up(self) -> None:
        """Coordinator, the gate in front, and a node at every hospital."""
        self.start_coordinator()
        keys = self.server / "keys"
        gate = Gate(keys / "server.crt", keys / "server.key", keys / "link-ca.crt", self.link_port, self.port)
        self._cleanup.callback(gate.close)
        self.start_hospitals()

    def start_coordinator(self) -> None:
        """SuperLink and SuperExec; every hospital's node may sign in."""
        self._start("superlink", self.server / "start" / "superlink.sh")
        wait_until(self._listens, START_SECONDS, "the SuperLink listens")
        self._start("superexec", self.server / "start" / "superexec.sh")
        self.cloister("server", "register", "--server", "server")

    def start_hospitals(self) -> None:
        """A node at each."""
        for name in self.hospitals:
            self._start(name, Path(sys.executable).with_name("cloister"), "site", "run", "--site", name)

    def restart_ended(self) -> None:
        """What a service manager does."""
        for name, service in list(self.services.items()):
            if service.process.poll() is not None:
                self._start(name, *self._commands[name])

    def run(self, submission: Path) -> None:
        """Run a submitted study to its end."""
        run_id = self.start_run(submission)
        # Every question is a program that starts, and takes the cores from those that train.
        wait_until(lambda: self.state_of(run_id).startswith("finished"), RUN_SECONDS, "the end of the run", poll=5.0)
        assert self.state_of(run_id) == "finished:completed"

    def start_run(self, submission: Path) -> str:
        """Start a submitted study, or go on with it; returns the run's number."""
        return str(self.flower("run", str(submission / "bundle"), "coordinator")["run-id"])

    def state_of(self, run_id: str) -> str:
        """What Flower says of a run, such as `finished:completed`."""
        return {str(run["run-id"]): str(run["status"]) for run in self.flower("ls", "coordinator")["runs"]}[run_id]

    def cloister(self, *arguments: object, text: str | None = None) -> str:
        """What `cloister` prints. It must succeed."""
        return self._said(["cloister", *map(str, arguments)], text)

    def flower(self, *arguments: str) -> dict[str, Any]:
        """What `flwr` answers. It must succeed."""
        output = self._said(["flwr", *arguments, "--format", "json"], None)
        answer: dict[str, Any] = json.loads(output[output.index("{") :])
        return answer

    def logs(self) -> str:
        """The end of every process's log."""
        return "\n".join(f"--- {path.name}\n{path.read_text()[-5000:]}" for path in self.folder.glob("*.log"))

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.link_port), 1.0):
            return True
        return False

    def _start(self, name: str, *command: object) -> None:
        self._commands[name] = command
        log = self.folder / f"{name}.log"
        with log.open("ab") as file:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.services[name] = Service(process, log)

    def _stop(self) -> None:
        for service in self.services.values():
            with suppress(ProcessLookupError):
                os.killpg(service.process.pid, signal.SIGTERM)
        for service in self.services.values():
            service.stop()

    def _said(self, command: list[str], text: str | None) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment(),
            input=text,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("LANG", "OMP_NUM_THREADS") if name in os.environ}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        home = {"HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state")}
        flower = {"FLWR_HOME": str(self.server / "flower"), "FLWR_TELEMETRY_ENABLED": "0"}
        return {**kept, **home, **flower, "PATH": path, "PYTHONUNBUFFERED": "1", "FLWR_DISABLE_UPDATE_CHECK": "1"}


def _declare(folder: Path, table: pa.Table, key: Path, collection: str) -> None:
    write_declared_dataset(
        folder, "table", table, site_key=SiteKey.read(key), collection=collection, statement="not of a real hospital"
    )


def _words_in(output: str) -> str:
    return str(re.findall(r"(?:[a-z]{5} ){7}[a-z]{5}", output)[0])


@pytest.fixture(scope="module")
def make_enrolled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Sequence[str]], Enrolled]]:
    """Hospitals and a coordinator who have exchanged keys; nothing is started yet."""
    with ExitStack() as stack:

        def make(hospitals: Sequence[str]) -> Enrolled:
            made = Enrolled(tmp_path_factory.mktemp("enrolled"), hospitals, stack)
            made.enroll()
            return made

        yield make


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Show the processes' logs with a test that failed."""
    report = yield
    for name in ("deployment", "enrolled"):
        made = getattr(item, "funcargs", {}).get(name)
        if report.failed and made is not None:
            report.sections.append(("logs of the deployment", made.logs()))
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
            shutil.copytree(made.submission, made.finished)
        except BaseException:
            print(made.logs())
            raise
        yield made


def _set_up(folder: Path, data: Path, stack: ExitStack, rounds: int | None = None) -> Deployment:
    """Every folder, key and approval; nothing is started but the gate. `rounds` shortens the study."""
    study_file = folder / "study.toml"
    port, link_port = _free_port(), _free_port()
    coordinator = Desk(
        folder / "coordinator",
        "coordinator.md",
        {"HOST": "localhost", "PORT": str(port), "LINK_PORT": str(link_port), "STUDY": str(study_file)},
    )
    stack.callback(coordinator.stop)
    fingerprint = _words_in(coordinator.run("server"))
    keys = coordinator.folder / "federation" / "keys"
    gate = Gate(keys / "server.crt", keys / "server.key", keys / "link-ca.crt", link_port, port)
    stack.callback(gate.close)
    sites: dict[str, Desk] = {}
    for name in HOSPITALS:
        sites[name] = _enrolled(coordinator, folder / name, fingerprint, stack)
    identities = [desk.run("identity").strip() for desk in sites.values()]
    example = (ROOT / "examples" / "heart-disease.toml").read_text()
    study_file.write_text(_study_of_two(example, identities, rounds))
    study = Study.read(study_file)
    source = prepare(study, data, folder)
    _write_csv(source.heldout.table, coordinator.folder / "heldout.csv")
    for step in ("plan", "heldout", "submit"):
        coordinator.run(step)
    (submission,) = (coordinator.folder / "federation" / "studies").iterdir()
    for name, desk in sites.items():
        _write_csv(source.sites[name].table, desk.folder / "patients.csv")
        shutil.copy(submission / "signed-study.json", desk.folder)
        for step in ("declare", "register", "check", "approve"):
            desk.run(step)
        _seed(desk.folder / "site" / "site.toml", study.seeds.training)
    twin = folder / "twin"
    shutil.copytree(submission, twin / "coordinator")
    for name, desk in sites.items():
        shutil.copytree(desk.folder / "site", twin / "sites" / name)
    return Deployment(study, coordinator, submission, sites, gate, twin, folder / "finished", stack, fingerprint)


def _enrolled(coordinator: Desk, folder: Path, fingerprint: str, stack: ExitStack) -> Desk:
    """A hospital that has exchanged keys with the coordinator; its name is the folder's."""
    name = folder.name
    desk = Desk(folder, "site.md", {"NAME": name, "NODE_PORT": str(_free_port()), "COORDINATOR": fingerprint})
    stack.callback(desk.stop)
    words = _words_in(desk.run("init"))
    shutil.copy(folder / "site" / "enrolment" / "request.json", coordinator.folder / f"{name}-request.json")
    coordinator.run("enroll", NAME=name, FINGERPRINT=words)
    shutil.copy(coordinator.folder / f"{name}-enrolment.json", folder)
    desk.run("accept")
    return desk


def _bring_up(made: Deployment) -> None:
    _start_superlink(made.coordinator)
    made.coordinator.start("superexec")
    made.coordinator.run("register")
    for desk in made.sites.values():
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
    # One round may be repeated where policies allow what it costs.
    cut, count = re.subn(r"(?m)^(target_epsilon = .*)$", r"\1\nspare_rounds = 1", cut)
    assert count == 1
    return cut if rounds is None else re.sub(r"(?m)^rounds = .*$", f"rounds = {rounds}", cut)


def _write_csv(table: pa.Table | None, path: Path) -> None:
    import pyarrow.csv

    assert table is not None
    pyarrow.csv.write_csv(table, path)


def _seed(site_file: Path, seed: int) -> None:
    """What no real site does: reproducible noise, so that the run can be compared bit for bit; several on a host.

    A simulated site's anchors are in its folder, and there they go along when the folder is copied.
    """
    site = site_file.parent
    shutil.copytree(site.parent / "state" / "cloister" / "anchors", site / "anchors")
    running = "[run]\nhealth_port = 0\nfree_disk_gib = 0\n"
    site_file.write_text(f"{site_file.read_text()}\n[simulation]\nseed = {seed}\n{running}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

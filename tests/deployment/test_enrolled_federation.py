"""From nothing to a trained model, with real processes: authority, enrolment, signed study, launcher.

Everything is made by `cloister server` and `cloister site` and started by the scripts that they write. Between the
hospitals and the SuperLink stands a TLS gate with the server's certificate, where a deployment has its reverse proxy.
"""

import asyncio
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from cloister.deid.declared import write_declared_dataset
from cloister.simulation.sources.heart_disease import prepare
from cloister.study.keys import SiteKey
from cloister.study.schema import Study

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[2]
HOSPITALS = ("cleveland", "hungary")
ROUNDS = 2
WORDS = r"(?:[a-z]{5} ){7}[a-z]{5}"
SECONDS = 1500.0
"""Generous, because other work may share the cores."""


class Gate:
    """Takes TLS off with the server's certificate and puts it on again for the SuperLink; counts connections."""

    def __init__(self, server: Path, port: int, link_port: int) -> None:
        self._outside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._outside.load_cert_chain(server / "keys" / "server.crt", server / "keys" / "server.key")
        self._inside = ssl.create_default_context(cafile=str(server / "keys" / "link-ca.crt"))
        self._port, self._link_port = port, link_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="gate", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10.0)

    def _run(self) -> None:
        started = asyncio.start_server(self._pass, "127.0.0.1", self._port, ssl=self._outside)
        self._loop.run_until_complete(started)
        self._loop.run_forever()
        passing = asyncio.all_tasks(self._loop)
        for task in passing:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*passing, return_exceptions=True))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            there = await asyncio.open_connection("127.0.0.1", self._link_port, ssl=self._inside)
            await asyncio.gather(self._copy(reader, there[1]), self._copy(there[0], writer))

    @staticmethod
    async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()


class Federation:
    """Two hospitals and a coordinator in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes: list[tuple[str, subprocess.Popen[bytes]]] = []

    def cloister(self, *arguments: object, text: str | None = None) -> str:
        return self._run(["cloister", *map(str, arguments)], text)

    def flower(self, *arguments: str) -> dict[str, Any]:
        output = self._run(["flwr", *arguments, "--format", "json"], None)
        answer: dict[str, Any] = json.loads(output[output.index("{") :])
        return answer

    def start(self, name: str, *command: object) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [str(part) for part in command], cwd=self.folder, env=self._environment(), stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self._processes.append((name, process))

    def stop(self) -> None:
        for sign, seconds in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0)):
            for _, process in self._processes:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, sign)
            for _, process in self._processes:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(seconds)

    def logs(self) -> str:
        return "\n".join(f"--- {path.name}\n{path.read_text()[-5000:]}" for path in self.folder.glob("*.log"))

    def _run(self, command: list[str], text: str | None) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self._environment(), input=text, capture_output=True, text=True,
            timeout=300.0, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("LANG", "OMP_NUM_THREADS") if name in os.environ}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        home = {"HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state")}
        flower = {"FLWR_HOME": str(self.folder / "heart" / "flower"), "FLWR_TELEMETRY_ENABLED": "0"}
        return {**kept, **home, **flower, "PATH": path, "PYTHONUNBUFFERED": "1", "FLWR_DISABLE_UPDATE_CHECK": "1"}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def words_in(output: str) -> str:
    return str(re.findall(WORDS, output)[0])


@pytest.fixture(scope="module")
def finished(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Federation, str]]:
    """A study, submitted, approved and run to its end; and the run's id."""
    with ExitStack() as stack:
        made = Federation(tmp_path_factory.mktemp("enrolled"))
        stack.callback(made.stop)
        try:
            submission = set_up(made, shared_data / "fed_heart_disease", stack)
            run_id = str(made.flower("run", str(submission / "bundle"), "coordinator")["run-id"])
            wait_until_finished(made, run_id)
        except BaseException:
            print(made.logs())
            raise
        yield made, run_id


def set_up(made: Federation, data: Path, stack: ExitStack) -> Path:
    """Everything up to the run, in the order of docs/deployment.md; returns the submitted study's folder."""
    port, link_port = free_port(), free_port()
    ports = ("--port", port, "--link-port", link_port)
    coordinator = words_in(made.cloister("server", "init", "heart", "--name", "heart", "--host", "localhost", *ports))
    for name in HOSPITALS:
        theirs = words_in(made.cloister("site", "init", name, "--site", name))
        request = f"{name}/enrolment/request.json"
        made.cloister("server", "enroll", request, "--server", "heart", "--fingerprint", theirs)
        answer = ("accept", f"{name}-enrolment.json", "--site", name, "--node-port", free_port())
        made.cloister("site", *answer, text=f"{coordinator}\n")
    study_file = made.folder / "study.toml"
    study_file.write_text(study_of_two(made.cloister("server", "roster", "--server", "heart")))
    source = prepare(Study.read(study_file), data, made.folder)
    heldout = made.folder / "heldout"
    declare(heldout, source.heldout.table, made.folder / "heart" / "heldout.key", "heldout")
    output = made.cloister("server", "submit", "study.toml", "--server", "heart", "--heldout", "heldout")
    submission = made.folder / Path(re.findall(r"approve: (.*)", output)[0]).parent
    for name in HOSPITALS:
        site = made.folder / name
        declare(site / "datasets" / "table", source.sites[name].table, site / "site.key", "records")
        running = "[run]\nhealth_port = 0\nfree_disk_gib = 0\n"
        (site / "site.toml").write_text(f'name = "{name}"\ndatasets = ["datasets/table"]\n{running}')
        policy = site / "policy.toml"
        policy.write_text(policy.read_text().replace("declared_datasets = false", "declared_datasets = true"))
        made.cloister("site", "approve", submission / "signed-study.json", "--site", name, "--by", "Dr. A. Officer")
    made.start("superlink", made.folder / "heart" / "start" / "superlink.sh")
    wait_for_port(link_port)
    made.start("superexec", made.folder / "heart" / "start" / "superexec.sh")
    made.cloister("server", "register", "--server", "heart")
    gate = Gate(made.folder / "heart", port, link_port)
    stack.callback(gate.close)
    for name in HOSPITALS:
        made.start(name, Path(sys.executable).with_name("cloister"), "site", "run", "--site", name)
    return submission


def declare(folder: Path, table: Any, key: Path, collection: str) -> None:
    write_declared_dataset(
        folder, "table", table, site_key=SiteKey.read(key), collection=collection, statement="UCI, CC BY 4.0"
    )


def study_of_two(roster: str) -> str:
    identities = "\n".join(line.partition("#")[0] for line in roster.splitlines())
    federation = f"[federation]\nsites = {json.dumps(HOSPITALS)}\nsecure_aggregation = true\n"
    text = (ROOT / "examples" / "heart-disease.toml").read_text()
    text = re.sub(r"(?ms)^\[federation\]\n.*?(?=^\[)", f"{federation}[federation.identities]\n{identities}\n\n", text)
    return re.sub(r"(?m)^rounds = .*", f"rounds = {ROUNDS}", text)


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        time.sleep(0.5)
    pytest.fail("the SuperLink does not listen")


def wait_until_finished(made: Federation, run_id: str) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        runs = {str(run["run-id"]): str(run["status"]) for run in made.flower("ls", "coordinator")["runs"]}
        if runs[run_id].startswith("finished"):
            assert runs[run_id] == "finished:completed", made.logs()
            return
        time.sleep(2.0)
    pytest.fail("the run does not end")


def test_every_round_had_every_hospital(finished: tuple[Federation, str]) -> None:
    made, _ = finished
    (folder,) = (made.folder / "heart" / "studies").iterdir()
    status = json.loads(made.cloister("server", "status", "--coordinator", folder, "--json"))
    assert status["rounds_finished"] == ROUNDS
    assert all(record["replied"] == sorted(HOSPITALS) and not record["failed"] for record in status["history"][1:])


def test_what_left_is_on_record_and_the_coordinators_code_never_arrived(finished: tuple[Federation, str]) -> None:
    made, _ = finished
    for name in HOSPITALS:
        entries = json.loads(made.cloister("site", "egress", "--site", name, "--json"))
        kinds = [entry["kind"] for entry in entries]
        assert kinds.count("train") == kinds.count("query.secure_unmask") == ROUNDS
        assert all(entry["code"] is None for entry in entries)
        assert "valid" in made.cloister("site", "egress", "--site", name, "--verify")
        assert not list((made.folder / name / "flower").rglob("*.py"))
        assert not list((made.folder / name / "flower").rglob("pyproject.toml"))


def test_the_audit_logs_of_both_ends_tell_the_same(finished: tuple[Federation, str]) -> None:
    made, _ = finished
    told = json.loads(made.cloister("server", "audit", "--server", "heart", "--json"))
    events = [entry["event"] for entry in told]
    assert events.count("site-enrolled") == events.count("node-registered") == len(HOSPITALS)
    rounds = [entry for entry in told if entry["event"] == "round-finished"]
    assert [(entry["round"], entry["failed"]) for entry in rounds] == [(number, {}) for number in range(ROUNDS + 1)]
    assert events[-1] == "run-ended"
    for name in HOSPITALS:
        told = json.loads(made.cloister("site", "audit", "--site", name, "--json"))
        events = [entry["event"] for entry in told]
        assert events.index("study-approved") < events.index("started") < events.index("answered")
        assert {entry["study_sha256"] for entry in told if entry["event"] == "answered"} == {rounds[0]["study_sha256"]}
        assert "valid" in made.cloister("site", "audit", "--site", name, "--verify")


def test_a_revoked_hospital_is_off_the_superlinks_list(finished: tuple[Federation, str]) -> None:
    made, _ = finished
    statuses = [node["status"] for node in made.flower("supernode", "list", "coordinator")["nodes"]]
    assert statuses == ["online"] * len(HOSPITALS)
    made.cloister("server", "revoke", "hungary", "--server", "heart", "--reason", "left")
    statuses = [node["status"] for node in made.flower("supernode", "list", "coordinator")["nodes"]]
    assert sorted(statuses) == ["online", "unregistered"]
    assert "is the roster's" in made.cloister("server", "register", "--server", "heart")


def test_a_stopped_hospital_ends_its_node_and_says_so(finished: tuple[Federation, str]) -> None:
    made, _ = finished
    assert "stops after" in made.cloister("site", "stop", "--site", "cleveland")
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        told = json.loads(made.cloister("site", "audit", "--site", "cleveland", "--json"))
        if told[-1]["event"] == "stopped":
            break
    assert [entry["event"] for entry in told[-2:]] == ["node-ended", "stopped"]
    assert "does not run" in made.cloister("site", "stop", "--site", "cleveland")

"""The guide's script for three hospitals on one host does what it says, as it is written."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_COMMANDS = 25
ROUND = ["train", "query.secure_unmask"]
KINDS = ["query.identify", "query.secure_advertise", "query.secure_share", *ROUND, *ROUND]
HOSPITALS = [f"hospital-{number}" for number in (1, 2, 3)]
SECONDS = 1500.0
"""Generous, because other work may share the cores."""


def script(name: str) -> str:
    guide = (ROOT / "docs" / "deployment.md").read_text()
    (found,) = re.findall(rf"<!-- script: {name} -->\n```sh\n(.*?)```", guide, re.DOTALL)
    return str(found)


def commands_in(text: str) -> list[str]:
    """What somebody types who goes through it line by line: what a heredoc holds belongs to its command."""
    without_documents = re.sub(r"<<'END'(.*?)\n.*?\nEND\n", r"\1\n", text, flags=re.DOTALL)
    whole = re.sub(r"(\\|\|)\n", r"\1 ", without_documents)
    lines = [line.strip() for line in whole.splitlines()]
    return [line for line in lines if line and not re.match(r"#|for .* do$|done$", line)]


def test_it_has_no_more_commands_than_promised() -> None:
    assert 10 < len(commands_in(script("one-host"))) <= MOST_COMMANDS


def free_ports(count: int) -> int:
    """The first of so many free ports in a row, below those that the kernel gives to connections meanwhile."""
    for first in range(32_000 - os.getpid() % 10_000, 10_000, -count):
        with ExitStack() as held, suppress(OSError):
            for port in range(first, first + count):
                held.enter_context(socket.create_server(("127.0.0.1", port)))
            return first
    pytest.fail("no free ports")


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the script ran, and was stopped."""
    if shutil.which("nginx") is None:
        pytest.skip("needs nginx")
    folder, first = tmp_path_factory.mktemp("one-host"), free_ports(6)
    environment = {
        **environment_of(folder),
        "CLOISTER": str(ROOT),
        "PORT": str(first),
        "LINK_PORT": str(first + 1),
        "NODE_PORT": str(first + 2),
    }
    began = time.monotonic()
    with (folder / "said.log").open("wb") as said:
        process = subprocess.Popen(
            ["bash", "-c", script("one-host") + script("one-host-stop")],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
    try:
        status = process.wait(SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    print(f"everything, stopping included: {time.monotonic() - began:.0f} s")
    assert status == 0, "\n".join(f"--- {log.name}\n{log.read_text()[-4000:]}" for log in folder.glob("*.log"))
    return folder


def environment_of(folder: Path) -> dict[str, str]:
    """Of somebody whose home is this folder."""
    return {"HOME": str(folder), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def cloister(folder: Path, *arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("cloister")), *arguments]
    return subprocess.check_output(command, cwd=folder, env=environment_of(folder), text=True, timeout=SECONDS)


@pytest.mark.heavy
def test_both_rounds_had_every_hospital(federation: Path) -> None:
    told = json.loads(cloister(federation, "server", "audit", "--server", "coordinator", "--json"))
    at = {entry["event"]: datetime.fromisoformat(entry["at"]) for entry in told}
    print(f"two rounds, from the start of the run to its end: {at['run-ended'] - at['run-started']}")
    (study,) = (federation / "coordinator" / "studies").iterdir()
    status = json.loads(cloister(federation, "server", "status", "--coordinator", str(study), "--json"))
    _, *rounds = status["history"]
    assert [(record["replied"], record["failed"]) for record in rounds] == [(HOSPITALS, {})] * 2


@pytest.mark.heavy
def test_what_left_was_masked_and_every_log_verifies(federation: Path) -> None:
    for hospital in HOSPITALS:
        sent = json.loads(cloister(federation, "site", "egress", "--site", hospital, "--json"))
        assert [entry["kind"] for entry in sent].count("query.secure_unmask") == 2
        assert all(entry["code"] is None for entry in sent)
        assert "valid" in cloister(federation, "site", "audit", "--site", hospital, "--verify")
        assert json.loads(cloister(federation, "site", "ledger", "--site", hospital, "--json"))["spent"] <= 8


@pytest.mark.heavy
def test_every_message_was_answered_by_the_warm_worker(federation: Path) -> None:
    for hospital in HOSPITALS:
        log = (federation / f"{hospital}.log").read_text()
        answered = re.findall(r"(\S+) took ", log)
        # Who is still starting is asked again who it is.
        assert answered[answered.count(KINDS[0]) - 1 :] == KINDS
        assert "started threads" not in log
        events = json.loads(cloister(federation, "site", "audit", "--site", hospital, "--json"))
        assert [event["event"] for event in events[-2:]] == ["node-ended", "stopped"]

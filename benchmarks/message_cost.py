"""What a message costs beside the work that it asks for: stock Flower, and a deployment of Cloister's, cold and warm.

All have a SuperLink and three SuperNodes of their own on this host. Stock Flower runs an app of a few lines: a message
with a small model is sent to each node, and answered, time after time; the work is nothing. The model has two arrays,
and then a hundred, as an adapter has: Flower hands over each by itself. Cloister's messages have one vector whatever
the model (`tests/study/test_arrays.py`). Cloister runs the script of `docs/deployment.md` (nginx, TLS, signed-in nodes,
secure aggregation), once as it is, and once with Flower's own waits and with a launcher that starts anew for every
message. There a message costs what a round took by the coordinator's clock, less the work of the slowest site in each
of its two steps, divided by the steps. What a cold launcher imports once the study is admitted counts as work, in its
favour. Nor does the script look at the study's status meanwhile: each look starts a program, which takes a processor
a second. The first message or round does not count.

    python benchmarks/message_cost.py [--rounds 8]     # needs nginx
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
PROGRAMS = Path(sys.executable).parent
SITES = ("hospital-1", "hospital-2", "hospital-3")
STEPS = ("train", "query.secure_unmask")
_LONGEST = 3600.0
STOCK_APP = """
import time
from flwr.app import Message, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import ServerApp

client = ClientApp()
server = ServerApp()


@client.query()
def answer(message, context):
    return Message(RecordDict({{"config": message.content["config"]}}), reply_to=message)


@server.main()
def main(grid, context):
    from pathlib import Path
    import numpy as np
    from flwr.app import Array, ArrayRecord, ConfigRecord
    while len(nodes := list(grid.get_node_ids())) < {sites}:
        time.sleep(0.5)
    for number in range({messages} + 1):
        began = time.monotonic()
        values = np.full(1000, number, np.float32)
        arrays = ArrayRecord({{str(each): Array(values + each) for each in range({arrays})}})
        content = RecordDict({{"config": ConfigRecord({{"number": number}}), "arrays": arrays}})
        replies = list(grid.send_and_receive([Message(content, node, "query") for node in nodes]))
        assert len(replies) == {sites} and not any(reply.has_error() for reply in replies)
        with Path({output!r}).open("a") as file:
            print(time.monotonic() - began, file=file)
"""
STOCK_PROJECT = """
[project]
name = "stock"
version = "1.0.0"
[tool.flwr.app]
publisher = "benchmark"
[tool.flwr.app.components]
serverapp = "stock_app:server"
clientapp = "stock_app:client"
"""


def main() -> None:
    """Measure all three and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8, help="Of two messages each, after one that does not count.")
    rounds = parser.parse_args().rounds
    if shutil.which("nginx") is None:
        sys.exit("needs nginx on the PATH")
    print(f"{'':30}{'s per message':>14}{'smallest':>10}{'largest':>10}")
    measured: dict[str, Callable[[Path, int], list[float]]] = {
        "stock Flower": stock,
        "stock Flower, 100 arrays": partial(stock, arrays=100),
        "Cloister, cold": cold,
        "Cloister, warm": warm,
    }
    for name, measure in measured.items():
        with tempfile.TemporaryDirectory() as folder:
            costs = measure(Path(folder), rounds)
        print(f"{name:30}{median(costs):14.1f}{min(costs):10.1f}{max(costs):10.1f}", flush=True)


def stock(folder: Path, rounds: int, arrays: int = 2) -> list[float]:
    """Seconds of each message under Flower's own programs, without TLS; on the way there with a model of arrays."""
    port, output = _free_port(), folder / "seconds"
    app = folder / "app"
    app.mkdir()
    text = STOCK_APP.format(sites=len(SITES), messages=len(STEPS) * rounds, output=str(output), arrays=arrays)
    (app / "stock_app.py").write_text(text)
    (app / "pyproject.toml").write_text(STOCK_PROJECT)
    home = folder / "flower"
    home.mkdir()
    address = f"127.0.0.1:{port}"
    (home / "config.toml").write_text(
        f'[superlink]\ndefault = "here"\n[superlink.here]\naddress = "{address}"\ninsecure = true\n'
    )
    environment = {"FLWR_HOME": str(home)}
    with ExitStack() as stack:
        link = ["flower-superlink", "--insecure", "--host", "127.0.0.1", "--port", str(port)]
        stack.enter_context(_running([*link, "--disable-runtime-dependency-installation"], folder, environment))
        for number in range(len(SITES)):
            node = ["flower-supernode", "--insecure", "--superlink", address, "--port", str(_free_port())]
            home = folder / f"node-{number}"
            stack.enter_context(_running(node, folder, {"FLWR_HOME": str(home)}))
        _wait(lambda: _listens(port))
        command = [str(PROGRAMS / "flwr"), "run", str(app), "here"]
        subprocess.run(command, env=_environment(environment), stdout=subprocess.DEVNULL, check=True)
        return _wait_for_lines(output, len(STEPS) * rounds + 1)[1:]


def cold(folder: Path, rounds: int) -> list[float]:
    """Seconds of a message, each round's mean, with Flower's waits and a new process for every message."""
    superexec = f'#!/bin/sh\\nexec {shlex.quote(str(PROGRAMS / "flower-superexec"))} "$@"\\n'
    as_flower_does = (
        f"for number in 1 2 3; do printf '{superexec}' > hospital-$number/launcher/flower-superexec; "
        "sed -i -e 's|exec .* --superlink|exec flower-supernode --superlink|' -e '/^# Written/d' "
        "hospital-$number/start-supernode.sh; done\n"
    )
    return _deployed(folder, rounds, as_flower_does)


def warm(folder: Path, rounds: int) -> list[float]:
    """The same as the guide has it."""
    return _deployed(folder, rounds, "")


def _deployed(folder: Path, rounds: int, before_sites_run: str) -> list[float]:
    guide = (ROOT / "docs" / "deployment.md").read_text()
    (script,) = re.findall(r"<!-- script: one-host -->\n```sh\n(.*?)```", guide, re.DOTALL)
    script = script.replace("rounds = 2\n", f"rounds = {rounds + 1}\n")
    last = f'[ -e "$study"/checkpoints/round-{rounds + 1:05}.safetensors ]'
    script, looks = re.subn(r"(?m)^until cloister server status .*?; do ", f"until {last}; do ", script)
    before, start, after = script.partition("for number in 1 2 3; do cloister site run")
    script = before + before_sites_run + start + after
    if not start or looks != 1:
        sys.exit("the guide's script starts its sites, or waits, in another way than this expects")
    ports = dict(zip(("PORT", "LINK_PORT"), (str(_free_port()), str(_free_port())), strict=True))
    state = {"XDG_STATE_HOME": str(folder / "state")}
    environment = {"CLOISTER": str(ROOT), "NODE_PORT": str(_free_port()), **ports, **state}
    command = ["bash", "-c", script + "\ntouch finished\nwait\n"]
    with _running(command, folder, environment):
        _wait(lambda: (folder / "finished").exists())
        (study,) = (folder / "coordinator" / "studies").iterdir()
        command = [str(PROGRAMS / "cloister"), "server", "status", "--coordinator", str(study), "--json"]
        history = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["history"]
    work = [_work(folder / f"{site}.log") for site in SITES]
    slowest = [[max(site[step][number] for site in work) for step in STEPS] for number in range(rounds + 1)]
    seconds = [record["seconds"] for record in history[1:]]
    return [(took - sum(steps)) / len(STEPS) for took, steps in zip(seconds, slowest, strict=True)][1:]


def _work(log: Path) -> dict[str, list[float]]:
    """Kind of message -> seconds from its arrival at the site to its answer, round by round."""
    found: dict[str, list[float]] = {step: [] for step in STEPS}
    for kind, seconds in re.findall(r"(\S+) took ([0-9.]+) s", log.read_text()):
        if kind in found:
            found[kind].append(float(seconds))
    return found


@contextmanager
def _running(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[None]:
    with (
        (folder / f"{command[0]}.log").open("ab") as log,
        subprocess.Popen(
            command, cwd=folder, env=_environment(environment), stdout=log, stderr=log, start_new_session=True
        ) as process,
    ):
        try:
            yield
        finally:
            for sign in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, sign)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(20.0)


def _environment(given: dict[str, str]) -> dict[str, str]:
    settings = {"FLWR_TELEMETRY_ENABLED": "0", "FLWR_DISABLE_UPDATE_CHECK": "1", "HF_HUB_OFFLINE": "1"}
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    off = {"FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION": "1"}
    return {**os.environ, **settings, **off, "PATH": path, **given}


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _wait_for_lines(path: Path, count: int) -> list[float]:
    def lines() -> list[str]:
        return path.read_text().splitlines() if path.exists() else []

    _wait(lambda: len(lines()) >= count)
    return [float(line) for line in lines()]


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LONGEST
    while not condition():
        if time.monotonic() > deadline:
            sys.exit("it does not come to an end")
        time.sleep(0.5)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    main()

"""`start-study` starts a study from an image that holds no code of the sites'; Flower's own command cannot.

With a real SuperLink and SuperExec, by the scripts that `cloister server init` writes, in the coordinator's image. No
site is connected: the study is to end with the number that says so, which shows that the installed ServerApp ran.
"""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from cloister.client.enrolment import request_enrolment
from cloister.client.site_setup import create_site
from cloister.deid.declared import write_declared_dataset
from cloister.server.enrolment import enroll
from cloister.server.server_folder import Server
from cloister.server.server_setup import HELDOUT_KEY, create_server
from cloister.server.submission import Submission, submit
from cloister.study.errors import TooFewSitesError
from cloister.study.keys import SiteKey

pytestmark = pytest.mark.heavy

NOW = datetime.now(UTC)
SECONDS = 300.0
STUDY = """
name = "small"
title = "A table of two columns"
rounds = 1

[federation]
sites = ["north", "south"]
connect_timeout = 1.0
secure_aggregation = false

[data]
kind = "table"
classes = ["no", "yes"]
features = [{ name = "x" }, { name = "y" }]

[task]
name = "tabular_classification"
model = { architecture = "linear" }

[training]
steps_per_round = 1
sample_rate = 0.1
batch_divisor = 1
learning_rate = 0.1

[privacy]
mechanism = "dp-sgd"
noise_multiplier = 1.0
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Submission]:
    """A server's folder with two sites and a study."""
    folder = tmp_path_factory.mktemp("federation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        config = Server(name="heart", hosts=("localhost",), port=free_port(), link_port=free_port(), anchors="anchors")
        server = create_server(folder / "server", config, NOW)
        for name in ("north", "south"):
            request = request_enrolment(create_site(folder / name, name), NOW)
            enroll(server, request, request.fingerprint.words, 365, NOW)
        ids = [f"p{number}" for number in range(40)]
        columns = {"x": [float(number) for number in range(40)], "y": [1.0, 0.0] * 20, "label": ["yes", "no"] * 20}
        key = SiteKey.read(server.folder / HELDOUT_KEY)
        table = pa.table({"patient_id": ids, **columns})
        write_declared_dataset(
            folder / "heldout", "table", table, site_key=key, collection="heldout", statement="made up"
        )
        (folder / "study.toml").write_text(STUDY)
        return server.folder, submit(server, folder / "study.toml", 90, NOW, [folder / "heldout"])


@pytest.fixture(scope="module")
def image(submitted: tuple[Path, Submission], build_image: Callable[[str], Any]) -> Iterator[Any]:
    """The coordinator's image, with SuperLink and SuperExec running in it."""
    folder, _ = submitted
    made = build_image("coordinator")
    processes = [start(made, folder, name) for name in ("superlink", "superexec")]
    try:
        wait_until(lambda: flower(made, folder, "ls")["runs"] == [], "the SuperLink answers")
        yield made
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30.0)


def start(image: Any, folder: Path, name: str) -> "subprocess.Popen[bytes]":
    with (image.folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            ["/bin/sh", folder / "start" / f"{name}.sh"],
            env=image.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def flower(image: Any, folder: Path, *command: object, program: str = "flwr") -> dict[str, Any]:
    """The SuperLink's answer to a command, with all that the command said."""
    done = image.run(program, *command, "coordinator", "--format", "json", FLWR_HOME=str(folder / "flower"))
    answer = json.loads(done.stdout[done.stdout.find("{") :]) if "{" in done.stdout else {}
    return {"runs": None, "success": False, **answer, "said": done.stdout + done.stderr}


def wait_until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(1.0)


def test_flowers_own_command_misses_the_sites_code(image: Any, submitted: tuple[Path, Submission]) -> None:
    folder, submission = submitted
    assert "cloister.client" in flower(image, folder, "run", submission.bundle)["said"]
    assert flower(image, folder, "ls")["runs"] == []


def test_the_study_starts_and_is_run_by_the_installed_serverapp(image: Any, submitted: tuple[Path, Submission]) -> None:
    folder, submission = submitted
    assert flower(image, folder, submission.bundle, program="start-study")["success"] is True

    def events() -> list[dict[str, Any]]:
        done = image.run("cloister", "server", "audit", "--server", folder, "--json")
        return list(json.loads(done.stdout))

    wait_until(lambda: events()[-1]["event"] == "run-ended", (image.folder / "superexec.log").read_text())
    started, *_, ended = [entry for entry in events() if entry["event"].startswith("run-")]
    assert started["study_sha256"] == submission.study.sha256
    assert ended["code"] == TooFewSitesError.wire_code
    assert "ModuleNotFoundError" not in (image.folder / "superexec.log").read_text()

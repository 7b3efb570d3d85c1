"""The commands as installed, in a namespace without any network, with nothing in the home folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cloister.study.dataset import verify_dataset
from cloister.study.keys import SiteKey

pytestmark = pytest.mark.heavy
COMMAND = Path(sys.executable).with_name("cloister")
CONNECT = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"


@pytest.fixture(scope="module")
def alone() -> tuple[str, ...]:
    """The command that takes the network away."""
    for switch in ("-rn", "-n"):
        prefix = (shutil.which("unshare") or "unshare", switch)
        if (
            shutil.which("unshare")
            and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
        ):
            return prefix
    pytest.skip("unshare is not permitted here: no network namespace can be made")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir()
    return {
        "HOME": str(home),
        "HF_HOME": str(home / "huggingface"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PATH": str(COMMAND.parent),
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
    }


def test_there_really_is_no_network(alone: tuple[str, ...], environment: dict[str, str]) -> None:
    done = subprocess.run([*alone, sys.executable, "-c", CONNECT], capture_output=True, text=True, env=environment)
    assert done.returncode != 0
    assert "Network is unreachable" in done.stderr


@pytest.mark.skipif(not COMMAND.is_file(), reason="the command `cloister` is not installed beside this Python")
def test_detect_and_text_work_and_write_nothing_at_home(
    alone: tuple[str, ...],
    environment: dict[str, str],
    write_lines: Callable[..., Path],
    patients_file: Path,
    tmp_path: Path,
    site_key: SiteKey,
    note: str,
) -> None:
    site_key.write(tmp_path / "site.key")
    notes = write_lines("notes.jsonl", {"id": "1", "patient_id": "00482913", "text": note, "date": "2021-05-04"})

    def run(*arguments: object) -> str:
        command = [*alone, str(COMMAND), "deid", *map(str, arguments), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    told = json.loads(run("detect", notes, "--output", tmp_path / "spans.jsonl"))
    assert {"NAME", "DATE", "MRN"} <= set(told["found"])
    (line,) = map(json.loads, (tmp_path / "spans.jsonl").read_text().splitlines())
    assert {"crf", "neural"} <= {source for span in line["spans"] for source in span["source"].split("+")}
    run("text", notes, "--patients", patients_file, "--site-key", tmp_path / "site.key", "--output", tmp_path / "out")
    verify_dataset(tmp_path / "out", site_key)
    (row,) = pq.read_table(tmp_path / "out" / "notes.parquet").to_pylist()
    assert "kowalski" not in row["text"].lower()
    assert not list(Path(environment["HOME"]).rglob("*"))

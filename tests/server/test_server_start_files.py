"""The scripts that start a coordinator's server run from a service manager, whose PATH has none of our programs."""

import subprocess
import sys
from pathlib import Path

import pytest

from cloister.server import start_files
from cloister.server.server_folder import Server, ServerFolder


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """The folder of scripts."""
    folder = tmp_path / "a folder"
    start_files.write(ServerFolder(folder, Server(name="heart", hosts=("h.example",))))
    return folder / "start"


def said(script: str) -> str:
    return subprocess.check_output(["/bin/sh", "-c", script], env={"PATH": "/usr/bin:/bin"}, text=True)


@pytest.mark.parametrize("program", ["flower-superlink", "flwr-serverapp"])
@pytest.mark.parametrize("script", ["superlink.sh", "superexec.sh"])
def test_the_scripts_find_flowers_programs_whatever_the_path(script: str, program: str, start: Path) -> None:
    found = said((start / script).read_text().partition("exec ")[0] + f"command -v {program}")
    assert Path(found.strip()) == Path(sys.executable).with_name(program)


def test_the_superexec_is_flowers_with_ours_around_it(start: Path) -> None:
    begins, _, _ = (start / "superexec.sh").read_text().partition(" --")
    assert "--superexec-auth-secret-file" in said(f"{begins} --help")

"""The scripts that start a coordinator's server run from a service manager, whose PATH has none of our programs."""

import subprocess
import sys
from pathlib import Path

import pytest

from cloister.server import start_files
from cloister.server.server_folder import Server, ServerFolder


@pytest.mark.parametrize("program", ["superlink", "superexec"])
def test_the_scripts_find_flowers_programs_whatever_the_path(program: str, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    start_files.write(ServerFolder(folder, Server(name="heart", hosts=("h.example",))))
    script = (folder / "start" / f"{program}.sh").read_text()
    looks = script.partition("exec ")[0] + f"command -v flower-{program}"
    found = subprocess.check_output(["/bin/sh", "-c", looks], env={"PATH": "/usr/bin:/bin"}, text=True)
    assert Path(found.strip()) == Path(sys.executable).with_name(f"flower-{program}")

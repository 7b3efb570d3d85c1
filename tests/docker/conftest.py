"""What the Dockerfiles build, without Docker: the same files, in an environment of their own over the same packages.

A new virtual environment gets the parts that the Dockerfile copies and, behind them, the packages of the environment
that runs the tests. The editable Cloister of that one is not seen: files ending in .pth are read in the new one alone.
"""

import importlib.metadata
import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Recipe:
    """A Dockerfile: its instructions, in order."""

    name: str
    instructions: list[tuple[str, str]]
    allowed: list[str]
    """What the build context holds: the lines of its .dockerignore that take something back in."""

    @property
    def stages(self) -> list[list[tuple[str, str]]]:
        starts = [number for number, (word, _) in enumerate(self.instructions) if word == "FROM"]
        return [self.instructions[begin:end] for begin, end in zip(starts, [*starts[1:], None], strict=True)]

    @property
    def copied(self) -> list[str]:
        """What of the repository goes into the image."""
        copies = [
            rest.split()[:-1] for word, rest in self.instructions if word == "COPY" and not rest.startswith("--from=")
        ]
        return [path for paths in copies for path in paths if not path.startswith("--")]

    @property
    def parts(self) -> list[str]:
        """The parts of Cloister among that."""
        return [path for path in self.copied if (ROOT / path / "cloister").is_dir()]


@dataclass(frozen=True)
class Image:
    """An environment as in the image."""

    bin: Path
    folder: Path

    def run(self, *command: object, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run one of its programs to the end."""
        words = [str(self.bin / str(command[0])), *map(str, command[1:])]
        return subprocess.run(
            words,
            env={**self.environment, **variables},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=300.0,
            check=False,
        )

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("LANG", "OMP_NUM_THREADS") if name in os.environ}
        state = {"HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state")}
        flower = {"FLWR_TELEMETRY_ENABLED": "0", "FLWR_DISABLE_UPDATE_CHECK": "1", "HF_HUB_OFFLINE": "1"}
        return {**kept, **state, **flower, "PATH": f"{self.bin}:/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="session", params=["coordinator", "site"])
def recipe(request: pytest.FixtureRequest) -> Recipe:
    """Each Dockerfile in turn."""
    return read_recipe(request.param)


@pytest.fixture(scope="session")
def build_image(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Image]:
    """Builds the environment of an image, `coordinator` or `site`."""

    def build(name: str) -> Image:
        folder = tmp_path_factory.mktemp(name)
        environment = folder / "opt"
        venv.create(environment, symlinks=True)
        place = environment / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
        lines = [*(str(ROOT / part) for part in read_recipe(name).parts), sysconfig.get_path("purelib")]
        (place / "image.pth").write_text("\n".join(lines) + "\n")
        for package in ("cloister", "flwr"):
            for script in importlib.metadata.distribution(package).entry_points.select(group="console_scripts"):
                write_program(environment / "bin" / script.name, script.module, script.attr)
        if name == "coordinator":
            text = (ROOT / "docker" / "start_study.py").read_text()
            program = environment / "bin" / "start-study"
            program.write_text(text.replace("/opt/cloister", str(environment), 1))
            program.chmod(0o755)
        return Image(environment / "bin", folder)

    return build


def read_recipe(name: str) -> Recipe:
    """Read a Dockerfile and its .dockerignore."""
    path = ROOT / "docker" / f"{name}.Dockerfile"
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()
    instructions = [(word, rest) for word, _, rest in (line.partition(" ") for line in joined)]
    ignored = (ROOT / "docker" / f"{name}.Dockerfile.dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    return Recipe(name, instructions, [line[1:] for line in ignored if line.startswith("!")])


def write_program(path: Path, module: str, attribute: str) -> None:
    """A console script, as pip writes them."""
    path.write_text(f"#!{path.parent}/python\nimport sys\nfrom {module} import {attribute}\nsys.exit({attribute}())\n")
    path.chmod(0o755)

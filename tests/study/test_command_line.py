"""The command line's root answers at once and never shows a traceback."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cloister.study.cli import cloister

HEAVY = ("torch", "flwr", "transformers", "opacus", "pyarrow", "pydicom", "numpy")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from cloister.study.cli import main; main()"
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['cloister', '--help']\n"
        "from cloister.study.cli import main\n"
        "try: main()\n"
        f"finally: print('HEAVY', sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "Usage: cloister" in answer.stdout
    assert "HEAVY []" in answer.stdout


@pytest.mark.parametrize("command", ["deid", "privacy", "server", "simulate", "site"])
def test_every_command_has_help(command: str) -> None:
    answer = run(command, "--help")
    assert answer.returncode == 0, answer.stderr


WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in {absent}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
from cloister.study.cli import main
main()
"""


def without(parts: tuple[str, ...], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line where some parts of Cloister are not installed."""
    program = WITHOUT.format(absent={f"cloister.{part}" for part in parts})
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)


PLAN = ("--sample-rate", "0.1", "--rounds", "2", "--steps", "2", "--noise", "2")


def test_the_coordinators_image_plans_without_the_sites_code_and_says_what_the_preflight_lacks() -> None:
    coordinator = ("client", "deid", "simulation")
    planned = without(coordinator, "privacy", "plan", *PLAN, "--json")
    assert planned.returncode == 0, planned.stderr
    refused = without(coordinator, "privacy", "preflight", "study.toml", "--json")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "`cloister privacy preflight` needs 'cloister.client'" in refused.stderr
    assert "cloister[site]" in refused.stderr
    assert "preflight" in without(coordinator, "privacy", "--help").stdout


def test_a_part_that_is_not_installed_is_named_with_its_extra() -> None:
    refused = without(("client",), "site", "--help")
    assert refused.returncode == 2
    assert "pip install 'cloister[site]'" in refused.stderr


def leaves(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from leaves(found, f"{path} {name}")
    else:
        yield path, command


def test_every_command_argument_and_option_says_what_it_is_with_an_example() -> None:
    for path, command in leaves(cloister, "cloister"):
        assert command.help, path
        assert f"Example: {path}" in (command.epilog or ""), path
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{path}: {parameter.name}"


def test_no_part_offers_a_completion_of_its_own() -> None:
    """Typer's would be installed for `cloister`, which answers click's alone."""
    for name in cloister.list_commands(context := click.Context(cloister)):
        command = cloister.get_command(context, name)
        assert command is not None
        assert "install_completion" not in {parameter.name for parameter in command.params}, name


def test_a_file_that_the_system_refuses_is_named_with_a_remedy(tmp_path: Path) -> None:
    answer = run("privacy", "plan", str(tmp_path / ("long" * 100)))
    assert answer.returncode == 1
    assert "Error [system]" in answer.stderr
    assert "Remedy: Check the path" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_missing_study_is_a_usage_error_with_a_remedy(tmp_path: Path) -> None:
    answer = run("simulate", str(tmp_path / "none.toml"))
    assert answer.returncode == 2
    assert "none.toml: no such file" in answer.stderr
    assert "Remedy" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_unknown_command_is_a_usage_error() -> None:
    answer = run("federate")
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr

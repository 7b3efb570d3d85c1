"""The command line's root answers at once and never shows a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

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

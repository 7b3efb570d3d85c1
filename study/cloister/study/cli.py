"""The command line's root: `cloister`.

Each sub-command lives in the part it belongs to and is imported only when called, so `cloister --help` answers at
once, and a coordinator without the de-identification's dependencies is told what to install instead of crashing.
"""

from __future__ import annotations

import importlib
import sys
from importlib import metadata

import click

from cloister.study.errors import CloisterError

# name -> (typer app, the line in --help, the extra that installs its dependencies)
_COMMANDS = {
    "deid": ("cloister.deid.cli:app", "De-identify notes and images.", "deid"),
    "privacy": ("cloister.privacy.cli:app", "Plan what a study costs; check a model's gradients.", "training"),
    "simulate": ("cloister.simulation.cli:app", "Run a whole federation on this machine.", "simulation"),
    "server": ("cloister.server.cli:app", "Run the coordinator's side: enrol sites, submit studies.", "coordinator"),
    "site": ("cloister.client.cli:app", "Run a hospital's side: enrol, approve studies, run.", "site"),
}
# The same for sub-commands that are in another part than their neighbours: it need not be installed beside them.
_ELSEWHERE = {
    "privacy": {"preflight": ("cloister.client.preflight_command:app", "Check a model's gradients.", "site")},
}

EXIT_FAILURE, EXIT_USAGE = 1, 2


class _LazyGroup(click.Group):
    """Lists sub-commands without importing them."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        return _load(name) if name in _COMMANDS else None

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][1]) for name in sorted(_COMMANDS)])


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: cloister simulate examples/three-hospitals.toml --output runs/demo",
)
@click.version_option(metadata.version("cloister"), prog_name="cloister")
def cloister() -> None:
    """Hospitals train one medical model together, and no record leaves a hospital."""


def main() -> None:
    """Run the command line. Exits 0 on success, 2 on bad usage or input, 1 on failure."""
    try:
        cloister.main(standalone_mode=False)
    except click.exceptions.Abort:
        _fail("Stopped by the user; what was finished is kept.", EXIT_FAILURE)
    except click.ClickException as problem:
        problem.show()
        sys.exit(EXIT_USAGE)
    except CloisterError as problem:
        _fail(f"Error [{problem.code}]: {problem}", problem.exit_code)
    except OSError as problem:
        if problem.filename is None:
            raise
        remedy = "Check the path, your right to it, and the room on its disk."
        _fail(f"Error [system]: {problem.filename}: {problem.strerror}.\n  Remedy: {remedy}", EXIT_FAILURE)


def _load(name: str) -> click.Command:
    target, _, extra = _COMMANDS[name]
    try:
        found = _command(target)
    except ModuleNotFoundError as problem:
        raise _not_installed(name, problem, extra) from None
    if isinstance(found, click.Group):
        for other in _ELSEWHERE.get(name, {}):
            found.add_command(_load_from_elsewhere(name, other))
    return found


def _load_from_elsewhere(name: str, other: str) -> click.Command:
    target, line, extra = _ELSEWHERE[name][other]
    try:
        group = _command(target)
        assert isinstance(group, click.Group)  # noqa: S101 (for mypy)
        return group.commands[other]
    except ModuleNotFoundError as problem:
        answer = _not_installed(f"{name} {other}", problem, extra)

    def refuse() -> None:
        raise answer

    lenient = {"ignore_unknown_options": True, "allow_extra_args": True}
    return click.Command(other, callback=refuse, help=line, context_settings=lenient)


def _command(target: str) -> click.Command:
    from typer.main import get_command

    module_name, _, attribute = target.partition(":")
    return get_command(getattr(importlib.import_module(module_name), attribute))


def _not_installed(name: str, problem: ModuleNotFoundError, extra: str) -> click.ClickException:
    return click.ClickException(
        f"`cloister {name}` needs {problem.name!r}, which is not installed.\n  Remedy: pip install 'cloister[{extra}]'"
    )


def _fail(message: str, exit_code: int) -> None:
    click.echo(message, err=True)
    sys.exit(exit_code)

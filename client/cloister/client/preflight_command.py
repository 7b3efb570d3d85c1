"""`cloister privacy preflight`: is it safe to train this study privately, and by which engine?"""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Plan what a study costs; check a model's gradients."""


@app.command(epilog="Example: cloister privacy preflight examples/heart-disease.toml")
def preflight(
    study: Annotated[Path, typer.Argument(help="The study's TOML file.")],
    base: Annotated[
        Path | None, typer.Option(help="The study's base folder (weights, tokenizer); made up if absent.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare per-patient gradients with those of each patient alone, on synthetic inputs.

    Asked on the first visible GPU, or on the CPU. Exits 0 if the study can be trained privately, 1 if it is refused.
    """
    from cloister.client.base_for_preflight import base_for_preflight
    from cloister.client.preflight import preflight_study
    from cloister.privacy.computing_device import visible_device
    from cloister.study.schema import Study

    wanted, device = Study.read(study), visible_device()
    with nullcontext(base) if base is not None else base_for_preflight(wanted, study) as folder:
        report = preflight_study(wanted, folder, device)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2))
        return
    for check in report.checks:
        typer.echo(f"{'passed' if check.passed else 'FAILED'}  {check.name}: {check.detail}")
    typer.echo(f"Engine: {report.engine}, found in {report.seconds:.1f} s on {device}.")
    if report.reason:
        typer.echo(f"Slower than need be, because of {report.reason}.")

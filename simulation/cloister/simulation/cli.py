"""`cloister simulate`: a whole federation on this machine."""

from __future__ import annotations

import enum
import os
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


class EngineName(enum.StrEnum):
    """How sites are run."""

    process = "process"
    ray = "ray"


@app.command(
    epilog="Example: cloister simulate examples/heart-disease.toml "
    "--data ../shared/data/fed_heart_disease --output runs/heart"
)
def simulate(
    study: Annotated[Path, typer.Argument(help="The study's TOML file.")],
    data: Annotated[Path | None, typer.Option(help="Folder of real data, for sources that need one.")] = None,
    output: Annotated[Path | None, typer.Option(help="Folder of the run; runs/<study name> if not given.")] = None,
    engine: Annotated[EngineName, typer.Option(help="In this process, or under Ray.")] = EngineName.process,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run.")] = False,
    tables: Annotated[
        Path | None, typer.Option(help="Write public tables there, one CSV for each site and heldout.csv; run nothing.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Run a federation: de-identify, train privately through Flower, compare, and write report.html."""
    from cloister.study.errors import MissingFileError
    from cloister.study.schema import Study

    # Checked before anything heavy is imported, so that a typing mistake is answered at once.
    document = Study.read(study)
    if data is not None and not data.is_dir():
        raise MissingFileError(data, "folder of data")
    if tables is not None:
        from cloister.simulation.source_tables import write_tables

        typer.echo("\n".join(f"Wrote {path}" for path in write_tables(document, data, tables)))
        return
    os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from rich.console import Console

    from cloister.simulation.progress import Stages
    from cloister.simulation.quiet import quiet_libraries
    from cloister.simulation.simulate import Run
    from cloister.simulation.simulate import simulate as run_simulation
    from cloister.simulation.summary import summary_table

    quiet_libraries()
    folder = output or Path("runs") / document.name
    run = Run(document, study.resolve().parent, folder, data, engine.value, resume)
    result = run_simulation(run, Stages(Console(stderr=True)))
    if as_json:
        typer.echo(result.model_dump_json(indent=2))
        return
    Console().print(summary_table(result))
    typer.echo(f"Report: {folder / 'report.html'}")

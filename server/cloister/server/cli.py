"""`cloister server`: make a study's Flower bundle, see how far a run is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Run the coordinator's side: bundle a study, see how far it is.")

CoordinatorOption = Annotated[Path, typer.Option("--coordinator", help="The coordinator's folder.")]


@app.command(epilog="Example: cloister server bundle --coordinator /srv/coordinator --output /srv/bundle")
def bundle(
    coordinator: CoordinatorOption,
    output: Annotated[Path, typer.Option(help="Folder to write the bundle to.")],
) -> None:
    """Write the folder that `flwr run` takes: the study and the names of Cloister's two apps, no code."""
    from cloister.server.bundle import write_bundle
    from cloister.server.coordinator_folder import CoordinatorFolder

    opened = CoordinatorFolder.open(coordinator)
    write_bundle(opened, output)
    typer.echo(f"Bundled study {opened.study.name}, SHA-256 {opened.study.sha256}, in {output}.")
    typer.echo(f"Next: flwr run {output} SUPERLINK --stream")


@app.command(epilog="Example: cloister server status --coordinator /srv/coordinator --json")
def status(
    coordinator: CoordinatorOption,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which rounds are finished, who took part, and how the model does on the held-out data."""
    from cloister.server.coordinator_folder import CoordinatorFolder

    opened = CoordinatorFolder.open(coordinator)
    study, state = opened.study, opened.latest()
    history = state.history if state else ()
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "study": study.name,
                    "study_sha256": study.sha256,
                    "rounds": study.rounds,
                    "rounds_finished": state.round if state else 0,
                    "history": [vars(record) for record in history],
                },
                indent=2,
            )
        )
        return
    metric = study.evaluation.metric
    for record in history:
        value = record.metrics.get(metric)
        judged = f"{metric} {value:.3f}" if value is not None else f"{metric} not defined"
        failed = "".join(f"; {site}: {code}" for site, code in sorted(record.failed.items()))
        typer.echo(f"round {record.round:>4}  {judged}  {', '.join(record.replied) or 'base'}{failed}")
    typer.echo(f"Study {study.name}: {state.round if state else 0} of {study.rounds} rounds finished.")

"""`cloister site`: set up a hospital's folder, look at a study, approve it, read the ledger."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Run a hospital's side: approve studies, read the ledger.")

SiteOption = Annotated[Path, typer.Option("--site", help="The site's folder.")]
StudyArgument = Annotated[Path, typer.Argument(help="The study's TOML file.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(epilog="Example: cloister site init st-mary --site /srv/cloister")
def init(
    name: Annotated[str, typer.Argument(help="The site's public name, as studies will call it.")],
    site: SiteOption,
) -> None:
    """Create a site's folder: key, policy, empty ledger. Nothing that exists is overwritten."""
    from cloister.client.site_setup import create_site

    created = create_site(site, name)
    typer.echo(f"Created {site} (key id {created.key.key_id}).")
    typer.echo("Next: back up site.key, read policy.toml, de-identify data and register it under `datasets`.")


@app.command(epilog="Example: cloister site identity --site /srv/cloister")
def identity(site: SiteOption) -> None:
    """Print the line with this site's public identity, for the studies that it takes part in."""
    from cloister.client.site_folder import SiteFolder

    opened = SiteFolder.open(site)
    typer.echo(f'{opened.config.name} = "{opened.key.identity.public_key().public_bytes_raw().hex()}"')


@app.command(epilog="Example: cloister site check study.toml --site /srv/cloister")
def check(study: StudyArgument, site: SiteOption) -> None:
    """Say in plain words what a study asks for, and whether this site's policy allows it."""
    from cloister.client.site_folder import SiteFolder
    from cloister.client.study_summary import summarise
    from cloister.study.policy import check_study
    from cloister.study.schema import Study

    opened, document = SiteFolder.open(site), Study.read(study)
    for line in summarise(document):
        typer.echo(line)
    check_study(document, opened.policy)
    typer.echo("The policy allows this study.")


@app.command(epilog="Example: cloister site approve study.toml --site /srv/cloister --by 'Dr. A. Officer'")
def approve(
    study: StudyArgument,
    site: SiteOption,
    by: Annotated[str, typer.Option(help="Who approves; the login name if not given.")] = "",
) -> None:
    """Approve exactly this study; any change to it needs a new approval."""
    from cloister.client.approvals import approve as record_approval
    from cloister.client.site_folder import SiteFolder
    from cloister.client.study_summary import summarise
    from cloister.study.schema import Study

    opened, document = SiteFolder.open(site), Study.read(study)
    for line in summarise(document):
        typer.echo(line)
    record_approval(opened, document, by or getpass.getuser())
    typer.echo(f"Approved study {document.name}, SHA-256 {document.sha256}.")


@app.command(epilog="Example: cloister site ledger --site /srv/cloister --verify")
def ledger(
    site: SiteOption,
    verify: Annotated[bool, typer.Option("--verify", help="Check everything anew, and show nothing else.")] = False,
    export: Annotated[
        Path | None, typer.Option(help="Write a copy that an auditor can verify without the key.")
    ] = None,
    anchor_anew: Annotated[
        str | None, typer.Option(metavar="REASON", help="Accept this ledger as the newest; its anchor is gone.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Verify the privacy ledger and show what was spent, by study and in all."""
    from cloister.client.ledger_statement import lines_of, statement_of
    from cloister.client.site_folder import SiteFolder
    from cloister.privacy.ledger import Ledger

    opened = SiteFolder.open(site)
    if anchor_anew is not None:
        Ledger.anchor_anew(opened.ledger, opened.key, opened.anchors, anchor_anew)
    with Ledger.open(opened.ledger, opened.key, opened.anchors) as book:
        if export is not None:
            typer.echo(f"Exported {book.export(export)} entries to {export}.", err=as_json)
        if verify:
            book.forget_losses()
            found = {"entries": book.verify(), "valid": True}
            typer.echo(
                json.dumps(found) if as_json else f"{found['entries']} entries, populations and anchor are valid."
            )
            return
        statement = statement_of(opened, book)
    typer.echo(json.dumps(statement, indent=2) if as_json else "\n".join(lines_of(statement)))

"""`cloister deid import`: notes from where the hospital keeps them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

EPILOG = "Example: cloister deid import reports.hl7 --output raw"


def import_(
    source: Annotated[Path, typer.Argument(help="A file, or a folder with files of one kind.")],
    output: Annotated[Path, typer.Option("--output", help="The folder to write; as confidential as the source.")],
    kind: Annotated[
        Literal["csv", "parquet", "texts", "hl7", "fhir"] | None,
        typer.Option("--from", help="What the source is, if the names of its files do not tell."),
    ] = None,
    texts: Annotated[
        list[str] | None,
        typer.Option("--text", help="Tables: a column of texts; of several, each is read under its heading."),
    ] = None,
    note_id: Annotated[str, typer.Option("--id", help="Tables: the column of note ids.")] = "id",
    patient_id: Annotated[str, typer.Option("--patient", help="Tables: the column of record numbers.")] = "patient_id",
    issuer: Annotated[str, typer.Option("--issuer", help="Tables: the column of who issued these.")] = "issuer",
    date: Annotated[str, typer.Option("--date", help="Tables: the column of dates, ISO.")] = "date",
    note_type: Annotated[str, typer.Option("--type", help="Tables: the column of note types.")] = "type",
    language: Annotated[str, typer.Option("--language", help="Tables: the column of languages.")] = "language",
    label: Annotated[str, typer.Option("--label", help="Tables: the column of labels.")] = "label",
    patient_folders: Annotated[
        bool, typer.Option("--patient-folders", help="Texts: each sub-folder bears its patient's record number.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")] = False,
) -> None:
    """Read notes from CSV, Parquet, a folder of texts, HL7 v2 messages or FHIR resources.

    Writes notes.jsonl for the other commands, patients.jsonl where the source says whom it is about (HL7, FHIR), and
    refused.jsonl with what could not be read.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from cloister.deid.note_sources.import_notes import import_notes
    from cloister.deid.note_sources.tables import Columns
    from cloister.study.printable import printable

    columns = Columns(tuple(texts or ("text",)), note_id, patient_id, issuer, date, note_type, language, label)
    with Console(stderr=True).status("Reading notes") as status:
        summary = import_notes(
            source,
            output,
            kind=kind,
            columns=columns,
            patient_folders=patient_folders,
            progress=lambda notes: status.update(f"Reading notes: {notes:,}"),
        )
    if as_json:
        typer.echo(json.dumps(asdict(summary)))
        return
    table = Table(title=escape(printable(f"Written to {output}")), title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    numbers = {
        "notes": summary.notes,
        "of these, without a patient": summary.without_patient,
        "patients": summary.patients,
        **summary.refused,
    }
    for name, number in numbers.items():
        table.add_row(name, f"{number:,}")
    Console().print(table)

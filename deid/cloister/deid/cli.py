"""`cloister deid`: find identifiers, clean notes, clean images."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cloister.deid import import_command, review_command
from cloister.deid.evaluate_command import evaluate
from cloister.study.command_text import check_path, check_text
from cloister.study.printable import printable

if TYPE_CHECKING:
    from cloister.study.dataset import Certificate

app = typer.Typer(no_args_is_help=True, add_completion=False, help="De-identify notes and images.")

app.command("import", epilog=import_command.EPILOG)(import_command.import_)

app.command(epilog=review_command.EPILOG)(review_command.review)

app.command(epilog="Example: cloister deid evaluate notes.jsonl --gold spans.jsonl")(evaluate)

_SITE_KEY = typer.Option("--site-key", help="The site's secret; `cloister site init` creates one.")
_PATIENTS = typer.Option("--patients", help="What the site's record knows of its patients, one JSON object a line.")
_COLLECTION = typer.Option("--collection", help="Name of the collection; notes and images of one share it.")
_DATASET = typer.Option(
    "--output", help="The dataset folder to write.", callback=lambda path: check_path(path, "--output")
)
_ISSUER = typer.Option(
    "--default-issuer",
    help="Issuer of record numbers that name none; notes, images and tables of a site share it.",
    callback=lambda issuer: check_text(issuer, "--default-issuer"),
)
_DETECTORS = typer.Option(
    "--detectors",
    help="TOML file that names further detectors, all local: Hugging Face, GLiNER, Presidio, a language model; "
    "see docs/deidentification.md, Other detectors.",
)
_JSON = typer.Option("--json", help="Print the result as JSON on standard output.")


@app.command(epilog="Example: cloister deid detect notes.jsonl --output spans.jsonl")
def detect(
    notes: Annotated[Path, typer.Argument(help="One JSON object a line, with `id` and `text`.")],
    output: Annotated[Path, typer.Option("--output", help="Where to write the spans, one JSON object a line.")],
    language: Annotated[
        str, typer.Option("--language", help="Language of notes that name none: auto, en, es, de, fr, it, pt or nl.")
    ] = "auto",
    threshold: Annotated[
        float | None, typer.Option("--threshold", min=0.0, max=1.0, help="Lowest score that is reported.")
    ] = None,
    profile: Annotated[
        Literal["safe-harbor", "limited-dataset", "maximal"],
        typer.Option("--profile", help="Which identifiers are reported, and how sure they must be."),
    ] = "safe-harbor",
    detectors: Annotated[Path | None, _DETECTORS] = None,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Find identifiers in notes and write where they are; the notes stay as they are.

    Offsets are Unicode code points into the unchanged text. A line that cannot be read has no spans; how many there
    were, and why, is told at the end.
    """
    from cloister.deid.detect_notes import detect_notes

    with _progress("Detecting") as progress:
        summary = detect_notes(
            notes,
            output,
            language=language,
            threshold=threshold,
            profile=profile,
            detectors=detectors,
            progress=progress,
        )
    if as_json:
        typer.echo(json.dumps(asdict(summary)))
        return
    _table("Identifiers found", {"notes": summary.notes, **summary.found})
    if summary.refused:
        _table("Lines that could not be read", summary.refused)
    if summary.unanswered:
        _table("Passages without a usable answer", summary.unanswered)


@app.command(
    epilog="Example: cloister deid text notes.jsonl --patients patients.jsonl --site-key site.key --output clean"
)
def text(
    notes: Annotated[Path, typer.Argument(help="One JSON object a line, with `id`, `text` and what is known of it.")],
    output: Annotated[Path, _DATASET],
    site_key: Annotated[Path, _SITE_KEY],
    patients: Annotated[Path | None, _PATIENTS] = None,
    default_issuer: Annotated[str, _ISSUER] = "",
    mode: Annotated[
        Literal["surrogate", "tag"], typer.Option("--mode", help="Realistic replacements, or tags such as [NAME].")
    ] = "surrogate",
    profile: Annotated[
        Literal["safe-harbor", "limited-dataset", "maximal"], typer.Option("--profile", help="Which identifiers go.")
    ] = "safe-harbor",
    language: Annotated[
        str, typer.Option("--language", help="Language of notes that name none: auto, en, es, de, fr, it, pt or nl.")
    ] = "auto",
    keep_unsupported: Annotated[
        bool,
        typer.Option("--keep-unsupported", help="Clean notes in other languages as English, instead of quarantine."),
    ] = False,
    all_patients: Annotated[
        bool,
        typer.Option(
            "--all-patients/--own-patient", help="Look for other patients' full names, ids and phones in every note."
        ),
    ] = True,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Processes to share the notes out over.")] = 1,
    engine: Annotated[
        Literal["process", "ray"],
        typer.Option("--engine", help="Where they run: here, or on the Ray cluster that RAY_ADDRESS names."),
    ] = "process",
    detectors: Annotated[Path | None, _DETECTORS] = None,
    collection: Annotated[str, _COLLECTION] = "main",
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Clean notes and write them as a certified dataset. A run that was killed goes on where it was."""
    from cloister.deid.clean_notes import clean_notes
    from cloister.study.keys import SiteKey

    key = SiteKey.read(site_key)
    with _progress("Cleaning notes") as progress:
        certificate = clean_notes(
            notes,
            output,
            site_key=key,
            collection=collection,
            patients=patients,
            mode=mode,
            default_issuer=default_issuer,
            profile=profile,
            language=language,
            keep_unsupported=keep_unsupported,
            all_patients=all_patients,
            jobs=jobs,
            engine=engine,
            detectors=detectors,
            progress=progress,
        )
    _report(certificate, output, as_json)


@app.command(
    epilog="Example: cloister deid images archive --patients patients.jsonl --site-key site.key --output clean"
)
def images(
    folder: Annotated[Path, typer.Argument(help="DICOM files, in sub-folders or not; optionally labels.jsonl.")],
    output: Annotated[Path, _DATASET],
    site_key: Annotated[Path, _SITE_KEY],
    patients: Annotated[Path | None, _PATIENTS] = None,
    default_issuer: Annotated[str, _ISSUER] = "",
    collection: Annotated[str, _COLLECTION] = "main",
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes to share the images out over.")] = 1,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Clean images, headers and pixels, and write them as a certified dataset."""
    from cloister.deid.clean_images import clean_images
    from cloister.study.keys import SiteKey

    key = SiteKey.read(site_key)
    with _progress("Cleaning images") as progress:
        certificate = clean_images(
            folder,
            output,
            site_key=key,
            collection=collection,
            patients=patients,
            default_issuer=default_issuer,
            workers=workers,
            progress=progress,
        )
    _report(certificate, output, as_json)


@app.command(
    epilog="Example: cloister deid declare patients.csv --site-key site.key --output table --collection records "
    "--statement 'published under CC BY 4.0 without names and record numbers'"
)
def declare(
    table: Annotated[Path, typer.Argument(help="CSV with a header and a column `patient_id`.")],
    output: Annotated[Path, _DATASET],
    site_key: Annotated[Path, _SITE_KEY],
    statement: Annotated[
        str,
        typer.Option(
            "--statement",
            help="Where the data come from, and who vouches that they identify nobody.",
            callback=lambda statement: check_text(statement, "--statement"),
        ),
    ],
    default_issuer: Annotated[str, _ISSUER] = "",
    collection: Annotated[str, _COLLECTION] = "main",
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Certify a table that came de-identified. Patient ids become pseudonyms; nothing else in it is cleaned."""
    from cloister.deid.declared import read_csv, write_declared_dataset
    from cloister.study.keys import SiteKey

    key, rows = SiteKey.read(site_key), read_csv(table)
    certificate = write_declared_dataset(
        output,
        "table",
        rows,
        site_key=key,
        collection=collection,
        statement=statement,
        issuer=default_issuer,
    )
    if as_json:
        typer.echo(certificate.model_dump_json())
        return
    columns = printable(", ".join(rows.column_names))
    typer.echo(f"Dataset {output}, collection {collection}: {certificate.records_out} rows of {columns}.")


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _report(certificate: Certificate, output: Path, as_json: bool) -> None:
    from cloister.study.dataset import QUARANTINE_FILE
    from cloister.study.errors import DataError

    if as_json:
        typer.echo(certificate.model_dump_json())
    else:
        _report_tables(certificate, output)
    if certificate.quarantined and not certificate.records_out:
        raise DataError(
            f"{output}: nothing in it; all {certificate.records_in:,} records were kept back.",
            f"Their reasons are in {output / QUARANTINE_FILE}, one line a record: mend the input, and clean it again.",
        )


def _report_tables(certificate: Certificate, output: Path) -> None:
    numbers = {
        "records in": certificate.records_in,
        "records out": certificate.records_out,
        "known identifiers searched for": certificate.known_identifiers_checked,
        "of these, surviving": certificate.known_identifiers_surviving,
    }
    _table(f"Dataset {output}, collection {certificate.collection}", numbers)
    _table("Removed or replaced", certificate.findings)
    unanswered = {each.name: each.unanswered for each in certificate.detectors or () if each.unanswered}
    if unanswered:
        _table("Passages without a usable answer", unanswered)
    if certificate.quarantined:
        _table("Kept back in quarantine", certificate.quarantined)


def _table(title: str, numbers: dict[str, int] | Counter[str]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(printable(title)), title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, number in numbers.items():
        table.add_row(escape(printable(name)), f"{number:,}")  # also what a detectors file names
    Console().print(table)

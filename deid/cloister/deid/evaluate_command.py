"""`cloister deid evaluate`: how good the detection is on notes that somebody has annotated."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cloister.deid.evaluation.annotated_note import AnnotatedNote
    from cloister.deid.evaluation.evaluation import Evaluation
    from cloister.deid.evaluation.own_detector import DetectIn
    from cloister.deid.text.profiles import Profile

_SCHEMA_VERSION = 1


def evaluate(
    notes: Annotated[
        Path, typer.Argument(help="Notes, one JSON object a line; or a corpus that carries its own annotation.")
    ],
    gold: Annotated[
        Path | None, typer.Option("--gold", help="Where the identifiers are: .jsonl (as `detect` writes) or .csv.")
    ] = None,
    found: Annotated[
        Path | None, typer.Option("--found", help="What a detector has found, as --gold; ours is run if absent.")
    ] = None,
    profile: Annotated[str, typer.Option("--profile", help="safe-harbor, limited-dataset or maximal.")] = "safe-harbor",
    language: Annotated[
        str | None, typer.Option("--language", help="Language of notes that name none; recognised if absent.")
    ] = None,
    detectors: Annotated[
        Path | None, typer.Option("--detectors", help="TOML file that names further detectors beside ours.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")] = False,
) -> None:
    """Measure recall and precision against annotated notes, with 95 % intervals.

    Without --gold, NOTES is a folder of brat files (.txt and .ann), a folder of i2b2 XML files, or a presidio-research
    .json file. What the profile lets stay by its rule, such as ages under 90, counts neither way.

    Measures: strict (same borders and label), boundaries (same borders), covered (no character of the identifier is
    left), relaxed (any overlap), tokens and characters (each PHI or not).
    """
    from cloister.deid.evaluation.evaluation import evaluate as measure
    from cloister.deid.evaluation.readers.notes_with_gold import saved_findings
    from cloister.deid.evaluation.scope import scope_of
    from cloister.deid.text.finding import LABELS
    from cloister.deid.text.profiles import profile_named

    chosen = profile_named(profile)
    _check_language(language)
    annotated = _annotated(notes, gold)
    detect_in = saved_findings(found, annotated, notes) if found is not None else _detector(chosen, language, detectors)
    pairs = ((note, detect_in(note)) for note in _with_progress(annotated))
    _report(measure(pairs, scope_of(chosen), LABELS), profile, as_json)


def _annotated(notes: Path, gold: Path | None) -> list[AnnotatedNote]:
    from cloister.deid.evaluation.corpus_labels import label_of_corpus
    from cloister.deid.evaluation.readers import read_corpus
    from cloister.deid.evaluation.readers.notes_with_gold import read_notes_with_gold
    from cloister.study.errors import DataError

    annotated = list(read_corpus(notes) if gold is None else read_notes_with_gold(notes, gold))
    if not annotated:
        raise DataError(f"{notes}: holds no notes.", "Is it the right file?")
    return [note.relabelled(label_of_corpus) for note in annotated]


def _detector(profile: Profile, language: str | None, detectors: Path | None) -> DetectIn:
    from cloister.deid.evaluation.own_detector import own_detector
    from cloister.deid.text.adapters.detectors_file import load, read_detectors

    return own_detector(profile, language, load(read_detectors(detectors)) if detectors is not None else None)


def _check_language(language: str | None) -> None:
    from cloister.deid.text.language import SUPPORTED
    from cloister.study.errors import InputError

    if language is not None and language not in SUPPORTED:
        raise InputError(f"--language {language}: not supported.", f"Supported: {', '.join(SUPPORTED)}.")


def _with_progress(annotated: list[AnnotatedNote]) -> Iterable[AnnotatedNote]:
    from rich.console import Console
    from rich.progress import track

    return track(annotated, "Evaluating", console=Console(stderr=True), transient=True)


def _report(result: Evaluation, profile: str, as_json: bool) -> None:
    from rich.console import Console

    from cloister.deid.evaluation.report import tables

    if as_json:
        typer.echo(json.dumps({"schema_version": _SCHEMA_VERSION, "profile": profile, **result.to_json()}))
        return
    console = Console()
    for table in tables(result):
        console.print(table)

"""A tagger of a hospital's own annotated notes.

    python -m cloister.deid.text.own_notes train ANNOTATED --output own.npz
    python -m cloister.deid.text.own_notes evaluate own.npz ANNOTATED_TOO
    python -m cloister.deid.text.own_notes detect own.npz NOTES.jsonl --output SPANS.jsonl --recall

ANNOTATED is a folder of brat files (.txt and .ann), a folder of i2b2 XML files, or, with --gold, a notes file. Notes
to evaluate on must be others than those that were trained on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from cloister.deid.evaluation.annotated_note import AnnotatedNote
from cloister.study.errors import CloisterError, DataError


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the arguments say; returns the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        chosen.run(chosen)
    except CloisterError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m cloister.deid.text.own_notes",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("train", help="train a tagger on annotated notes")
    train.add_argument("annotated", type=Path)
    train.add_argument("--gold", type=Path, help="where the identifiers are, if the notes do not say so themselves")
    train.add_argument("--output", type=Path, required=True, help="the model's file")
    train.add_argument("--seed", type=int, default=1)
    train.set_defaults(run=_train)
    evaluate = commands.add_parser("evaluate", help="measure a tagger on other annotated notes")
    evaluate.add_argument("model", type=Path)
    evaluate.add_argument("annotated", type=Path)
    evaluate.add_argument("--gold", type=Path, help="as for train")
    evaluate.set_defaults(run=_evaluate)
    detect = commands.add_parser("detect", help="write the identifiers of every note")
    detect.add_argument("model", type=Path)
    detect.add_argument("notes", type=Path, help="one JSON object a line, with id and text")
    detect.add_argument("--output", type=Path, required=True, help="spans, one JSON object a note")
    detect.add_argument("--recall", action="store_true", help="whatever may well be an identifier, labelled PHI")
    detect.set_defaults(run=_detect)
    return parser


def _train(chosen: argparse.Namespace) -> None:
    from cloister.deid.text.own_notes.train import train
    from cloister.deid.text.own_notes.word_lists import word_lists

    began = time.monotonic()

    def progress(message: str) -> None:
        print(f"[{time.monotonic() - began:6.0f} s] {message}", file=sys.stderr, flush=True)

    notes = _annotated(chosen.annotated, chosen.gold)
    train(notes, word_lists(), seed=chosen.seed, progress=progress).save(chosen.output)
    progress(f"written to {chosen.output}")


def _evaluate(chosen: argparse.Namespace) -> None:
    from rich.console import Console

    from cloister.deid.evaluation.evaluation import evaluate
    from cloister.deid.evaluation.report import tables
    from cloister.deid.text.own_notes.tagger import OwnNotesTagger

    tagger = OwnNotesTagger.load(chosen.model)
    notes = _annotated(chosen.annotated, chosen.gold)
    console = Console()
    for title, find in (("The likeliest labelling", tagger.spans), ("The recall profile", tagger.likely_spans)):
        console.print(f"\n{title}")
        for table in tables(evaluate((note, find(note.text)) for note in notes)):
            console.print(table)


def _detect(chosen: argparse.Namespace) -> None:
    from cloister.deid.notes_input import RefusedNote, read_notes
    from cloister.deid.text.own_notes.tagger import OwnNotesTagger
    from cloister.study import atomic

    tagger = OwnNotesTagger.load(chosen.model)
    find = tagger.likely_spans if chosen.recall else tagger.spans
    lines: list[str] = []
    for note in read_notes(chosen.notes):
        if isinstance(note, RefusedNote):
            print(f"{chosen.notes}:{note.line}: left out: {note.reason}", file=sys.stderr)
            continue
        spans = [{"start": span.start, "end": span.end, "label": span.label} for span in find(note.text)]
        lines.append(json.dumps({"id": note.id, "spans": spans}, ensure_ascii=False) + "\n")
    atomic.write_text(chosen.output, "".join(lines))


def _annotated(path: Path, gold: Path | None) -> list[AnnotatedNote]:
    from cloister.deid.evaluation.readers import read_corpus
    from cloister.deid.evaluation.readers.notes_with_gold import read_notes_with_gold

    notes = list(read_corpus(path) if gold is None else read_notes_with_gold(path, gold))
    if not notes:
        raise DataError(f"{path}: holds no notes.", "Is it the right file?")
    return notes


if __name__ == "__main__":
    sys.exit(main())

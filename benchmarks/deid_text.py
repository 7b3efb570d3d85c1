"""How much of the identifying text is found, and how much is flagged for nothing: ours beside Presidio's.

    python -m benchmarks.deid_text queries        # one part; see --help for their names
    python -m benchmarks.deid_text all --json figures.json

One process on one core; every part ends within minutes. Public corpora are read from `../shared/data` and are no part
of the project; the queries, letters and names in `data/` were written for this benchmark, and no detector was trained
or tuned on any of it. Shares are in per cent with 95 % intervals (`cloister.deid.evaluation.intervals`).
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.deid_text_detectors import Detector, detectors
from benchmarks.deid_text_meddocan import train_and_evaluate
from benchmarks.deid_text_names import names_in_carriers
from benchmarks.deid_text_speed import measure_speed
from cloister.deid.evaluation.annotated_note import AnnotatedNote
from cloister.deid.evaluation.corpus_labels import label_of_corpus
from cloister.deid.evaluation.evaluation import Evaluation, evaluate
from cloister.deid.evaluation.perturbations import Perturbation, lower_cased, misread, mistyped, upper_cased
from cloister.deid.evaluation.readers import read_corpus
from cloister.deid.evaluation.readers.notes_with_gold import read_notes_with_gold, read_spans
from cloister.deid.evaluation.report import percent, rate
from cloister.deid.evaluation.scope import EVERYTHING, Scope, scope_of
from cloister.deid.text.profiles import MAXIMAL, SAFE_HARBOR, Profile

OWN = Path(__file__).parent / "data"
PUBLIC = Path(__file__).parents[2] / "shared" / "data"
PERTURBATIONS: dict[str, Perturbation] = {
    "as written": lambda note: note,
    "lower case": lower_cased,
    "capitals": upper_cased,
    "typing errors in 2 % of letters": mistyped,
    "OCR errors in 2 % of confusable characters": misread,
}
_UNLABELLED_BY_US = ("TITLE", "NRP")
"""What presidio-research marks that is no identifier: titles, nationalities."""

Row = tuple[str, ...]
_HEADINGS = (
    "", "characters R", "characters P", "tokens R", "tokens P", "whole spans", "notes with leak", "negatives flagged",
    "false / 1,000",
)  # fmt: skip


def queries() -> dict[str, Any]:
    """Questions to a clinical search engine or chatbot, 210 with identifiers and 158 without."""
    notes = _own("clinical_queries")
    return {
        name: _compare(f"Clinical queries, {name}", [perturb(note) for note in notes])
        for name, perturb in PERTURBATIONS.items()
    }


def letters() -> dict[str, Any]:
    """German and French letters and reports."""
    return {
        language: _compare(f"{language.capitalize()} letters", _own(f"{language}_letters"))
        for language in ("german", "french")
    }


def names() -> dict[str, Any]:
    """Names of 27 culture groups: how many are found whole, in every group, and in other spellings."""
    results: dict[str, Any] = {}
    for name in ("as written", "lower case", "typing errors in 2 % of letters"):
        notes = [PERTURBATIONS[name](note) for note in names_in_carriers()]
        found = {d.name: _run(d, notes, scope_of(SAFE_HARBOR)) for d in detectors()}
        _print(f"Names, {name}", _HEADINGS, [_row(detector, result) for detector, result in found.items()])
        _print_groups(f"Names found whole, by culture group, {name}", found)
        results[name] = {detector: result.to_json() for detector, result in found.items()}
    return results


def presidio_synth() -> dict[str, Any]:
    """presidio-research's 1,500 synthetic sentences: not clinical, made for Presidio."""
    notes = _public("presidio_synth/synth_dataset_v2.json", "en")
    scope = scope_of(SAFE_HARBOR)
    wider = Scope(scope.kept | set(_UNLABELLED_BY_US), scope.oldest_kept_age, scope.streets_only)
    return _compare("presidio-research, synthetic sentences", notes, wider)


def meddocan() -> dict[str, Any]:
    """MEDDOCAN's development notes (Spanish), without having seen its training notes."""
    notes = _public("meddocan/corpus/dev/brat", "es")
    return {
        "safe-harbor": _compare("MEDDOCAN dev, zero-shot, what Safe Harbor removes", notes),
        "maximal": _compare("MEDDOCAN dev, zero-shot, all its labels, profile maximal", notes, EVERYTHING, MAXIMAL),
    }


def meddocan_trained() -> dict[str, Any]:
    """Own notes' tagger trained on MEDDOCAN's training notes: strict typed spans, and its recall profile."""
    training, development = (list(read_corpus(_existing(f"meddocan/corpus/{part}/brat"))) for part in ("train", "dev"))
    trained = train_and_evaluate(training, development)
    strict, recall = trained.strict, trained.recall
    rows = {
        "strict typed spans": strict.measures["strict"],
        **{label: score.strict for label, score in strict.labels.items()},
        **{f"{name}, recall profile": recall.measures[name] for name in ("tokens", "characters", "covered")},
    }
    _print(
        f"MEDDOCAN dev, trained on train; model of {trained.megabytes:.1f} MB, {trained.training_seconds:.0f} CPU "
        f"seconds of training, {trained.notes_per_second:.0f} notes per second and core",
        ("", "recall", "precision", "F1"),
        [
            *((name, percent(s.recall), percent(s.precision), percent(s.f1)) for name, s in rows.items()),
            ("notes with a leak, recall profile", percent(recall.notes_with_leak), "", ""),
        ],
    )
    return asdict(trained)


def false_flags() -> dict[str, Any]:
    """Note sections of mts_dialog, which were de-identified but not wholly: what is flagged there for nothing.

    `data/mts_dialog_identifiers.jsonl` holds places and labels, and no text, of the dates, names and institutions that
    are left. They were marked by hand among everything that an early version of ours or Presidio flagged, so recall on
    them says nothing; only what is flagged beside them is of interest.
    """
    marked = read_spans(OWN / "mts_dialog_identifiers.jsonl")
    notes = [AnnotatedNote(str(i), text, marked[str(i)].spans, "", "en") for i, text in enumerate(_dialog_sections())]
    return _compare("mts_dialog note sections; only the last two columns count", notes)


def patient_records() -> dict[str, Any]:
    """Notes of synthetic hospitals with their patients' records: how many listed identifiers survive verbatim."""
    from cloister.deid.clean_notes import clean_notes
    from cloister.simulation.hospitals import PROFILES, generate_hospital
    from cloister.study.keys import SiteKey

    counted: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as root:
        for name, profile in PROFILES.items():
            raw = Path(root) / name
            generate_hospital(raw, profile, 60, 2, images=False)
            certificate = clean_notes(
                raw / "notes.jsonl",
                Path(root) / f"{name}-clean",
                site_key=SiteKey(bytes(range(32))),
                collection="benchmark",
                patients=raw / "patients.jsonl",
                mode="surrogate",
            )
            counted[name] = {
                "notes": certificate.records_in,
                "kept back": sum(certificate.quarantined.values()),
                "identifiers searched for": certificate.known_identifiers_checked,
                "surviving": certificate.known_identifiers_surviving,
            }
    columns = ("", *next(iter(counted.values())))
    rows = [(name, *(f"{value:,}" for value in counts.values())) for name, counts in counted.items()]
    _print("Listed identifiers in cleaned notes of synthetic hospitals", columns, rows)
    return counted


def speed() -> dict[str, Any]:
    """Notes per second of one core, start-up, memory."""
    speed_of_ours = measure_speed(_dialog_sections())
    _print(
        "Speed of all detectors together, English",
        ("", "value"),
        [
            ("notes of 2,800 characters per second and core", f"{speed_of_ours.notes_per_second:.0f}"),
            ("seconds to the end of the first note", f"{speed_of_ours.start_up_seconds:.1f}"),
            ("peak memory, MiB", f"{speed_of_ours.peak_mebibytes:.0f}"),
        ],
    )
    return asdict(speed_of_ours)


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "queries": queries,
    "letters": letters,
    "names": names,
    "presidio-synth": presidio_synth,
    "meddocan": meddocan,
    "meddocan-trained": meddocan_trained,
    "false-flags": false_flags,
    "patient-records": patient_records,
    "speed": speed,
}


def _compare(
    title: str, notes: Sequence[AnnotatedNote], scope: Scope | None = None, profile: Profile = SAFE_HARBOR
) -> dict[str, Any]:
    found = {d.name: _run(d, notes, scope or scope_of(profile)) for d in detectors(profile)}
    first = next(iter(found.values()))
    heading = f"{title}: {first.notes:,} notes, {first.spans:,} identifiers"
    _print(heading, _HEADINGS, [_row(name, result) for name, result in found.items()])
    return {name: result.to_json() for name, result in found.items()}


def _run(detector: Detector, notes: Iterable[AnnotatedNote], scope: Scope) -> Evaluation:
    return evaluate(((note, detector.detect_in(note)) for note in notes), scope)


def _row(name: str, result: Evaluation) -> Row:
    characters, tokens = result.measures["characters"], result.measures["tokens"]
    return (
        name,
        percent(characters.recall),
        percent(characters.precision),
        percent(tokens.recall),
        percent(tokens.precision),
        percent(result.measures["covered"].recall),
        percent(result.notes_with_leak),
        percent(result.negatives_flagged),
        rate(result.false_flags_per_1000_tokens),
    )


def _print_groups(title: str, found: dict[str, Evaluation]) -> None:
    groups = next(iter(found.values())).groups
    rows = [(group, *(percent(result.groups[group].covered) for result in found.values())) for group in groups]
    _print(title, ("", *found), rows)
    for name, result in found.items():
        shares = [group.covered.value or 0.0 for group in result.groups.values()]
        Console().print(f"  {name}: largest gap between groups {100 * (max(shares) - min(shares)):.1f} points\n")


def _print(title: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Console(width=190).print(table)


def _own(name: str) -> list[AnnotatedNote]:
    path = OWN / f"{name}.jsonl"
    return read_notes_with_gold(path, path)


def _public(path: str, language: str) -> list[AnnotatedNote]:
    return [
        AnnotatedNote(note.id, note.text, note.relabelled(label_of_corpus).spans, note.group, language)
        for note in read_corpus(_existing(path))
    ]


def _dialog_sections() -> list[str]:
    texts = []
    for part in ("Training", "Validation"):
        with _existing(f"mts_dialog/MTS-Dialog-{part}Set.csv").open(encoding="utf-8", newline="") as file:
            texts += [row["section_text"] for row in csv.DictReader(file)]
    return texts


def _existing(path: str) -> Path:
    if not (PUBLIC / path).exists():
        raise SystemExit(f"{PUBLIC / path}: not here. The public corpora lie beside the repository, in shared/data.")
    return PUBLIC / path


def main() -> None:
    """Run one part, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=[*PARTS, "all"], help="what to measure")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    arguments = parser.parse_args()
    chosen = PARTS if arguments.part == "all" else {arguments.part: PARTS[arguments.part]}
    results = {name: part() for name, part in chosen.items()}
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Figures as tables for people, every share in per cent with its 95 % interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cloister.deid.evaluation.evaluation import Evaluation, GroupScore, Score
from cloister.deid.evaluation.intervals import Estimate
from cloister.study.printable import printable

if TYPE_CHECKING:
    from rich.table import Table


def percent(estimate: Estimate) -> str:
    """`97.3 (96.1-98.2)`: a share in per cent with its interval; a dash where nothing was measured."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "-"
    return f"{100 * estimate.value:.1f} ({100 * estimate.low:.1f}-{100 * estimate.high:.1f})"


def rate(estimate: Estimate) -> str:
    """`4.2 (3.1-5.6)`: a rate with its interval; a dash where nothing was measured."""
    if estimate.value is None:
        return "-"
    return f"{estimate.value:.1f} ({estimate.low:.1f}-{estimate.high:.1f})"


def tables(evaluation: Evaluation) -> Iterable[Table]:
    """What `cloister deid evaluate` prints."""
    title = f"{evaluation.notes:,} notes, {evaluation.spans:,} identifiers; per cent with 95 % intervals"
    scores = {str(name): _cells(score) for name, score in evaluation.measures.items()}
    yield _table(title, ("", "recall", "precision", "F1"), scores)
    yield _table(
        "By label",
        ("", "number", "covered", "strict F1"),
        {
            label: (f"{score.covered.trials:,}", percent(score.covered), percent(score.strict.f1))
            for label, score in evaluation.labels.items()
        },
    )
    for title, groups in (("By group", evaluation.groups), ("By length", evaluation.lengths)):
        if len(groups) > 1:
            yield _groups(f"{title}; precision of characters", groups)
    yield _table(
        "Privacy and over-redaction",
        ("", "value"),
        {
            "notes with a leak, of notes with identifiers": (percent(evaluation.notes_with_leak),),
            "notes flagged, of notes without": (percent(evaluation.negatives_flagged),),
            "false flags per 1,000 tokens": (rate(evaluation.false_flags_per_1000_tokens),),
        },
    )
    if evaluation.unknown_labels:
        rows = {label: (f"{count:,}",) for label, count in evaluation.unknown_labels.items()}
        yield _table("Gold labels that are none of ours; they never match strictly", ("", "identifiers"), rows)
    if evaluation.neutral_spans:
        rows = {"identifiers that the profile lets stay": (f"{evaluation.neutral_spans:,}",)}
        yield _table("Counted neither way", ("", "number"), rows)


def _cells(score: Score) -> tuple[str, ...]:
    return percent(score.recall), percent(score.precision), percent(score.f1)


def _groups(title: str, groups: Mapping[str, GroupScore]) -> Table:
    columns = ("", "notes", "covered", "precision")
    return _table(
        title,
        columns,
        {
            name: (
                f"{group.notes:,}",
                percent(group.covered),
                percent(group.characters.precision),
            )
            for name, group in groups.items()
        },
    )


def _table(title: str, columns: tuple[str, ...], rows: Mapping[str, tuple[str, ...]]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for name, cells in rows.items():
        table.add_row(escape(printable(name)), *cells)  # labels and groups are as somebody's file has them
    return table

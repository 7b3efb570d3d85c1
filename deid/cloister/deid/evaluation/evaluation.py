"""The figures of one detector on one corpus: every measure with its interval, by label, by group, by length.

Feed it notes with what was found in them, one at a time; it keeps counts, never text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Located
from cloister.deid.evaluation.intervals import Estimate, bootstrap, exact_share, resampled_ratio
from cloister.deid.evaluation.measures import MEASURES, NOTHING, Comparison, Counts, Measure
from cloister.deid.evaluation.scope import EVERYTHING, Scope

_LENGTHS = ((200, "under 200 characters"), (2000, "200 to 1,999 characters"))
_LONGEST = "2,000 characters and more"


@dataclass(frozen=True)
class Score:
    """Recall, precision and their harmonic mean, each in [0, 1]; intervals from resampled notes."""

    recall: Estimate
    precision: Estimate
    f1: Estimate


@dataclass(frozen=True)
class LabelScore:
    """How one label fares.

    `strict` asks for the same borders and label. `covered` is the recall that privacy cares about: the share of the
    label's gold spans of which no character is left, under whatever label they were found.
    """

    strict: Score
    covered: Estimate


@dataclass(frozen=True)
class GroupScore:
    """How one group of notes fares. `covered`: the share of its gold spans of which no character is left."""

    notes: int
    covered: Estimate
    characters: Score


@dataclass(frozen=True)
class Evaluation:
    """All figures of one detector on one corpus.

    `notes_with_leak`: of the notes with identifiers, the share in which at least one span is not fully covered.
    `negatives_flagged`: of the notes without identifiers, the share with any finding.
    `false_flags_per_1000_tokens`: tokens without PHI that a finding touches, per 1,000 tokens without PHI.
    `unknown_labels`: gold labels that are none of ours, with their spans; they can be found but never match strictly.
    """

    notes: int
    spans: int
    neutral_spans: int
    measures: Mapping[Measure, Score]
    labels: Mapping[str, LabelScore]
    groups: Mapping[str, GroupScore]
    lengths: Mapping[str, GroupScore]
    notes_with_leak: Estimate
    negatives_flagged: Estimate
    false_flags_per_1000_tokens: Estimate
    unknown_labels: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """As nested plain values."""
        return asdict(self)


class Evaluator:
    """Collects the comparison of one note after the other.

    Args:
        scope: which gold spans have to be found.
        known_labels: the detector's labels; empty if it is not known. Others in the gold are reported.
    """

    def __init__(self, scope: Scope = EVERYTHING, known_labels: Iterable[str] = ()) -> None:
        self._scope = scope
        self._known_labels = frozenset(known_labels)
        self._by_measure: dict[Measure, list[Counts]] = {measure: [] for measure in MEASURES}
        self._strict_of: dict[str, list[Counts]] = defaultdict(list)
        self._covered_of: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._places: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._covered: list[tuple[int, int]] = []
        self._false_tokens: list[tuple[int, int]] = []
        self._leaks = [0, 0]
        self._flagged_negatives = [0, 0]
        self._neutral = 0
        self._unknown: Counter[str] = Counter()

    def add(self, note: AnnotatedNote, found: Iterable[Located]) -> None:
        """Compare one note's findings with its gold spans."""
        gold, neutral = self._scope.split(note)
        comparison = Comparison(note.text, gold, found, neutral)
        place = len(self._covered)
        for measure in MEASURES:
            self._by_measure[measure].append(comparison.counts(measure))
        covered = [comparison.covers(span) for span in comparison.gold]
        self._covered.append((sum(covered), len(covered)))
        self._add_labels(comparison, covered)
        self._false_tokens.append(comparison.false_tokens)
        self._neutral += len(neutral)
        self._unknown.update(s.label for s in note.spans if self._known_labels and s.label not in self._known_labels)
        if gold:
            self._leaks[0] += comparison.leaks
            self._leaks[1] += 1
        elif not neutral:
            self._flagged_negatives[0] += bool(comparison.found)
            self._flagged_negatives[1] += 1
        if note.group:
            self._places["group", note.group].append(place)
        self._places["length", _length_class(note.text)].append(place)

    def result(self) -> Evaluation:
        """The figures so far."""
        false_flags = resampled_ratio(*_columns(self._false_tokens))
        return Evaluation(
            notes=len(self._covered),
            spans=sum(of for _, of in self._covered),
            neutral_spans=self._neutral,
            measures={measure: _score(counts) for measure, counts in self._by_measure.items()},
            labels={
                label: LabelScore(_score(self._strict_of[label]), resampled_ratio(*_columns(self._covered_of[label])))
                for label in sorted(self._strict_of)
            },
            groups=self._broken_down("group"),
            lengths=self._broken_down("length"),
            notes_with_leak=exact_share(*self._leaks),
            negatives_flagged=exact_share(*self._flagged_negatives),
            false_flags_per_1000_tokens=_per_thousand(false_flags),
            unknown_labels=dict(sorted(self._unknown.items())),
        )

    def _add_labels(self, comparison: Comparison, covered: list[bool]) -> None:
        found = set(comparison.found)
        for label in {span.label for span in comparison.gold} | {span.label for span in found}:
            places = [i for i, span in enumerate(comparison.gold) if span.label == label]
            hits = sum(comparison.gold[i] in found for i in places)
            self._strict_of[label].append(Counts(len(places), hits, sum(s.label == label for s in found), hits))
            self._covered_of[label].append((sum(covered[i] for i in places), len(places)))

    def _broken_down(self, kind: str) -> dict[str, GroupScore]:
        characters = self._by_measure["characters"]
        return {
            name: GroupScore(
                notes=len(places),
                covered=resampled_ratio(*_columns([self._covered[i] for i in places])),
                characters=_score([characters[i] for i in places]),
            )
            for (of, name), places in sorted(self._places.items())
            if of == kind
        }


def evaluate(
    notes: Iterable[tuple[AnnotatedNote, Iterable[Located]]],
    scope: Scope = EVERYTHING,
    known_labels: Iterable[str] = (),
) -> Evaluation:
    """The figures of a detector, given every note with what it found there."""
    evaluator = Evaluator(scope, known_labels)
    for note, found in notes:
        evaluator.add(note, found)
    return evaluator.result()


def _score(counts: list[Counts]) -> Score:
    rows = np.array([[c.gold, c.gold_hit, c.found, c.found_hit] for c in counts], np.int64).reshape(-1, 4)
    gold, gold_hit, found, found_hit = rows.T
    return Score(resampled_ratio(gold_hit, gold), resampled_ratio(found_hit, found), _f1(rows, counts))


def _f1(rows: NDArray[np.int64], counts: list[Counts]) -> Estimate:
    total = sum(counts, NOTHING)
    if total.gold + total.found == 0:
        return Estimate(None, None, None, 0, 0)
    value = float(_f1_of(np.array([[total.gold, total.gold_hit, total.found, total.found_hit]]))[0])
    if value in (0.0, 1.0):
        # No resample differs; the counts of the notes that hold anything bound it as they bound recall.
        notes = (rows[:, 0] + rows[:, 2]) > 0
        bound = exact_share(int(notes.sum()) if value else 0, int(notes.sum()))
        low, high = bound.low, bound.high
    else:
        low, high = bootstrap(rows, _f1_of)
    return Estimate(value, low, high, total.gold_hit + total.found_hit, total.gold + total.found)


def _f1_of(sums: NDArray[Any]) -> NDArray[np.float64]:
    """2RP / (R + P); 0 where nothing agrees."""
    with np.errstate(divide="ignore", invalid="ignore"):
        recall, precision = sums[:, 1] / sums[:, 0], sums[:, 3] / sums[:, 2]
        harmonic: NDArray[np.float64] = 2 * recall * precision / (recall + precision)
    nothing_agrees = (sums[:, 1] == 0) & (sums[:, 3] == 0) & (sums[:, 0] + sums[:, 2] > 0)
    return np.where(nothing_agrees, 0.0, harmonic)


def _columns(pairs: list[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows = np.array(pairs, np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def _per_thousand(share: Estimate) -> Estimate:
    def times(value: float | None) -> float | None:
        return None if value is None else value * 1000

    return Estimate(times(share.value), times(share.low), times(share.high), share.hits, share.trials)


def _length_class(text: str) -> str:
    return next((name for limit, name in _LENGTHS if len(text) < limit), _LONGEST)

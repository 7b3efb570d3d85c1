"""A review as a state machine: notes, decisions, what stands decided, what the audit may count.

1. Every decision is appended to the log before it counts; the state is what replaying the log gives.
2. A span that is shown can be confirmed, relabelled or rejected, again and again; the latest decision stands.
3. A missed identifier can be added where the dataset still holds letters or digits of the original, overlapping
   nothing that was removed or reported; rejecting it takes it back.
4. A note can be finished when every span that is shown has been decided. Any later decision on it opens it again.
5. `undo` takes back the latest entry of the note that stands, as often as there is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from cloister.deid.residual_risk.audit import AuditedNote
from cloister.deid.review.alignment import Alignment
from cloister.deid.review.decisions import Action, DecisionLog, Entry, Part
from cloister.deid.review.shown_spans import ShownSpan, is_within
from cloister.deid.text.finding import LABELS, Label
from cloister.study.errors import InputError

Verdict = Literal["identifier", "nothing"]


@dataclass(frozen=True)
class ReviewNote:
    """A note in the sample, with what is shown of it: its text as a reader sees it, without the markup of its format.

    `unwritten` are stretches that its format hides, such as comments, and that are never written back; `parts_removed`
    counts everything of that kind, whether it has a text to show or not.
    """

    reference: str
    alignment: Alignment
    spans: tuple[ShownSpan, ...]
    unwritten: tuple[tuple[int, int], ...] = ()
    parts_removed: int = 0


@dataclass(frozen=True)
class Decided:
    """What stands decided of a span."""

    verdict: Verdict
    label: str
    removed: bool
    added: bool = False


@dataclass(frozen=True)
class NoteState:
    """What stands decided of a note: (start, end) -> decision."""

    decided: Mapping[tuple[int, int], Decided]
    finished: bool
    undoable: bool


def states(entries: Sequence[Entry]) -> dict[str, NoteState]:
    """Reference -> what stands decided, of every note with an entry."""
    standing: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.action == "undo":
            standing[entry.note].pop()
        elif entry.action != "sample":
            standing.setdefault(entry.note, []).append(entry)
    return {reference: _state(of_note) for reference, of_note in standing.items()}


def audited(state: NoteState) -> AuditedNote | None:
    """What a note contributes to the audit; None while it is not finished."""
    if not state.finished:
        return None
    removed: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    false_findings = 0
    for decided in state.decided.values():
        if decided.verdict == "identifier":
            (removed if decided.removed else missed)[decided.label] += 1
        elif decided.removed:
            false_findings += 1
    return AuditedNote(dict(removed), dict(missed), false_findings)


def drawn(entries: Sequence[Entry], part: Part) -> list[str]:
    """References of one part of the sample, in the order drawn."""
    return [note for entry in entries if entry.action == "sample" and entry.part == part for note in entry.notes]


def audited_sample(entries: Sequence[Entry]) -> list[AuditedNote | None]:
    """The uniform part, for the audit; None where a note is not finished."""
    decided = states(entries)
    return [audited(decided[note]) if note in decided else None for note in drawn(entries, "uniform")]


def leaking(entries: Sequence[Entry]) -> set[str]:
    """References of the notes in which an identifier was found that the dataset still holds."""
    return {
        reference
        for reference, state in states(entries).items()
        if any(decided.verdict == "identifier" and not decided.removed for decided in state.decided.values())
    }


class Review:
    """One review under way.

    Args:
        notes: references of the notes to show, in that order.
        load: reference -> the note; called when a note is shown.
        log: says which notes were drawn; decisions go there.
    """

    def __init__(self, notes: Sequence[str], load: Callable[[str], ReviewNote], log: DecisionLog) -> None:
        self.notes = tuple(notes)
        self._load = cache(load)
        self._log = log

    def note(self, index: int) -> ReviewNote:
        """The note at a place in the sample, counted from 0.

        Raises:
            InputError: there is none.
        """
        if not 0 <= index < len(self.notes):
            raise InputError(f"Note {index + 1}: the sample has {len(self.notes)}.", "Reload the page.")
        return self._load(self.notes[index])

    def state(self, index: int) -> NoteState:
        """What stands decided of a note. Raises as `note` does."""
        note = self.note(index)
        return states(self._log.entries).get(note.reference, NoteState({}, finished=False, undoable=False))

    def finished(self) -> list[bool]:
        """Which notes are finished, in the order of `notes`."""
        decided = states(self._log.entries)
        return [reference in decided and decided[reference].finished for reference in self.notes]

    def confirm(self, index: int, start: int, end: int, label: str | None = None) -> None:
        """A span that is shown is an identifier, of the label shown or of another.

        Raises:
            InputError: no such span is shown, or there is no such label.
        """
        span = self._shown(index, start, end)
        wanted = _label(label) if label is not None else span.label
        action: Action = "confirm" if wanted == span.label else "relabel"
        self._append(index, action, replace(span, label=wanted))

    def reject(self, index: int, start: int, end: int) -> None:
        """A span that is shown identifies nobody. Raises as `confirm` does."""
        self._append(index, "reject", self._shown(index, start, end))

    def add(self, index: int, start: int, end: int, label: str) -> None:
        """An identifier was missed.

        Raises:
            InputError: the span is outside the note, the dataset holds nothing of it any more, it overlaps what
                was removed or reported, or there is no such label.
        """
        note = self.note(index)
        if not 0 <= start < end <= len(note.alignment.original):
            raise InputError(f"Span {start} to {end}: outside the note.", "Select it again.")
        if is_within(start, end, note.unwritten) or not note.alignment.left(start, end):
            raise InputError("The dataset does not hold the selected text any more.", "Select what was left.")
        decided = self.state(index).decided
        standing = {place for place, found in decided.items() if found.verdict == "identifier"}
        standing |= {(span.start, span.end) for span in note.spans if span.removed}
        if any(start < right and left < end for left, right in standing):
            raise InputError("The selection overlaps what was removed or reported.", "Select beside it.")
        self._append(index, "add", ShownSpan(start, end, _label(label), 1.0, "review", removed=False))

    def finish(self, index: int) -> None:
        """The whole note was read.

        Raises:
            InputError: a span that is shown is not decided.
        """
        note, decided = self.note(index), self.state(index).decided
        undecided = sum((span.start, span.end) not in decided for span in note.spans)
        if undecided:
            raise InputError(f"{undecided} of the note's findings are not decided.", "Confirm or reject each of them.")
        self._log.append(Entry(action="finish", note=note.reference))

    def undo(self, index: int) -> None:
        """Take back the latest entry of the note.

        Raises:
            InputError: there is none.
        """
        if not self.state(index).undoable:
            raise InputError("There is nothing to undo in this note.")
        self._log.append(Entry(action="undo", note=self.note(index).reference))

    def _shown(self, index: int, start: int, end: int) -> ShownSpan:
        for span in self.note(index).spans:
            if (span.start, span.end) == (start, end):
                return span
        added = self.state(index).decided.get((start, end))
        if added is None or not added.added:
            raise InputError(f"Span {start} to {end}: no such span is shown.", "Reload the page.")
        return ShownSpan(start, end, _label(added.label), 1.0, "review", removed=False)

    def _append(self, index: int, action: Action, span: ShownSpan) -> None:
        note = self.note(index)
        text = note.alignment.original[span.start : span.end]
        self._log.append(
            Entry(
                action=action,
                note=note.reference,
                start=span.start,
                end=span.end,
                label=span.label,
                removed=span.removed,
                value=self._log.value_hash(note.reference, text),
            )
        )


def _state(entries: Sequence[Entry]) -> NoteState:
    decided: dict[tuple[int, int], Decided] = {}
    for entry in entries:
        place = entry.start, entry.end
        added = entry.action == "add" or (place in decided and decided[place].added)
        if entry.action == "reject" and added:
            decided.pop(place, None)
        elif entry.action == "reject":
            decided[place] = Decided("nothing", entry.label, entry.removed)
        elif entry.action != "finish":
            decided[place] = Decided("identifier", entry.label, entry.removed, added)
    return NoteState(decided, finished=bool(entries) and entries[-1].action == "finish", undoable=bool(entries))


def _label(label: str) -> Label:
    for known in LABELS:
        if label == known:
            return known
    raise InputError(f"Label {label}: there is none of this name.", f"Choose one of {', '.join(LABELS)}.")

"""What the review page asks and is answered: plain JSON, offsets in code points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cloister.deid.review.session import Decided, Review
from cloister.deid.review.shown_spans import is_within
from cloister.deid.text.finding import LABELS
from cloister.study.errors import InputError

_LARGEST = 2**53 - 1
"""The largest whole number that a page can have in mind: JavaScript counts no further."""


def answer(review: Review, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Do what is asked and describe the note concerned.

    Args:
        review: the review under way.
        name: `note`, `confirm`, `confirm-all`, `reject`, `add`, `finish` or `undo`.
        body: `note` (place in the sample, from 0); for spans `start` and `end`; for `confirm` and `add` a `label`.

    Raises:
        InputError: there is no such request, a value is missing or of another type, or the review refuses it.
    """
    index = _whole(body, "note")
    if name == "confirm":
        review.confirm(index, _whole(body, "start"), _whole(body, "end"), _text(body, "label"))
    elif name == "confirm-all":
        _confirm_all(review, index)
    elif name == "reject":
        review.reject(index, _whole(body, "start"), _whole(body, "end"))
    elif name == "add":
        review.add(index, _whole(body, "start"), _whole(body, "end"), _text(body, "label") or "")
    elif name == "finish":
        review.finish(index)
    elif name == "undo":
        review.undo(index)
    elif name != "note":
        raise InputError(f"Request {name[:40]}: there is none of this name.", "Reload the page.")
    return _described(review, index)


def _confirm_all(review: Review, index: int) -> None:
    """What was removed and is not decided yet; what was left in the dataset takes a decision of its own."""
    decided = review.state(index).decided
    for span in review.note(index).spans:
        if span.removed and (span.start, span.end) not in decided:
            review.confirm(index, span.start, span.end)


def _described(review: Review, index: int) -> dict[str, Any]:
    note, state = review.note(index), review.state(index)
    spans = [
        _span(review, index, span.start, span.end, span.label, state.decided.get((span.start, span.end)))
        | {"score": round(span.score, 3), "source": span.source, "removed": span.removed}
        for span in note.spans
    ]
    spans += [
        _span(review, index, *place, decided.label, decided) | {"score": 1.0, "source": "review", "removed": False}
        for place, decided in state.decided.items()
        if decided.added
    ]
    return {
        "index": index,
        "text": note.alignment.original,
        "cleaned": note.alignment.cleaned,
        "unwritten": note.unwritten,
        "parts_removed": note.parts_removed,
        "spans": sorted(spans, key=lambda span: int(span["start"])),
        "finished": review.finished(),
        "undoable": state.undoable,
        "labels": list(LABELS),
    }


def _span(review: Review, index: int, start: int, end: int, label: str, decided: Decided | None) -> dict[str, Any]:
    note = review.note(index)
    left, right = note.alignment.replacement(start, end)
    if is_within(start, end, note.unwritten):  # nothing stands for it
        left = right = len(note.alignment.cleaned)
    return {
        "start": start,
        "end": end,
        "cleaned_start": left,
        "cleaned_end": right,
        "label": decided.label if decided is not None else label,
        "verdict": decided.verdict if decided is not None else None,
        "added": decided is not None and decided.added,
    }


def _whole(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise InputError(f"{name}: a whole number is missing.", "Reload the page.")
    return value


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise InputError(f"{name}: not a text.", "Reload the page.")
    return value

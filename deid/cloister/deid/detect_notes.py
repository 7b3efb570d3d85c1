"""Finding identifiers in a notes file without changing it."""

from __future__ import annotations

import json
import logging
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cloister.deid.certification import Progress
from cloister.deid.note_chunks import where_it_happened
from cloister.deid.notes_input import Note, RefusedNote, read_notes
from cloister.deid.text.adapters.detectors_file import load, read_detectors
from cloister.deid.text.detector import detect
from cloister.deid.text.finding import LABELS, Label
from cloister.deid.text.language import SUPPORTED, detect_language
from cloister.deid.text.profiles import profile_named
from cloister.study.errors import CloisterError, InputError

AUTO = "auto"
"""In place of a language: that of each note is recognised."""
_FALLBACK = "en"
_LOG = logging.getLogger(__name__)
_PROGRESS_EVERY = 50


@dataclass(frozen=True)
class DetectionSummary:
    """What a run over a file did.

    `notes` were read; `found` counts identifiers by label, `refused` lines by reason, and `languages` notes by the
    language whose detectors read them, `unsupported` being those that English ones read for want of their own.
    `unanswered` counts, by detector, passages that one which was added gave no usable answer about.
    """

    notes: int
    found: dict[str, int]
    refused: dict[str, int]
    languages: dict[str, int]
    unanswered: dict[str, int]


def detect_notes(
    notes: Path,
    output: Path,
    *,
    language: str = AUTO,
    threshold: float | None = None,
    profile: str = "safe-harbor",
    detectors: Path | None = None,
    progress: Progress | None = None,
) -> DetectionSummary:
    """Write the identifiers of every note.

    Args:
        notes: a `notes.jsonl` file, see `notes_input`.
        output: gets one line a note: `{"id", "spans": [{"start", "end", "label", "score", "source"}]}`, with offsets
            in Unicode code points of the unchanged text.
        language: of notes that name none; `auto` recognises it note by note.
        threshold: lowest score, in [0, 1], for every label; the profile's own if absent.
        profile: `safe-harbor`, `limited-dataset` or `maximal`.
        detectors: a file that names further detectors, see `text.adapters.detectors_file`.
        progress: called with the number of notes done and in all.

    Raises:
        MissingFileError: there is no notes or detectors file, or no model where the latter names one.
        InputError: the language is not supported, there is no such profile, or a detector cannot be loaded.
    """
    if language not in {AUTO, *SUPPORTED}:
        raise InputError(f"--language {language}: not supported.", f"Choose {AUTO} or one of {', '.join(SUPPORTED)}.")
    chosen = profile_named(profile)
    thresholds: Mapping[Label, float] | None = None if threshold is None else dict.fromkeys(LABELS, threshold)
    others = load(read_detectors(detectors)) if detectors is not None else None
    total = sum(1 for _ in read_notes(notes))
    found: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as folder:
        partial = Path(folder) / output.name
        with partial.open("w", encoding="utf-8") as file:
            for done, item in enumerate(read_notes(notes), 1):
                if isinstance(item, RefusedNote):
                    refused[item.reason] += 1
                else:
                    spoken = _language_of(item, language)
                    try:
                        findings = detect(
                            item.text, None, thresholds, spoken or _FALLBACK, profile=chosen, others=others
                        )
                    except CloisterError:
                        raise
                    except Exception as problem:  # noqa: BLE001 (the other notes are none the worse for it)
                        _LOG.warning("Line %d: no spans after %s.", item.line, where_it_happened(problem))
                        refused["cleaning-failed"] += 1
                        continue
                    languages[spoken or "unsupported"] += 1
                    found.update(finding.label for finding in findings)
                    spans = [
                        {"start": f.start, "end": f.end, "label": f.label, "score": f.score, "source": f.source}
                        for f in findings
                    ]
                    file.write(json.dumps({"id": item.id, "spans": spans}, ensure_ascii=False) + "\n")
                if progress is not None and done % _PROGRESS_EVERY == 0:
                    progress(done, total)
        partial.replace(output)
    if progress is not None:
        progress(total, total)
    return DetectionSummary(
        total,
        dict(sorted(found.items())),
        dict(sorted(refused.items())),
        dict(sorted(languages.items())),
        others.take_unanswered() if others is not None else {},
    )


def _language_of(note: Note, language: str) -> str | None:
    """The language that the note names, else the one asked for, else what it is written in; None if unsupported."""
    if note.language is not None:
        return note.language if note.language in SUPPORTED else None
    return detect_language(note.visible, _FALLBACK) if language == AUTO else language

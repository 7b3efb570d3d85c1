"""Finding identifiers in a notes file without changing it."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cloister.deid.certification import Progress
from cloister.deid.notes_input import LANGUAGES, RefusedNote, read_notes
from cloister.deid.text.detector import DEFAULT_THRESHOLDS, detect
from cloister.deid.text.finding import LABELS, Label
from cloister.study.errors import InputError

_PROGRESS_EVERY = 50


@dataclass(frozen=True)
class DetectionSummary:
    """How many notes were read, what was found in them by label, and which lines were refused for what reason."""

    notes: int
    found: dict[str, int]
    refused: dict[str, int]


def detect_notes(
    notes: Path,
    output: Path,
    *,
    language: str = "en",
    threshold: float | None = None,
    progress: Progress | None = None,
) -> DetectionSummary:
    """Write the identifiers of every note.

    Args:
        notes: a `notes.jsonl` file, see `notes_input`.
        output: gets one line a note: `{"id", "spans": [{"start", "end", "label", "score", "source"}]}`, with offsets
            in Unicode code points of the unchanged text.
        language: of notes that name none.
        threshold: lowest score, in [0, 1], for every label; each label's own if absent.
        progress: called with the number of notes done and in all.

    Raises:
        MissingFileError: there is no notes file.
        InputError: the language is not supported.
    """
    if language not in LANGUAGES:
        raise InputError(f"--language {language}: not supported.", f"Supported: {', '.join(sorted(LANGUAGES))}.")
    thresholds: Mapping[Label, float] = DEFAULT_THRESHOLDS if threshold is None else dict.fromkeys(LABELS, threshold)
    total = sum(1 for _ in read_notes(notes))
    found: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as folder:
        partial = Path(folder) / output.name
        with partial.open("w", encoding="utf-8") as file:
            for done, item in enumerate(read_notes(notes), 1):
                if isinstance(item, RefusedNote):
                    refused[item.reason] += 1
                else:
                    findings = detect(item.text, thresholds=thresholds)
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
    return DetectionSummary(total, dict(sorted(found.items())), dict(sorted(refused.items())))

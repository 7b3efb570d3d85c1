"""The tagger for a hospital's own notes (`cloister.deid.text.own_notes`) on MEDDOCAN, with MEDDOCAN's own labels.

Trained on the training notes, read on the development notes, which choose nothing: the features and the network's share
were settled on a quarter of the training notes with models of the other three, and the threshold of the recall profile
is chosen by `train` on a fifth of them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cloister.deid.evaluation.annotated_note import AnnotatedNote
from cloister.deid.evaluation.evaluation import Evaluation, evaluate
from cloister.deid.text.own_notes.tagger import OwnNotesTagger
from cloister.deid.text.own_notes.train import train
from cloister.deid.text.own_notes.word_lists import word_lists


@dataclass(frozen=True)
class TrainedOnMeddocan:
    """What came of training and reading.

    `strict` is the likeliest labelling with MEDDOCAN's labels, `recall` the recall profile. Times are CPU seconds; a
    note is read twice, once for each, and `notes_per_second` counts both.
    """

    strict: Evaluation
    recall: Evaluation
    threshold: float
    megabytes: float
    training_seconds: float
    notes_per_second: float


def train_and_evaluate(
    training: Sequence[AnnotatedNote], development: Sequence[AnnotatedNote], keep: Path | None = None
) -> TrainedOnMeddocan:
    """Train on one part, read the other with the model as it was saved.

    Args:
        training: notes to train on.
        development: notes to measure on.
        keep: where to leave the model, if it is to stay.
    """
    began = time.process_time()
    tagger = train(training, word_lists())
    trained = time.process_time()
    with TemporaryDirectory(prefix="meddocan-") as folder:
        path = keep or Path(folder) / "own.npz"
        tagger.save(path)
        megabytes = path.stat().st_size / 1e6
        saved = OwnNotesTagger.load(path)
    loaded = time.process_time()
    strict = [saved.spans(note.text) for note in development]
    recall = [saved.likely_spans(note.text) for note in development]
    read = time.process_time()
    return TrainedOnMeddocan(
        strict=evaluate(zip(development, strict, strict=True)),
        recall=evaluate(zip(development, recall, strict=True)),
        threshold=saved.threshold,
        megabytes=megabytes,
        training_seconds=trained - began,
        notes_per_second=2 * len(development) / (read - loaded),
    )

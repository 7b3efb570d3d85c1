"""The base that a simulated study starts from: tokenizer and warm start, both from public data.

In a deployment the coordinator brings a base (a pretrained checkpoint). A simulation makes a small one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from cloister.client.trainer import ShuffledGradient, train
from cloister.simulation.one_thread import one_thread
from cloister.study.errors import MissingFileError, StudyError
from cloister.study.schema import BertModel, FolderModel, NoteImageModel, Study
from cloister.tasks.base_folder import WEIGHTS_FILE, save_base_weights
from cloister.tasks.catalogue import task_of
from cloister.tasks.dataset_rows import read_rows
from cloister.tasks.models.tokenizer import train_tokenizer

BASE = "base"


def make_base(
    study: Study, study_folder: Path, public: Sequence[Path], store: Path, on_step: Callable[[int], None]
) -> None:
    """Make or copy the study's base into the model store, unless the study needs none.

    Args:
        study: the study.
        study_folder: where relative paths of the study begin.
        public: dataset folders of public data.
        store: the model store that all simulated sites share.
        on_step: called with the number of warm-start steps done.

    Raises:
        MissingFileError: the study names a checkpoint folder that does not exist.
        StudyError: the study asks for a warm start, but its data source has no public data with its labels.
    """
    model = study.task.model
    base = store / BASE
    if isinstance(model, FolderModel):
        _copy_checkpoint(study_folder / model.path, base)
    elif isinstance(model, BertModel | NoteImageModel) and not (base / "tokenizer.json").is_file():
        text = model if isinstance(model, BertModel) else model.text
        base.mkdir(parents=True, exist_ok=True)
        rows, _ = read_rows(public, "notes", ["text"])
        train_tokenizer(rows["text"], text.vocabulary, base)
    if study.task.warm_start is not None and not (base / WEIGHTS_FILE).is_file():
        _warm_start(study, public, base, on_step)
    if task_of(study).needs_base:
        base.mkdir(parents=True, exist_ok=True)


def base_folder(store: Path) -> Path | None:
    """The base that `make_base` made; None if the study needs none."""
    base = store / BASE
    return base if base.is_dir() else None


def _warm_start(study: Study, public: Sequence[Path], base: Path, on_step: Callable[[int], None]) -> None:
    settings = study.task.warm_start
    if settings is None or not public:
        raise StudyError(
            "task.warm_start: this data source has no public data.",
            "Remove [task.warm_start], or use a checkpoint folder as the model.",
        )
    in_full = study.task.model_copy(update={"adapter": None})
    training = study.training.model_copy(
        update={"sampling": "shuffle", "batch_size": settings.batch_size, "sample_rate": None, "batch_divisor": None}
    )
    public_study = study.model_copy(update={"task": in_full, "training": training})
    task = task_of(public_study)
    examples = task.read(public, base if base.is_dir() else None)
    model = task.build_model(base if base.is_dir() else None, study.seeds.model)
    gradient = ShuffledGradient(task, examples, training, study.seeds.training)
    with one_thread():
        train(
            model,
            gradient,
            steps=settings.steps,
            optimizer="adam",
            learning_rate=settings.learning_rate,
            on_step=on_step,
        )
    save_base_weights(model, base)


def _copy_checkpoint(source: Path, base: Path) -> None:
    if not source.is_dir():
        raise MissingFileError(source, "checkpoint folder", "Correct task.model.path in the study.")
    if not base.is_dir():
        staging = base.with_name(f".{base.name}")
        shutil.rmtree(staging, ignore_errors=True)
        shutil.copytree(source, staging)
        staging.rename(base)

"""The base that a pre-flight is made with where nobody gives one.

Whether per-patient gradients are right depends on the model's structure, not on its weights or words. So a study whose
network is built from its own configuration is checked with a made-up tokenizer, before there is any base.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cloister.study.schema import BertModel, FolderModel, NoteImageModel, Study


@contextmanager
def base_for_preflight(study: Study, study_file: Path) -> Iterator[Path | None]:
    """The checkpoint folder that the study names; a stand-in, gone afterwards; or None for models without a base.

    Args:
        study: the study.
        study_file: where it was read from, to which its checkpoint folder is relative.
    """
    model = study.task.model
    text = model.text if isinstance(model, NoteImageModel) else model
    if isinstance(text, BertModel):
        with tempfile.TemporaryDirectory() as folder:
            _write_tokenizer(text.vocabulary, Path(folder))
            yield Path(folder)
    elif isinstance(model, FolderModel):
        yield study_file.parent / model.path
    else:
        yield None


def _write_tokenizer(tokens: int, folder: Path) -> None:
    from cloister.tasks.models.tokenizer import train_tokenizer

    train_tokenizer((f"w{number}" for number in range(tokens)), tokens, folder)

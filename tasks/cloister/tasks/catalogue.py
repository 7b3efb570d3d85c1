"""All tasks by name. A new task is one line here."""

from __future__ import annotations

from collections.abc import Callable

from cloister.study.schema import Study
from cloister.tasks.image_classification import ImageClassification
from cloister.tasks.note_classification import NoteClassification
from cloister.tasks.note_image_classification import NoteImageClassification
from cloister.tasks.survival import Survival
from cloister.tasks.tabular_classification import TabularClassification
from cloister.tasks.task import Task


def task_of(study: Study) -> Task:
    """The task that a study names, configured by it."""
    tasks: dict[str, Callable[[Study], Task]] = {
        "tabular_classification": TabularClassification,
        "survival": Survival,
        "note_classification": NoteClassification,
        "image_classification": ImageClassification,
        "note_image_classification": NoteImageClassification,
    }
    return tasks[study.task.name](study)

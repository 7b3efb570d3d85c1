"""Reading a study's examples, once in a process.

Sites read the same datasets in every round, and a simulation's models are trained on the same datasets again.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from cloister.study.dataset import manifest_sha256, read_manifest
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.examples import Examples


def read_examples(study: Study, datasets: Sequence[Path], base: Path | None) -> Examples:
    """The examples of verified dataset folders as the study's task reads them.

    Kept for the next call with the same task, data contract, manifests and base folder; not to be changed.

    Raises:
        DataError: a table, column or value is not what the study's data contract says.
    """
    content = tuple(manifest_sha256(read_manifest(folder)) for folder in datasets)
    return _read(_Key(study), tuple(datasets), content, base)


class _Key:
    """A study, equal to every other that reads data in the same way."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._reads_as = study.task.model_dump_json() + study.data.model_dump_json()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._reads_as == other._reads_as

    def __hash__(self) -> int:
        return hash(self._reads_as)


@functools.lru_cache(maxsize=16)
def _read(key: _Key, datasets: tuple[Path, ...], content: tuple[str, ...], base: Path | None) -> Examples:
    del content
    return task_of(key.study).read(datasets, base)

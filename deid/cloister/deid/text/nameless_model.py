"""A CRF whose file has no name: it holds words of notes, and a kill leaves nothing of it on the disk.

crfsuite writes a model to a path and to nothing else. The path is that of an open file without a name, whose blocks the
system frees when the process ends, however it ends.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def fitted(trainer: Any) -> Iterator[Any]:
    """Train, and hold the tagger open.

    Args:
        trainer: a `pycrfsuite.Trainer` with its examples.
    """
    import pycrfsuite

    with tempfile.TemporaryFile() as file:
        trainer.train(f"/dev/fd/{file.fileno()}")
        file.seek(0)
        model = file.read()
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(model)
    try:
        yield tagger
    finally:
        tagger.close()

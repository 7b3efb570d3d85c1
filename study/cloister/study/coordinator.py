"""The coordinator's folder and its `coordinator.toml`: study, held-out data, base model, checkpoints.

coordinator.toml   study.toml   coordinator.key
heldout/<name>/    base/        checkpoints/round-00003.safetensors
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from cloister.study.document import Document, PathName, read_toml
from cloister.study.errors import PolicyError

COORDINATOR_FILE = "coordinator.toml"


class Coordinator(Document):
    """A coordinator's configuration. Paths are relative to its folder."""

    schema_version: Literal[1] = 1
    study: PathName = "study.toml"
    key: PathName = "coordinator.key"
    """Certifies the coordinator's own held-out datasets."""
    heldout: tuple[PathName, ...] = ()
    base: PathName | None = None
    checkpoints: PathName = "checkpoints"

    @classmethod
    def read(cls, folder: Path) -> Coordinator:
        """Read `coordinator.toml` in a coordinator's folder.

        Raises:
            MissingFileError: there is none.
            PolicyError: it is not valid; every fault is named with line, key, value and remedy.
        """
        return read_toml(folder / COORDINATOR_FILE, cls, PolicyError)

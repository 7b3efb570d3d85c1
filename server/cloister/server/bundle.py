"""The Flower bundle of a study: what `flwr run` sends. It names components of the installed package and holds no code.

pyproject.toml      names cloister.server.app:app, cloister.client.app:app and the coordinator's folder
signed-study.json   the study as its coordinator signed it, which sites verify
"""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.study import atomic
from cloister.study.errors import InputError
from cloister.study.signed_study import SIGNED_STUDY_FILE

PROJECT_FILE = "pyproject.toml"


def write_bundle(coordinator: CoordinatorFolder, output: Path, signed: bytes) -> None:
    """Write the bundle of a coordinator's study.

    Args:
        coordinator: the opened folder, which the ServerApp runs the study in.
        output: the bundle's folder; created, or an earlier bundle that is replaced.
        signed: that study, signed.

    Raises:
        InputError: `output` holds anything else.
    """
    files = {PROJECT_FILE, SIGNED_STUDY_FILE}
    strangers = {path.name for path in output.iterdir()} - files if output.exists() else set()
    if strangers:
        raise InputError(
            f"{output / min(strangers)}: not part of a bundle.",
            "Choose an empty or new folder: a bundle holds nothing but the study.",
        )
    atomic.write_bytes(output / SIGNED_STUDY_FILE, signed)
    atomic.write_text(output / PROJECT_FILE, _project(coordinator))


def _project(coordinator: CoordinatorFolder) -> str:
    study = coordinator.study
    folder = json.dumps(str(coordinator.folder.resolve()), ensure_ascii=False)
    # Flower allows names of 32 characters that begin with a letter; a study's name may be longer.
    return f"""[project]
name = "study-{study.sha256[:12]}"
version = "{metadata.version("cloister")}"
description = "Study {study.name}, SHA-256 {study.sha256}"
license = "Apache-2.0"

[tool.flwr.app]
publisher = "cloister"
fab-include = ["{SIGNED_STUDY_FILE}"]

[tool.flwr.app.components]
serverapp = "cloister.server.app:app"
clientapp = "cloister.client.app:app"

[tool.flwr.app.config]
coordinator-folder = {folder}
"""

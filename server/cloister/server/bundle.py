"""The Flower bundle of a study: what `flwr run` sends. It names components of the installed package and holds no code.

    pyproject.toml   names cloister.server.app:app, cloister.client.app:app and the coordinator's folder
    study.json       the study in its canonical form, so that the bundle's hash covers it

The ServerApp runs the study in the coordinator's folder, so the bundle takes its copy from there: the two cannot
disagree.
"""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.study import atomic
from cloister.study.errors import InputError

PROJECT_FILE = "pyproject.toml"
STUDY_FILE = "study.json"


def write_bundle(coordinator: CoordinatorFolder, output: Path) -> None:
    """Write the bundle of a coordinator's study.

    Args:
        coordinator: the opened folder.
        output: the bundle's folder; created, or an earlier bundle that is replaced.

    Raises:
        InputError: `output` holds anything else.
    """
    strangers = {path.name for path in output.iterdir()} - {PROJECT_FILE, STUDY_FILE} if output.exists() else set()
    if strangers:
        raise InputError(
            f"{output / min(strangers)}: not part of a bundle.",
            "Choose an empty or new folder: a bundle holds nothing but the study.",
        )
    atomic.write_text(output / STUDY_FILE, coordinator.study.canonical + "\n")
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
fab-include = ["{STUDY_FILE}"]

[tool.flwr.app.components]
serverapp = "cloister.server.app:app"
clientapp = "cloister.client.app:app"

[tool.flwr.app.config]
coordinator-folder = {folder}
"""

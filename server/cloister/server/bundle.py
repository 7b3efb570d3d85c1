"""The Flower bundle of a study: what `flwr run` sends. It names components of the installed package and holds no code.

    pyproject.toml      names cloister.server.app:app, cloister.client.app:app and the coordinator's folder
    signed-study.json   the study as its coordinator signed it (`cloister server submit`), which sites verify; or
    study.json          the study in its canonical form, so that the bundle's hash covers it: for sites without launcher

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
from cloister.study.signed_study import SIGNED_STUDY_FILE

PROJECT_FILE = "pyproject.toml"
STUDY_FILE = "study.json"


def write_bundle(coordinator: CoordinatorFolder, output: Path, signed: bytes | None = None) -> None:
    """Write the bundle of a coordinator's study.

    Args:
        coordinator: the opened folder.
        output: the bundle's folder; created, or an earlier bundle that is replaced.
        signed: the signed study, if there is one.

    Raises:
        InputError: `output` holds anything else.
    """
    name = STUDY_FILE if signed is None else SIGNED_STUDY_FILE
    content = (coordinator.study.canonical + "\n").encode() if signed is None else signed
    strangers = {path.name for path in output.iterdir()} - {PROJECT_FILE, name} if output.exists() else set()
    if strangers:
        raise InputError(
            f"{output / min(strangers)}: not part of a bundle.",
            "Choose an empty or new folder: a bundle holds nothing but the study.",
        )
    atomic.write_bytes(output / name, content)
    atomic.write_text(output / PROJECT_FILE, _project(coordinator, name))


def _project(coordinator: CoordinatorFolder, study_file: str) -> str:
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
fab-include = ["{study_file}"]

[tool.flwr.app.components]
serverapp = "cloister.server.app:app"
clientapp = "cloister.client.app:app"

[tool.flwr.app.config]
coordinator-folder = {folder}
"""

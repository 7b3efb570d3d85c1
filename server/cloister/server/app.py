"""The coordinator's Flower ServerApp: `cloister.server.app:app`.

It finds its folder in the run's configuration (`coordinator-folder`) or, where Flower passes none, in the
environment variable CLOISTER_COORDINATOR.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from flwr.app import Context
from flwr.serverapp import Grid, ServerApp

from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.run import run_study
from cloister.server.unblocked_grid import UnblockedGrid
from cloister.study.busy_superlink import ask_a_busy_superlink_again
from cloister.study.errors import InputError

FOLDER_KEY = "coordinator-folder"
FOLDER_VARIABLE = "CLOISTER_COORDINATOR"

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the study of the coordinator's folder."""
    folder = context.run_config.get(FOLDER_KEY) or os.environ.get(FOLDER_VARIABLE)
    if not folder:
        raise InputError(
            "The coordinator's folder is not known.",
            f"Set {FOLDER_KEY} in the run's configuration, or {FOLDER_VARIABLE} in the environment.",
        )
    run_study(_patient(grid), CoordinatorFolder.open(Path(str(folder))))


def _patient(grid: Grid) -> Grid:
    # Who has Flower's grid has its module. A simulation has neither, and to import it takes more than a second.
    http = sys.modules.get("flwr.superlink.grid.http_grid")
    if http is None or not isinstance(grid, http.HttpGrid):
        return grid
    ask_a_busy_superlink_again()
    return UnblockedGrid(grid)

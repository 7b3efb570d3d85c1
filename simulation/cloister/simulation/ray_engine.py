"""The Ray engine: the same two apps under Flower's own simulation runtime, one Ray actor per core.

For federations of many sites, or several machines. It costs some 15 seconds at the start; the global model is the
same as the in-process engine's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cloister.study.errors import CloisterError, InputError


def run_with_ray(coordinator: Path, sites: Mapping[str, Path]) -> None:
    """Run the study in the coordinator's folder with the sites' folders, to its last round.

    Args:
        coordinator: the coordinator's folder.
        sites: site -> its folder; all in one parent folder that holds nothing else.

    Raises:
        InputError: Ray is not installed, or the folders do not share a parent.
        CloisterError: the run stopped early; running again resumes from the last checkpoint.
    """
    parents = {folder.resolve().parent for folder in sites.values()}
    if len(parents) != 1:
        raise InputError("The Ray engine needs all site folders in one parent folder.", "Move them together.")
    variables = {
        "CLOISTER_COORDINATOR": str(coordinator.resolve()),
        "CLOISTER_SITES": str(parents.pop()),
        "RAY_USAGE_STATS_ENABLED": "0",
        "FLWR_TELEMETRY_ENABLED": "0",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    }
    with _environment(variables):
        _run(len(sites))
    _require_finished(coordinator)


def _run(nodes: int) -> None:
    try:
        import ray  # noqa: F401 (only to tell a missing extra from a failing run)
        from flwr.simulation import run_simulation
    except ImportError:
        raise InputError("The Ray engine is not installed.", "pip install 'cloister[simulation]'") from None
    from cloister.client.app import app as client_app
    from cloister.server.app import app as server_app

    run_simulation(
        server_app=server_app,
        client_app=client_app,
        num_supernodes=nodes,
        backend_config={"client_resources": {"num_cpus": 1, "num_gpus": 0.0}, "init_args": {"log_to_driver": False}},
    )


def _require_finished(coordinator: Path) -> None:
    from cloister.server.coordinator_folder import CoordinatorFolder

    opened = CoordinatorFolder.open(coordinator)
    state = opened.latest()
    reached = state.round if state else 0
    if reached < opened.study.rounds and (state is None or state.stopped is None):
        raise CloisterError(
            f"The run under Ray stopped after round {reached} of {opened.study.rounds}.",
            "See the log above; run again with --resume to go on.",
        )


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

"""Running the two Flower apps by one of the engines, with progress."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from cloister.simulation.one_thread import one_thread

Engine = Literal["process", "ray"]
_REFRESH_SECONDS = 0.2


def run_engine(
    engine: Engine, coordinator: Path, sites: Mapping[str, Path], rounds: int, progress: Callable[[int, int], None]
) -> None:
    """Run the coordinator's study with the sites, to its last round, from its last checkpoint.

    Sites train on one thread each, so that both engines add the same numbers in the same order.

    Args:
        engine: "process" or "ray".
        coordinator: the coordinator's folder.
        sites: site -> its folder.
        rounds: the study's rounds, for progress.
        progress: called with rounds done and rounds in all.

    Raises:
        CloisterError: the run stopped early; running again resumes from the last checkpoint.
    """
    with one_thread(), _watching(coordinator / "checkpoints", rounds, progress):
        if engine == "ray":
            from cloister.simulation.ray_engine import run_with_ray

            run_with_ray(coordinator, sites)
        else:
            from cloister.simulation.process_engine import run_in_process

            run_in_process(coordinator, sites)


@contextmanager
def _watching(checkpoints: Path, rounds: int, progress: Callable[[int, int], None]) -> Iterator[None]:
    """Report progress from the checkpoints that appear: works for every engine, and for a resumed run."""
    stopped = threading.Event()

    def watch() -> None:
        while not stopped.wait(_REFRESH_SECONDS):
            newest = max(checkpoints.glob(f"round-{'[0-9]' * 5}.safetensors"), default=None)
            if newest is not None:
                progress(int(newest.stem.removeprefix("round-")), rounds)

    watcher = threading.Thread(target=watch, name="round-progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stopped.set()
        watcher.join()

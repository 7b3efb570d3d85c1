"""Where the shares of the notes are cleaned: in this process, in several, or on a Ray cluster.

All give the same parts, byte by byte, and hand out only a few shares at a time, since records of patients take memory.
On a cluster, notes and output must lie on a file system that every node sees; the site key and the records travel to
the nodes, so it has to be the hospital's own, with Ray's TLS and authentication on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

from cloister.deid.note_chunks import Chunk, NoteCleaner, Settings
from cloister.study.errors import CloisterError, InputError, MissingFileError

Engine = Literal["process", "ray"]
_AHEAD = 3
"""Shares handed out to a worker at once."""


def clean_chunks(
    settings: Settings, parts: Path, chunks: Iterator[Chunk], *, jobs: int = 1, engine: Engine = "process"
) -> Iterator[int]:
    """Clean shares into their parts; the number of notes of each as it is done, in any order.

    Args:
        settings: the same for all.
        parts: folder of the parts.
        chunks: what is to be done.
        jobs: how many work at a time.
        engine: `process`, or `ray`: the cluster that RAY_ADDRESS names, or one started on this machine.

    Raises:
        CloisterError: a worker was killed, or a cleaner cannot work.
        InputError: Ray is not installed.
    """
    if engine == "ray":
        yield from _on_ray(settings, parts, chunks, jobs)
    elif jobs == 1:
        cleaner = NoteCleaner(settings)
        yield from (cleaner.clean_into(parts, chunk) for chunk in chunks)
    else:
        yield from _in_processes(settings, parts, chunks, jobs)


def _killed(switch: str) -> CloisterError:
    return CloisterError(
        "A process that cleaned notes was killed.", f"Free memory or use fewer {switch}; what is done is kept."
    )


_worker: list[tuple[NoteCleaner, Path]] = []


def _start_worker(settings: Settings, parts: Path) -> None:
    _worker[:] = [(NoteCleaner(settings), parts)]


def _work(chunk: Chunk) -> int:
    cleaner, parts = _worker[0]
    return cleaner.clean_into(parts, chunk)


def _in_processes(settings: Settings, parts: Path, chunks: Iterator[Chunk], jobs: int) -> Iterator[int]:
    try:
        with ProcessPoolExecutor(
            jobs, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(settings, parts)
        ) as pool:
            running: set[Future[int]] = set()
            for chunk in chunks:
                running.add(pool.submit(_work, chunk))
                if len(running) >= _AHEAD * jobs:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            yield from (future.result() for future in running)
    except BrokenProcessPool:
        raise _killed("--jobs") from None


class _RayCleaner:
    """A cleaner on some node of the cluster."""

    def __init__(self, settings: Settings, parts: Path) -> None:
        self._settings, self._parts = settings, parts
        self._cleaner = NoteCleaner(settings)

    def clean(self, chunk: Chunk) -> int:
        for path in (self._settings.notes, self._parts):
            if not path.exists():
                raise MissingFileError(path, "path on a node of the cluster", "Share the file system with every node.")
        return self._cleaner.clean_into(self._parts, chunk)


def _on_ray(settings: Settings, parts: Path, chunks: Iterator[Chunk], jobs: int) -> Iterator[int]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ModuleNotFoundError:
        raise InputError(
            "--engine ray: Ray is not installed.", "Install it: pip install 'cloister[simulation]'."
        ) from None

    started = not ray.is_initialized()
    if started:
        _start_ray(ray, jobs)
    remote = ray.remote(max_restarts=0)(_RayCleaner)
    # Both paths are absolute: a node's working directory is another one.
    settings, parts = settings.with_absolute_paths(), parts.absolute()
    idle = [remote.options(num_cpus=1).remote(settings, parts) for _ in range(jobs)]
    running: dict[Any, Any] = {}
    try:
        for chunk in chunks:
            if not idle:
                yield from _next_done(ray, running, idle)
            actor = idle.pop()
            running[actor.clean.remote(chunk)] = actor
        while running:
            yield from _next_done(ray, running, idle)
    except ray.exceptions.RayActorError:
        raise _killed("--jobs") from None
    except ray.exceptions.RayTaskError as problem:
        raise problem.cause from None
    finally:
        if started:
            ray.shutdown()


def _start_ray(ray: Any, jobs: int) -> None:
    address = os.environ.get("RAY_ADDRESS")
    if address:
        ray.init(address=address, log_to_driver=False)
    else:
        ray.init(num_cpus=jobs, include_dashboard=False, log_to_driver=False)


def _next_done(ray: Any, running: dict[Any, Any], idle: list[Any]) -> Iterator[int]:
    """The results of what is done first; its worker is idle again."""
    (done, *_), _ = ray.wait(list(running), num_returns=1)
    idle.append(running.pop(done))
    yield ray.get(done)

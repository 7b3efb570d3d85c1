"""Running jobs in processes of their own, one a core, with one progress for all of them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from multiprocessing.queues import Queue
from queue import Empty

Progress = Callable[[int, int], None]
"""Is called with what is done and what is known of so far."""
Job = Callable[[Progress], object]
"""Travels to another process, so it is a function of a module, or `functools.partial` of one."""
Done = dict[int, tuple[int, int]]

_REFRESH_SECONDS = 0.2
_ticks: Queue[tuple[int, int, int]]


def run_jobs(jobs: Mapping[int, Job], done: Done, progress: Progress) -> None:
    """Run jobs, the first ones first.

    Args:
        jobs: number -> job.
        done: number -> what is done and what is known of so far, of other jobs; these jobs' is added.
        progress: called with the sums over all in `done`.

    Raises:
        Exception: whatever the first job that failed raised; jobs that had begun are finished, others not begun.
    """
    if jobs:
        _run_all(jobs, done, progress)
    _tell(progress, done)


def _run_all(jobs: Mapping[int, Job], done: Done, progress: Progress) -> None:
    context = multiprocessing.get_context("spawn")
    ticks: Queue[tuple[int, int, int]] = context.Queue()
    workers = min(len(jobs), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(ticks,)) as pool:
        running = {pool.submit(_run, number, job) for number, job in jobs.items()}
        while running:
            finished, running = wait(running, timeout=_REFRESH_SECONDS, return_when=FIRST_COMPLETED)
            _drain(ticks, done)
            _tell(progress, done)
            if any(future.exception() for future in finished):
                # Leaving the pool would first do all that is still to do.
                pool.shutdown(wait=True, cancel_futures=True)
            for future in finished:
                future.result()
        _drain(ticks, done)


def _tell(progress: Progress, done: Done) -> None:
    progress(sum(part for part, _ in done.values()), sum(total for _, total in done.values()))


def _begin(ticks: Queue[tuple[int, int, int]]) -> None:
    """In a process of the pool: where it tells what it has done."""
    global _ticks
    _ticks = ticks


def _run(number: int, job: Job) -> None:
    def tick(done: int, total: int) -> None:
        _ticks.put((number, done, total))

    job(tick)


def _drain(ticks: Queue[tuple[int, int, int]], done: Done) -> None:
    while True:
        try:
            number, part, total = ticks.get_nowait()
        except Empty:
            return
        done[number] = (part, total)

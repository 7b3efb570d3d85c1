"""Running jobs in processes of their own, one a core, with one progress for all of them."""

from __future__ import annotations

import multiprocessing
import os
import time
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
        numbers = {pool.submit(_run, number, job): number for number, job in jobs.items()}
        running = set(numbers)
        while running:
            finished, running = wait(running, timeout=_REFRESH_SECONDS, return_when=FIRST_COMPLETED)
            _drain(ticks, done)
            _tell(progress, done)
            if any(future.exception() for future in finished):
                # Leaving the pool would first do all that is still to do.
                pool.shutdown(wait=True, cancel_futures=True)
            for future in finished:
                done[numbers[future]] = future.result() or (0, 0)


def _tell(progress: Progress, done: Done) -> None:
    progress(sum(part for part, _ in done.values()), sum(total for _, total in done.values()))


def _begin(ticks: Queue[tuple[int, int, int]]) -> None:
    """In a process of the pool: where it tells what it has done."""
    global _ticks
    _ticks = ticks


def _run(number: int, job: Job) -> tuple[int, int] | None:
    """What the job told last, which may still be on its way when the job is over."""
    told: tuple[int, int] | None = None
    next_tick = 0.0

    def tick(done: int, total: int) -> None:
        nonlocal told, next_tick
        told = done, total
        if time.monotonic() >= next_tick:
            _ticks.put((number, done, total))
            next_tick = time.monotonic() + _REFRESH_SECONDS / 2

    job(tick)
    return told


def _drain(ticks: Queue[tuple[int, int, int]], done: Done) -> None:
    while True:
        try:
            number, part, total = ticks.get_nowait()
        except Empty:
            return
        if part >= done.get(number, (0, 0))[0]:
            done[number] = (part, total)

"""De-identifying a federation's raw records: every site with its own key, on all cores."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING

from cloister.deid.declared import write_declared_dataset
from cloister.deid.pipeline import clean_images, clean_notes
from cloister.simulation.sources.source_data import RawData
from cloister.study.keys import SiteKey

if TYPE_CHECKING:
    import pyarrow as pa

COLLECTION = "records"
"""Notes and images of a patient share one collection, so that they share pseudonym and date shift."""

Progress = Callable[[int, int], None]
_REFRESH_SECONDS = 0.2
_ticks: Queue[tuple[int, int, int]]


@dataclass(frozen=True)
class Job:
    """One body of raw data to turn into one dataset."""

    raw: RawData
    kind: str
    output: Path
    key: SiteKey


def jobs_for(raw: RawData, datasets: Path, key: SiteKey) -> list[Job]:
    """The jobs for one site: one a kind of data, written to `datasets/<kind>`."""
    kinds = {"notes": raw.notes, "images": raw.images, "table": raw.table}
    return [Job(raw, kind, datasets / kind, key) for kind, content in kinds.items() if content is not None]


def deidentify(jobs: Sequence[Job], progress: Progress) -> None:
    """Run all jobs; those already done are recognised and cost nothing.

    Args:
        jobs: what to do.
        progress: called with records done and records known of so far, over all jobs.

    Raises:
        CloisterError: of the first job that fails; the others' finished work is kept.
    """
    # Tables come de-identified: no process is worth starting for them. Then images, so that no core waits for the last.
    ordered = sorted(jobs, key=lambda job: ("table", "images", "notes").index(job.kind))
    done: dict[int, tuple[int, int]] = {}
    to_clean = {}
    for number, job in enumerate(ordered):
        if job.raw.table is not None and job.kind == "table":
            done[number] = _declare(job, job.raw.table)
        else:
            to_clean[number] = job
    if to_clean:
        _clean_all(to_clean, done, progress)
    _tell(progress, done)


def _clean_all(jobs: Mapping[int, Job], done: dict[int, tuple[int, int]], progress: Progress) -> None:
    context = multiprocessing.get_context("spawn")
    ticks: Queue[tuple[int, int, int]] = context.Queue()
    workers = min(len(jobs), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(ticks,)) as pool:
        running = {pool.submit(_clean, number, job) for number, job in jobs.items()}
        while running:
            finished, running = wait(running, timeout=_REFRESH_SECONDS, return_when=FIRST_COMPLETED)
            _drain(ticks, done)
            _tell(progress, done)
            for future in finished:
                future.result()
        _drain(ticks, done)


def _tell(progress: Progress, done: Mapping[int, tuple[int, int]]) -> None:
    progress(sum(part for part, _ in done.values()), sum(total for _, total in done.values()))


def _declare(job: Job, table: pa.Table) -> tuple[int, int]:
    write_declared_dataset(
        job.output, "table", table, site_key=job.key, collection=COLLECTION, statement=job.raw.statement
    )
    return table.num_rows, table.num_rows


def _begin(ticks: Queue[tuple[int, int, int]]) -> None:
    """In a process of the pool: where it tells what it has done."""
    global _ticks
    _ticks = ticks


def _clean(number: int, job: Job) -> None:
    def tick(done: int, total: int) -> None:
        _ticks.put((number, done, total))

    raw = job.raw
    if job.kind == "notes" and raw.notes is not None:
        clean_notes(
            raw.notes, job.output, site_key=job.key, collection=COLLECTION, patients=raw.patients, progress=tick
        )
    elif raw.images is not None:
        clean_images(
            raw.images, job.output, site_key=job.key, collection=COLLECTION, patients=raw.patients, progress=tick
        )


def _drain(ticks: Queue[tuple[int, int, int]], done: dict[int, tuple[int, int]]) -> None:
    while True:
        try:
            number, part, total = ticks.get_nowait()
        except Empty:
            return
        done[number] = (part, total)

"""De-identifying a federation's raw records: every site with its own key, on all cores."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

from cloister.deid.declared import write_declared_dataset
from cloister.deid.pipeline import clean_images, clean_notes
from cloister.simulation.sources.source_data import RawData
from cloister.study.keys import SiteKey

COLLECTION = "records"
"""Notes and images of a patient share one collection, so that they share pseudonym and date shift."""

Progress = Callable[[int, int], None]
_REFRESH_SECONDS = 0.2


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
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        ticks = manager.Queue()
        workers = max(1, min(len(jobs), os.cpu_count() or 1))
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            # The largest first, so that no core waits for a late long job.
            ordered = sorted(jobs, key=lambda job: job.kind != "images")
            running = {pool.submit(_run, number, job, ticks) for number, job in enumerate(ordered)}
            done: dict[int, tuple[int, int]] = {}
            while running:
                finished, running = wait(running, timeout=_REFRESH_SECONDS, return_when=FIRST_COMPLETED)
                _drain(ticks, done)
                progress(sum(part for part, _ in done.values()), sum(total for _, total in done.values()))
                for future in finished:
                    future.result()


def _run(number: int, job: Job, ticks: Any) -> None:
    def tick(done: int, total: int) -> None:
        ticks.put((number, done, total))

    raw = job.raw
    if job.kind == "notes" and raw.notes is not None:
        clean_notes(
            raw.notes, job.output, site_key=job.key, collection=COLLECTION, patients=raw.patients, progress=tick
        )
    elif job.kind == "images" and raw.images is not None:
        clean_images(
            raw.images, job.output, site_key=job.key, collection=COLLECTION, patients=raw.patients, progress=tick
        )
    elif raw.table is not None:
        write_declared_dataset(
            job.output, "table", raw.table, site_key=job.key, collection=COLLECTION, statement=raw.statement
        )
        tick(raw.table.num_rows, raw.table.num_rows)


def _drain(ticks: Any, done: dict[int, tuple[int, int]]) -> None:
    while True:
        try:
            number, part, total = ticks.get_nowait()
        except Empty:
            return
        done[number] = (part, total)

"""De-identifying a federation's raw records: every site with its own key, on all cores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cloister.deid.declared import write_declared_dataset
from cloister.deid.pipeline import clean_images, clean_notes
from cloister.simulation import parallel_jobs
from cloister.simulation.parallel_jobs import Progress
from cloister.simulation.sources.source_data import RawData
from cloister.study.keys import SiteKey

if TYPE_CHECKING:
    import pyarrow as pa

COLLECTION = "records"
"""Notes and images of a patient share one collection, so that they share pseudonym and date shift."""


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


def deidentify(jobs: Sequence[Job], beside: parallel_jobs.Job, progress: Progress) -> None:
    """Run all jobs; those already done are recognised and cost nothing.

    Args:
        jobs: what to do.
        beside: other work, which shares the cores.
        progress: called with records done and records known of so far, over all jobs.

    Raises:
        CloisterError: of the first job that fails; the others' finished work is kept.
    """
    done: dict[int, tuple[int, int]] = {}
    to_clean: dict[int, parallel_jobs.Job] = {}
    # Tables come de-identified: no process is worth starting for them.
    for number, job in enumerate(sorted(jobs, key=_order)):
        if job.raw.table is not None and job.kind == "table":
            done[number] = _declare(job, job.raw.table)
        else:
            to_clean[number] = partial(_clean, job)
    if to_clean:
        parallel_jobs.run_jobs({len(jobs): beside, **to_clean}, done, progress)
    else:
        beside(lambda *_: None)


def _order(job: Job) -> tuple[int, int]:
    """Images first, of which one takes long, and large jobs first, so that at the end no core waits for another."""
    if job.kind == "notes" and job.raw.notes is not None:
        return 2, -job.raw.notes.stat().st_size
    if job.kind == "images" and job.raw.images is not None:
        return 1, -sum(1 for _ in job.raw.images.iterdir())
    return 0, 0


def _declare(job: Job, table: pa.Table) -> tuple[int, int]:
    write_declared_dataset(
        job.output, "table", table, site_key=job.key, collection=COLLECTION, statement=job.raw.statement
    )
    return table.num_rows, table.num_rows


def _clean(job: Job, progress: Progress) -> None:
    raw = job.raw
    if job.kind == "notes" and raw.notes is not None:
        clean_notes(
            raw.notes, job.output, site_key=job.key, collection=COLLECTION, patients=raw.patients, progress=progress
        )
    elif raw.images is not None:
        clean_images(
            raw.images, job.output, site_key=job.key, collection=COLLECTION, patients=raw.patients, progress=progress
        )

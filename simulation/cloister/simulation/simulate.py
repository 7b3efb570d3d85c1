"""`cloister simulate` from study to report: build the federation, run it, train what it is compared with, judge.

Every stage keeps what it finished, so an interrupted run goes on where it was.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cloister.simulation.comparison import arms_of, train_arm
from cloister.simulation.engine import Engine, run_engine
from cloister.simulation.federation import Federation, build_federation, without_privacy
from cloister.simulation.judgement import judge
from cloister.simulation.progress import Stages
from cloister.simulation.quiet import quiet_libraries
from cloister.simulation.report.report import write_report
from cloister.simulation.result import Result
from cloister.study import atomic
from cloister.study.errors import InputError, StudyError
from cloister.study.schema import Study

_STUDY_COPY = "study.json"


@dataclass(frozen=True)
class Run:
    """What to run and where."""

    study: Study
    study_folder: Path
    output: Path
    data: Path | None = None
    engine: Engine = "process"
    resume: bool = False


def simulate(run: Run, stages: Stages) -> Result:
    """Run a whole federation on this machine and write `result.json` and `report.html`.

    Raises:
        InputError: the output folder is in use, or something the study needs is missing.
        StudyError: the study's privacy target cannot be met.
        CloisterError: a stage failed; `resume` goes on from what was finished.
    """
    _check_plan(run.study)
    _claim(run)
    federation = build_federation(run.study, run.study_folder, run.data, run.output, stages)
    arms = arms_of(run.study, dict(federation.site_datasets), federation.pooled, federation.base, run.output / "arms")
    twin = _without_privacy(run, federation)
    others = [] if twin is None else [partial(_run_quietly, twin)]
    others += [partial(train_arm, arm, run.study) for arm in arms]
    # What the federation is compared with trains beside it, on the other cores; when it is done, on this one too.
    workers = max(1, (os.cpu_count() or 1) - 1)
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        futures = {pool.submit(other): other for other in others}
        with _stopping_on_failure(pool):
            with stages.stage("Federated rounds") as progress:
                run_engine(run.engine, federation.coordinator, federation.sites, run.study.rounds, progress)
            with stages.stage("Comparison models") as progress:
                for future, other in reversed(futures.items()):
                    if future.cancel():
                        other()
                        progress(sum(known.done() for known in futures), len(futures))
                running = [future for future in futures if not future.cancelled()]
                for number, future in enumerate(as_completed(running), start=len(futures) - len(running) + 1):
                    future.result()
                    progress(number, len(futures))
    with stages.stage("Evaluation") as progress:
        result = judge(federation, twin, arms, run.engine, stages.seconds, _peak_memory(), progress)
    result.write(run.output)
    write_report(result, run.output)
    return result


def _check_plan(study: Study) -> None:
    """Fail on an unreachable privacy target before any work is done."""
    if study.is_private:
        from cloister.privacy.plan import PrivatePlan

        PrivatePlan.of_study(study)


def _claim(run: Run) -> None:
    copy = run.output / _STUDY_COPY
    if copy.exists():
        if not run.resume:
            raise InputError(
                f"{run.output}: holds a run already.", "Add --resume to go on with it, or choose another --output."
            )
        if Study.read(copy).sha256 != run.study.sha256:
            raise StudyError(
                f"{run.output}: holds a run of another study, or of this one before it was changed.",
                "Resume with the unchanged study, or choose another --output.",
            )
    elif run.output.exists() and any(run.output.iterdir()):
        raise InputError(f"{run.output}: is not empty.", "Choose an empty or new folder as --output.")
    atomic.write_text(copy, run.study.canonical + "\n")


def _without_privacy(run: Run, federation: Federation) -> Federation | None:
    if not run.study.is_private or "federated-without-dp" not in run.study.evaluation.arms:
        return None
    return without_privacy(federation, run.output / "without-privacy")


@contextmanager
def _stopping_on_failure(pool: ProcessPoolExecutor) -> Iterator[None]:
    """A failed run says so at once instead of after the models that it will not be compared with."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.terminate()
        raise


def _run_quietly(federation: Federation) -> None:
    quiet_libraries()
    run_engine("process", federation.coordinator, federation.sites, federation.study.rounds, lambda *_: None)


def _peak_memory() -> int:
    """Bytes: this process's peak plus the largest child's, an upper bound on the two together."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(kind).ru_maxrss for kind in kinds) * 1024

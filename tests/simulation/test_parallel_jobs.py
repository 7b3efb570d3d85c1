"""Jobs in processes: one progress for all, and a failure that names its cause."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cloister.simulation.parallel_jobs import run_jobs
from cloister.study.errors import DataError, MissingFileError

pytestmark = pytest.mark.usefixtures("jobs_of_here")


@pytest.fixture
def jobs_of_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes find this module, as they find whatever is installed."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2])


def work(parts: int, file: Path, progress: Callable[[int, int], None]) -> None:
    for part in range(parts):
        progress(part + 1, parts)
    file.touch()


def fail(problem: Exception, progress: Callable[[int, int], None]) -> None:
    progress(1, 4)
    raise problem


def test_the_progress_ends_with_all_that_was_done(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    done = {7: (5, 5)}
    run_jobs({n: partial(work, n + 1, tmp_path / str(n)) for n in range(3)}, done, lambda *both: told.append(both))
    assert told[-1] == (5 + 1 + 2 + 3, 5 + 1 + 2 + 3)
    assert [part for part, _ in told] == sorted(part for part, _ in told)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("problem", [DataError("notes.jsonl:3: no text.", "Add it."), MissingFileError(Path("a"))])
def test_a_failure_arrives_as_it_was_raised(tmp_path: Path, problem: DataError | MissingFileError) -> None:
    jobs = {0: partial(work, 2, tmp_path / "kept"), 1: partial(fail, problem)}
    with pytest.raises(type(problem)) as raised:
        run_jobs(jobs, {}, lambda *_: None)
    assert (raised.value.message, raised.value.remedy) == (problem.message, problem.remedy)
    assert (tmp_path / "kept").exists()

"""Several studies at one site: so many train at a time, each in its turn; the dead hold nothing up."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cloister.client import training_queue
from cloister.client.training_queue import Queue, Waiting, after, next_of, place_to_train, places_of, queue_of
from cloister.study.errors import OutsideWindowError, SiteBusyError
from cloister.study.site import Running

SECONDS = 3600.0
"""Long enough for a machine that was stopped meanwhile."""
STUDIES = ("a" * 64, "b" * 64, "c" * 64)
ALPHA, BETA, GAMMA = STUDIES
_processes = multiprocessing.get_context("fork")


class Worker:
    """A process that asks for a place, says so once it has it, and gives it back when it is told to."""

    def __init__(self, site: Path, study: str, places: int = 1) -> None:
        self.study = study
        self.ours, theirs = _processes.Pipe()
        self.process: BaseProcess = _processes.Process(target=work, args=(site, study, places, theirs), daemon=True)
        self.process.start()

    def began(self) -> int:
        assert self.ours.poll(SECONDS)
        number: int = self.ours.recv()
        return number

    def finish(self) -> None:
        self.ours.send(None)
        self.process.join(SECONDS)
        assert self.process.exitcode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.join(SECONDS)


def work(site: Path, study: str, places: int, told: Connection) -> None:
    with place_to_train(site, study, places, time.monotonic() + SECONDS, lambda: None) as number:
        told.send(number)
        told.recv()


@contextmanager
def no_one_left(workers: list[Worker]) -> Iterator[None]:
    try:
        yield
    finally:
        for worker in workers:
            worker.kill()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def waiting(site: Path, number: int) -> None:
    until(lambda: sum(queue_of(site).waiting.values()) == number)


def test_studies_take_turns_however_many_messages_each_has(tmp_path: Path) -> None:
    """Alpha trains, and three more of its messages wait before beta's and gamma's come."""
    began: list[str] = []
    workers = [Worker(tmp_path, ALPHA)]
    with no_one_left(workers):
        workers[0].began()
        for number, study in enumerate((ALPHA, ALPHA, ALPHA, BETA, GAMMA, BETA), 1):
            workers.append(Worker(tmp_path, study))
            waiting(tmp_path, number)
        assert queue_of(tmp_path) == Queue(1, Counter({ALPHA: 3, BETA: 2, GAMMA: 1}))
        left, working = workers[1:], workers[0]
        while left:
            working.finish()
            until(lambda: any(worker.ours.poll() for worker in left))
            (working,) = (worker for worker in left if worker.ours.poll())
            working.began()
            left.remove(working)
            began.append(working.study)
        working.finish()
    assert began == [BETA, GAMMA, ALPHA, BETA, ALPHA, ALPHA]
    assert queue_of(tmp_path) == Queue(0, {})


def test_so_many_train_at_a_time_each_in_a_place_of_its_own(tmp_path: Path) -> None:
    workers = [Worker(tmp_path, study, places=2) for study in (ALPHA, BETA)]
    with no_one_left(workers):
        assert {worker.began() for worker in workers} == {0, 1}
        workers.append(Worker(tmp_path, GAMMA, places=2))
        waiting(tmp_path, 1)
        assert queue_of(tmp_path).training == 2
        workers[1].finish()
        workers[2].began()
        assert queue_of(tmp_path) == Queue(2, {})


def test_the_dead_neither_train_nor_wait(tmp_path: Path) -> None:
    """Killed while it trains, and killed while it is the next: the others go on, and no file of theirs stays."""
    workers = [Worker(tmp_path, ALPHA)]
    with no_one_left(workers):
        workers[0].began()
        for number, study in enumerate((BETA, GAMMA), 1):
            workers.append(Worker(tmp_path, study))
            waiting(tmp_path, number)
        workers[1].kill()
        workers[0].kill()
        workers[2].began()
        assert queue_of(tmp_path) == Queue(1, {})
    assert not list((tmp_path / "run" / "queue").glob("*.waiting"))


def test_waiting_ends_with_the_rounds_time_and_leaves_nothing(tmp_path: Path) -> None:
    clock = iter(range(100))
    worker = Worker(tmp_path, ALPHA)
    with no_one_left([worker]):
        worker.began()
        waited: list[float] = []
        refused = place_to_train(tmp_path, BETA, 1, 3.0, lambda: None, lambda: float(next(clock)), waited.append)
        with pytest.raises(SiteBusyError), refused:
            pass
        assert len(waited) == 3
        assert queue_of(tmp_path) == Queue(1, {})


def test_a_training_that_may_not_begin_any_more_waits_no_longer(tmp_path: Path) -> None:
    def in_vain() -> None:
        raise OutsideWindowError("The night is over.")

    worker = Worker(tmp_path, ALPHA)
    with no_one_left([worker]):
        worker.began()
        with pytest.raises(OutsideWindowError), place_to_train(tmp_path, BETA, 1, time.monotonic() + SECONDS, in_vain):
            pass
        assert queue_of(tmp_path) == Queue(1, {})


def test_nobody_waits_for_a_free_place(tmp_path: Path) -> None:
    def never(*_: object) -> Any:
        raise AssertionError

    with place_to_train(tmp_path, ALPHA, 1, 0.0, never, never, never) as number:
        assert number == 0


def test_a_damaged_order_of_the_studies_is_none(tmp_path: Path) -> None:
    begun = tmp_path / "run" / "queue" / "begun"
    begun.parent.mkdir(parents=True)
    begun.write_bytes(b"\xe9\0")
    with place_to_train(tmp_path, ALPHA, 1, 0.0, lambda: None):
        assert begun.read_text() == ALPHA


def test_a_folder_among_those_who_wait_is_nobody(tmp_path: Path) -> None:
    (tmp_path / "run" / "queue" / "x.waiting").mkdir(parents=True)
    with place_to_train(tmp_path, ALPHA, 1, 0.0, lambda: None):
        assert queue_of(tmp_path) == Queue(1, {})


def test_there_is_a_place_for_each_gpu_or_what_the_site_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [places_of(Running(trainings_at_once=3)), places_of(Running(cuda_devices=()))] == [3, 1]
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    assert [places_of(Running()), places_of(Running(trainings_at_once=2)), places_of(Running(cuda_devices=()))] == [
        4, 2, 1,
    ]  # fmt: skip


ARRIVALS = st.lists(st.tuples(st.sampled_from(STUDIES), st.integers(0, 9)), min_size=1, max_size=20)


@given(ARRIVALS)
def test_a_study_that_waits_lets_each_other_one_go_first_once_at_most(arrivals: list[tuple[str, int]]) -> None:
    left = [Waiting(arrival, study, number) for number, (study, arrival) in enumerate(arrivals)]
    begun: list[str] = []
    history: list[Waiting] = []
    while left:
        served = next_of(left, begun)
        begun = after(begun, served.study)
        left.remove(served)
        history.append(served)
    for study in STUDIES:
        turns = [place for place, served in enumerate(history) if served.study == study]
        for before, now in zip([-1, *turns], turns, strict=False):
            between = [served.study for served in history[before + 1 : now]]
            assert len(between) == len(set(between))
        mine = [served for served in history if served.study == study]
        assert mine == sorted(mine)


@given(st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), max_size=400))
def test_the_order_of_the_studies_holds_each_once_and_does_not_grow(studies: list[str]) -> None:
    begun: list[str] = []
    for study in studies:
        begun = after(begun, study)
        assert begun[-1] == study
    assert len(begun) == len(set(begun)) <= training_queue._REMEMBERED


def test_a_file_name_tells_who_waits() -> None:
    one = Waiting(123, ALPHA, 45)
    assert Waiting.of(one.file) == one

"""Who may train next: so many trainings at a time at a site, and its studies in turn.

Messages are answered in processes of their own, those of several runs side by side (`side_by_side.py`). Those that
train, on the site's GPU and in its memory, wait for a place here; the others, such as what takes masks off a sum, never
do.

    run/queue/lock                            held by whoever looks at the queue or changes it, for that instant
    run/queue/place-0, place-1, …             each held by the process that trains there
    run/queue/<arrival>.<study>.<n>.waiting   each held by a process that waits
    run/queue/begun                           the studies in the order in which they last began to train

The next to begin is of the study that has waited for its turn longest: whose last training began before every other's,
or that has had none. Of one study, whoever came first. So a study that asks often gets no more than one that asks
seldom, and nobody waits for more than one training of each other study. Locks end with the process that holds them:
one that dies gives its place free, and no longer waits.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cloister.study import atomic
from cloister.study.errors import SiteBusyError
from cloister.study.file_lock import ALONE, ALONE_AT_ONCE, lock
from cloister.study.site import Running

_FOLDER, _BEGUN = "queue", "begun"
_LOOK_SECONDS: Final = 0.2
_REMEMBERED: Final = 256
"""Studies whose last training is remembered."""


@dataclass(frozen=True, order=True)
class Waiting:
    """A process that waits for a place."""

    arrival: int
    """Nanoseconds of the machine's monotonic clock."""
    study: str
    """The study's SHA-256."""
    process: int

    @property
    def file(self) -> str:
        """The name of the file that it holds."""
        return f"{self.arrival}.{self.study}.{self.process}.waiting"

    @classmethod
    def of(cls, file: str) -> Waiting:
        """Who holds the file of a name."""
        arrival, study, process, _ = file.split(".")
        return cls(int(arrival), study, int(process))


@dataclass(frozen=True)
class Queue:
    """A site's trainings at one moment."""

    training: int
    waiting: Mapping[str, int]
    """Study's SHA-256 -> messages."""


def next_of(waiting: Sequence[Waiting], begun: Sequence[str]) -> Waiting:
    """Who begins next.

    Args:
        waiting: at least one.
        begun: studies in the order in which they last began, each once.
    """
    last = {study: number for number, study in enumerate(begun)}
    return min(waiting, key=lambda one: (last.get(one.study, -1), one))


def after(begun: Sequence[str], study: str) -> list[str]:
    """The order of the studies once one more training of a study has begun."""
    return [*(other for other in begun if other != study), study][-_REMEMBERED:]


@contextmanager
def place_to_train(
    site: Path,
    study: str,
    places: int,
    until: float,
    check_wanted: Callable[[], None],
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[int]:
    """Wait for a place and hold it.

    Args:
        site: the site's folder.
        study: SHA-256 of the study.
        places: trainings at a time.
        until: when waiting is of no use any more, by `clock`.
        check_wanted: raises if the training may not begin any more; asked while there is no place.
        clock: seconds, monotonic; passed in for tests.
        pause: waits a number of seconds; passed in for tests.

    Yields:
        The place's number, from 0.

    Raises:
        SiteBusyError: there was none until then.
    """
    folder = site / "run" / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        with ExitStack() as queued:
            mine, place = None, None
            while place is None:
                with lock(folder / "lock", ALONE_AT_ONCE) as alone:
                    if alone:
                        mine = mine or queued.enter_context(_in_line(folder, study))
                        place = _take(folder, mine, places, held)
                if place is None:
                    _go_on_waiting(until, clock, check_wanted)
                    pause(_LOOK_SECONDS)
        yield place


def places_of(settings: Running) -> int:
    """Trainings at a time: what the site says; by default, one for each GPU that it may use, or one on the CPU."""
    import torch

    gpus = 0 if settings.cuda_devices == () else torch.cuda.device_count()
    return settings.trainings_at_once or max(1, gpus)


def queue_of(site: Path) -> Queue:
    """Who trains and who waits at the site of a folder."""
    folder = site / "run" / _FOLDER
    if not folder.is_dir():
        return Queue(0, {})
    with lock(folder / "lock", ALONE):
        training = sum(_is_held(path) for path in folder.glob("place-*"))
        return Queue(training, Counter(one.study for one in _waiting(folder)))


@contextmanager
def _in_line(folder: Path, study: str) -> Iterator[Waiting]:
    mine = Waiting(time.monotonic_ns(), study, os.getpid())
    with lock(folder / mine.file, ALONE_AT_ONCE):
        try:
            yield mine
        finally:
            with suppress(FileNotFoundError):
                (folder / mine.file).unlink()


def _take(folder: Path, mine: Waiting, places: int, held: ExitStack) -> int | None:
    begun = _begun(folder)
    if next_of(_waiting(folder), begun) != mine:
        return None
    for number in range(places):
        with ExitStack() as tried:
            if tried.enter_context(lock(folder / f"place-{number}", ALONE_AT_ONCE)):
                if begun[-1:] != [mine.study]:
                    atomic.write_text(folder / _BEGUN, "\n".join(after(begun, mine.study)))
                held.push(tried.pop_all())
                return number
    return None


def _waiting(folder: Path) -> list[Waiting]:
    """Those who wait. What the dead left is removed."""
    found = []
    for path in filter(Path.is_file, folder.glob("*.waiting")):
        if _is_held(path):
            found.append(Waiting.of(path.name))
        else:
            path.unlink(missing_ok=True)  # or by whoever got a place and ends waiting
    return found


def _is_held(path: Path) -> bool:
    with lock(path, ALONE_AT_ONCE) as alone:
        return not alone


def _begun(folder: Path) -> list[str]:
    try:
        return (folder / _BEGUN).read_text("ascii").split()
    except (FileNotFoundError, UnicodeDecodeError):
        return []


def _go_on_waiting(until: float, clock: Callable[[], float], check_wanted: Callable[[], None]) -> None:
    if clock() >= until:
        raise SiteBusyError(
            "The round's time ran out while other trainings went on here.",
            "Let fewer studies run at a time, allow more trainings at once, or agree on a longer round_timeout.",
        )
    check_wanted()
